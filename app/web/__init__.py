"""The only room that serves HTTP: the subject's pages, the desk, the results.

``app.py`` puts it together; ``guard.py`` stands at the door; ``login.py`` knows who may sit at the desk; ``pages.py``
is what every page shares; ``admin/`` is the desk; ``subject/`` and ``media.py`` are what a subject meets.
"""

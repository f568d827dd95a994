"""What pages do, scripts can do: ``/api/v1``, one file per part, over the same services as the desk.

``route.py`` is what all routes share: a token with a scope, strict JSON, and errors that are declared. ``document.py``
describes the routes as OpenAPI; ``docs.py`` shows that as a page, and every kind of error on another.
"""

"""Beholder: which image-quality measure makes the best training objective?

The rooms, in the order in which one vote walks through them:

- ``web``        the only room that serves HTTP: the subject's pages, the desk, the results.
- ``sessions``   one sitting of one subject: enrolment, schedule, votes, checks, the event log.
- ``results``    votes become counts, counts become rankings, tables and figures.
- ``archives``   a whole study as one file, out of one installation and into another.
- ``analysis``   the statistics: arrays in, frozen results out; knows no table and no page.
- ``studies``    what is shown to whom: protocol, stimuli, and a study's life from draft to closed.
- ``jobs``       trainings and renderings: the queue, who holds which job, and the engines that start them.
- ``db``         every table, and the two ways to open a transaction.
- ``media``      pictures and checkpoints by the hash of their content.
- ``catalog``    the tasks and measures that Beholder knows, as plain data.
- ``simulation`` subjects with planted preferences who use the real HTTP interface.
- ``cli``        ``beholder serve | worker | demo | ...``: one file each.

``trainer`` (beside this package) holds all PyTorch code; nothing here imports it.
"""

__version__ = "0.1.0"

"""Votes become counts, counts become rankings, tables and figures.

In the order in which a vote walks through: ``counting`` says which votes enter, ``tally`` or ``votes_csv`` counts those
of a study or of a file, ``task_report`` and ``report`` hold the statistics of each task, ``export`` writes the tables
and ``figures`` draws.
"""

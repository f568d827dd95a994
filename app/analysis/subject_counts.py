"""The votes of each subject as counts, so that a replicate with other subjects is a sum of rows."""

import numpy as np
from scipy.sparse import csr_array

from app.analysis.arrays import IntArray
from app.analysis.batched import pairs
from app.analysis.vote_columns import VoteColumns

Counts = csr_array  # of floats


def subject_places(columns: VoteColumns) -> tuple[IntArray, int]:
    """Whose each vote is, as a place in the order of their names, and how many subjects there are.

    The order of names, and not the one in which a database or a file has them, so that a seed gives the same replicates
    from both. Where nobody says who answered, all votes are one subject's.
    """
    if columns.subject is None:
        return np.zeros(len(columns), dtype=np.int64), 1
    by_name = np.argsort(np.argsort(columns.subjects or ()))
    subject = np.unique(by_name[columns.subject], return_inverse=True)[1].astype(np.int64)
    return subject, int(subject.max(initial=-1)) + 1


def subject_counts(columns: VoteColumns, subject: IntArray, people: int) -> tuple[Counts, Counts]:
    """What the first of each pair won and lost, subject by subject, each ``(people, scenes × pairs)``.

    The order of pairs is that of ``batched.pairs``.
    """
    n = len(columns.conditions)
    first, second = pairs(n)
    number = np.zeros((n, n), dtype=np.int64)
    number[first, second] = number[second, first] = np.arange(len(first))
    cell = columns.scene * len(first) + number[columns.a, columns.b]
    for_first = np.where(columns.a < columns.b, columns.share, 1 - columns.share)
    shape = (people, len(columns.scenes) * len(first))
    won, lost = (
        csr_array((columns.weight * share, (subject, cell)), shape=shape) for share in (for_first, 1 - for_first)
    )
    return won, lost

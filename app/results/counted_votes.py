"""The counted votes of a task one by one, with the condition first whose name comes first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.vote_columns import UNKNOWN, VoteColumns
from app.results.judgements import TaskTally

_AT_ONCE = 10_000


class Sides(NamedTuple):
    """Votes, column by column: both conditions, what the first had of the win, and whether it stood on the left."""

    first: IntArray
    second: IntArray
    share: FloatArray
    left: IntArray


class CountedVote(NamedTuple):
    """One vote; ``first`` and ``second`` are positions among the task's conditions."""

    scene: str
    subject: str | None
    first: int
    second: int
    share: float
    left: int
    weight: float


def in_order(columns: VoteColumns, rows: slice = slice(None)) -> Sides:
    """The votes with their conditions in order, whichever way round the file names them."""
    a, b, share, left = columns.a[rows], columns.b[rows], columns.share[rows], columns.a_on_left[rows]
    turned = a > b
    return Sides(
        np.where(turned, b, a), np.where(turned, a, b), np.where(turned, 1 - share, share),
        np.where(turned & (left != UNKNOWN), 1 - left, left),
    )  # fmt: skip


def counted_votes(tally: TaskTally) -> Iterator[CountedVote]:
    """Every counted vote of the task; few of them are in memory as objects."""
    columns = tally.columns
    for start in range(0, len(columns), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        sides = (side.tolist() for side in in_order(columns, rows))
        scenes = [columns.scenes[code] for code in columns.scene[rows].tolist()]
        yield from map(
            CountedVote, scenes, _subjects(columns, rows, len(scenes)), *sides, columns.weight[rows].tolist()
        )


def _subjects(columns: VoteColumns, rows: slice, number: int) -> Sequence[str | None]:
    if columns.subject is None or columns.subjects is None:
        return [None] * number
    return [columns.subjects[code] for code in columns.subject[rows].tolist()]

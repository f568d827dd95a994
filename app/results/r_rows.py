"""Counted votes as R reads them: wins of each pair for ``BradleyTerry2``, a row for each vote for ``lme4``."""

from collections.abc import Iterator, Sequence

import numpy as np

from app.analysis.vote_columns import UNKNOWN
from app.results.cells import Cell
from app.results.counted_votes import counted_votes, in_order
from app.results.judgements import TaskTally

MOST_CONDITIONS = 100  # that have a column of their own in the data for ``lme4``
_LEFT = ((1, 0), (0, 1), (None, None))  # the first on the left, the second, unknown


def bradley_terry_rows(tallies: Sequence[TaskTally]) -> Iterator[tuple[Cell, ...]]:
    """A row for each task, scene, pair and side: how often each of the two won there."""
    for tally in tallies:
        columns, n = tally.columns, len(tally.conditions)
        first, second, share, left = in_order(columns)
        side = np.where(left == UNKNOWN, 2, 1 - left)
        key = ((columns.scene * n + first) * n + second) * len(_LEFT) + side
        found, row = np.unique(key, return_inverse=True)
        won, lost = (np.bincount(row, columns.weight * part, len(found)).tolist() for part in (share, 1 - share))
        for code, wins, losses in zip(found.tolist(), won, lost, strict=True):
            pair, where = divmod(code, len(_LEFT))
            scene, a, b = pair // n // n, pair // n % n, pair % n
            names = (columns.scenes[scene], columns.conditions[a], columns.conditions[b])
            yield tally.task, *names, *_LEFT[where], wins, losses


def design(tally: TaskTally) -> tuple[str, ...]:
    """The names of the columns that tell each condition of the task apart; none where there are too many."""
    return tuple(f"x_{name}" for name in tally.conditions) if len(tally.conditions) <= MOST_CONDITIONS else ()


def lme4_rows(tally: TaskTally) -> Iterator[tuple[Cell, ...]]:
    """A row for each counted vote of the task, then 1 for its first condition, −1 for its second, 0 for the others."""
    names, blank = tally.conditions, [0] * len(design(tally))
    for vote in counted_votes(tally):
        signs = blank.copy()
        if signs:
            signs[vote.first], signs[vote.second] = 1, -1
        first, second = names[vote.first], names[vote.second]
        left = 0 if vote.left == UNKNOWN else 2 * vote.left - 1
        yield (
            tally.task, vote.scene, vote.subject, f"{first}:{second}", first, second, vote.share, vote.weight, left,
            *signs,
        )  # fmt: skip

"""The intervals of a task's scores: those that are shown, and all kinds beside each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import ROUNDING
from app.analysis.clustered import Spreads, spreads
from app.analysis.intervals import Interval, Intervals, intervals
from app.analysis.scores import TaskScores
from app.results.judgements import TaskTally
from app.results.options import ReportOptions


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One kind of interval around one condition's score; ``df`` is None where the quantiles are normal."""

    condition: str
    kind: Interval
    low: float
    high: float
    stderr: float
    df: int | None
    level: float
    generalises_to: str


@dataclass(frozen=True, slots=True, eq=False)
class TaskIntervals:
    """Every kind of interval that the votes allow, and the ``shown`` one, which is None where they allow none."""

    spreads: Spreads
    every: tuple[Intervals, ...]
    shown: Intervals | None


def task_intervals(tally: TaskTally, scores: TaskScores, options: ReportOptions) -> TaskIntervals:
    """The intervals of a task's scores."""
    found = spreads(scores.fits, tally.columns.within(scores.scenes, scores.conditions))
    shifted = scores.placed(scores.mean)
    every = {kind: intervals(shifted, found.of(kind, scores.contrasts), options.level) for kind in found.kinds}
    shown = found.instead_of(options.interval)
    return TaskIntervals(found, tuple(every.values()), every[shown] if shown else None)


def interval_rows(scores: TaskScores, found: TaskIntervals, order: Sequence[int]) -> Iterator[IntervalRow]:
    """The rows, condition by condition in that order; none where what was sampled does not vary."""
    for i in order:
        for one in found.every:
            if one.known[i]:
                yield IntervalRow(
                    condition=scores.conditions[i], kind=one.kind, low=_shown(one.low[i]), high=_shown(one.high[i]),
                    stderr=_shown(one.stderr[i]), df=one.df, level=one.level, generalises_to=one.generalises_to,
                )  # fmt: skip


def _shown(logits: np.float64) -> float:
    return round(float(logits), ROUNDING) + 0.0

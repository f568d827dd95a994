"""Which conditions each measure ranks first: objectives down, measures across, and whether the diagonal holds.

The diagonal criterion says that the network trained under a measure comes first under it among all that were trained.
It held for 43 of the 44 networks of Ding, Ma, Wang & Simoncelli (2021, *International Journal of Computer Vision* 129,
1258-1281). Where it does not, the training has not optimized what it was asked to, and the subjects' verdict is about
the training rather than the measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.correlations import levelled
from app.analysis.measure_values import MeasureValues, complete


@dataclass(frozen=True, slots=True)
class Violation:
    """A condition that does not come first under the measure it was trained under."""

    condition: str
    measure: str
    rank: int
    better: tuple[str, ...]  # best first


@dataclass(frozen=True, slots=True, eq=False)
class RankMatrix:
    """Ranks of conditions by the mean over scenes of each measure; 1 is the best, and equal means share a rank.

    Attributes
    ----------
    rank
        ``(conditions, measures)``; 0 where the measure has no value for the condition.
    mean
        The means that are ranked, as the measure gives them ``(conditions, measures)``; 0 where there is no rank.
    scenes
        How many scenes the means are over ``(measures,)``.
    own
        Where the condition was trained under that measure, alone or with others ``(conditions, measures)``.
    diagonal
        Where it was trained under that measure and no other.
    trained
        Whether the rows are networks trained under objectives; otherwise no condition is known to be one, the rows are
        all of them, and there is no diagonal.
    left_out
        Conditions without an objective, which are no rows.
    """

    conditions: tuple[str, ...]
    measures: tuple[str, ...]
    rank: IntArray
    mean: FloatArray
    scenes: IntArray
    higher_is_better: BoolArray
    own: BoolArray
    diagonal: BoolArray
    trained: bool
    left_out: tuple[str, ...]
    violations: tuple[Violation, ...]

    @property
    def held(self) -> int:
        """How many conditions come first under their own measure."""
        return self.asked - len(self.violations)

    @property
    def asked(self) -> int:
        """How many conditions the criterion can be asked of: those ranked by the one measure of their objective."""
        return int((self.diagonal & (self.rank > 0)).sum())


def rank_matrix(values: MeasureValues, objectives: IntArray) -> RankMatrix:
    """The ranks, of the conditions trained under an objective where there are any.

    ``objectives`` counts the measures in each condition's objective ``(conditions,)``; 0 is a condition without one.
    """
    trained = bool((objectives > 0).any())
    rows = np.flatnonzero(objectives > 0) if trained else np.arange(len(values.conditions))
    names = tuple(values.conditions[i] for i in rows)
    mine = values.within(values.scenes, names)
    rank, mean = (
        np.zeros((len(names), len(values.measures)), dtype=np.int64),
        np.zeros((len(names), len(values.measures))),
    )
    scenes = np.zeros(len(values.measures), dtype=np.int64)
    for m, (oriented, known) in enumerate(zip(mine.oriented, mine.known, strict=True)):
        part = complete(known)
        scenes[m] = part.scenes.sum()
        if not scenes[m]:
            continue
        over_scenes = oriented[part.scenes][:, part.conditions].mean(axis=0)
        level = levelled(over_scenes)
        rank[part.conditions, m] = 1 + (level[None, :] > level[:, None]).sum(axis=1)
        mean[part.conditions, m] = over_scenes if mine.higher_is_better[m] else -over_scenes
    alone = (objectives[rows] == 1) if trained else np.zeros(len(names), dtype=np.bool_)
    diagonal: BoolArray = mine.own.T & alone[:, None]
    violations = tuple(
        Violation(names[i], values.measures[m], int(rank[i, m]), _ahead(names, rank[:, m], rank[i, m]))
        for i, m in zip(*np.nonzero(diagonal & (rank > 1)), strict=True)
    )
    left_out = tuple(name for name in values.conditions if name not in names)
    return RankMatrix(
        names, values.measures, rank, mean, scenes, mine.higher_is_better, mine.own.T, diagonal, trained, left_out,
        violations,
    )  # fmt: skip


def _ahead(names: Sequence[str], rank: IntArray, of: int) -> tuple[str, ...]:
    """Whoever ranks before that rank, the best first."""
    return tuple(names[i] for i in np.argsort(rank, kind="stable") if 0 < rank[i] < of)

r"""Whether each network comes first under the measure it was trained under, and by how much.

The sanity check of Ding, Ma, Wang & Simoncelli (2021, *International Journal of Computer Vision* 129, 1258-1281):
before people compare networks trained under different measures, each network has to be the best of its task under its
own measure. It was so for 43 of their 44. A network that misses has not been optimized for what it was asked to, so
that the subjects' verdict on it is one on the training rather than on the measure.

Only an objective of one measure has a place on the diagonal; a sum of measures has none, because none of its measures
is what was minimized.
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray
from app.analysis.correlations import levelled
from app.analysis.measure_values import MeasureValues, complete
from app.analysis.rank_matrix import RankMatrix


@dataclass(frozen=True, slots=True)
class OnDiagonal:
    """A network under the one measure of its objective.

    Attributes
    ----------
    rank
        Among the networks of the task by their means over scenes; 1 is the best, and equal means share a rank.
    value
        Its mean over scenes.
    best
        Who comes first; the network itself where it does, also beside others.
    best_value
        The mean over scenes of whoever comes first.
    rival
        The best of the others; None where there are no others.
    lead
        By how much its mean is better than that of the rival, in the measure's units; negative is a miss. 0 without a
        rival.
    lead_share
        The lead as a share of the distance between the best mean of the task and the worst; 0 where all are equal.
    scenes, scenes_first
        Over how many scenes the means are, and in how many of them it comes first, alone or with others.
    """

    condition: str
    measure: str
    rank: int
    value: float
    best: str
    best_value: float
    rival: str | None
    lead: float
    lead_share: float
    scenes: int
    scenes_first: int

    @property
    def met(self) -> bool:
        """Whether it comes first."""
        return self.rank == 1


@dataclass(frozen=True, slots=True)
class Diagonal:
    """The criterion for all networks of a task that it can be asked of, in the order of the conditions."""

    entries: tuple[OnDiagonal, ...]
    composite: tuple[str, ...]  # networks trained under several measures together, which have no place on it

    @property
    def met(self) -> int:
        """How many come first."""
        return sum(entry.met for entry in self.entries)


def diagonal(values: MeasureValues, matrix: RankMatrix) -> Diagonal:
    """How each network of ``matrix`` stands under its own measure, by the ``values`` that the matrix was made of."""
    mine = values.within(values.scenes, matrix.conditions)
    entries = tuple(
        _entry(mine, matrix, int(i), int(m))
        for i, m in zip(*np.nonzero(matrix.diagonal & (matrix.rank > 0)), strict=True)
    )
    alone = matrix.diagonal.any(axis=1)
    together = matrix.own.any(axis=1) & ~alone
    return Diagonal(entries, tuple(matrix.conditions[i] for i in np.flatnonzero(together)))


def _entry(values: MeasureValues, matrix: RankMatrix, i: int, m: int) -> OnDiagonal:
    part = complete(values.known[m])
    oriented = values.oriented[m][part.scenes][:, part.conditions]  # the higher, the better
    names = [name for name, there in zip(values.conditions, part.conditions, strict=True) if there]
    me, means = names.index(values.conditions[i]), oriented.mean(axis=0)
    sign = 1.0 if matrix.higher_is_better[m] else -1.0
    rank, others = int(matrix.rank[i, m]), np.delete(np.arange(len(names)), me)
    level = levelled(means)  # what only the rounding of sums tells apart is equal, and the first of equals is named
    rival = int(others[level[others].argmax()]) if len(others) else None
    best = me if rank == 1 or rival is None else rival
    lead = 0.0 if rival is None or level[me] == level[rival] else float(means[me] - means[rival])
    spread = float(means.max() - means.min())
    return OnDiagonal(
        condition=names[me],
        measure=values.measures[m],
        rank=rank,
        value=sign * float(means[me]),
        best=names[best],
        best_value=sign * float(means[best]),
        rival=None if rival is None else names[rival],
        lead=lead,
        lead_share=lead / spread if spread else 0.0,
        scenes=len(oriented),
        scenes_first=_first_in(oriented, me),
    )


def _first_in(oriented: FloatArray, me: int) -> int:
    """In how many scenes nobody is better."""
    return sum(int(level[me] == level.max()) for level in map(levelled, oriented))

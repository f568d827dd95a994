"""The counted votes of one task, column by column: what every statistic that needs more than counts is given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray, places

UNKNOWN = -1  # in ``a_on_left``


@dataclass(frozen=True, slots=True, eq=False)
class VoteColumns:
    """Votes on the pairs of one task; all columns are equally long, and codes are positions in the names.

    Attributes
    ----------
    share
        Of the win, for condition ``a``: 1, 0, or 0.5 where the answer was a tie.
    weight
        How many votes a row stands for; positive.
    subject
        Who answered; None where a file does not say, and then so are ``subjects``.
    a_on_left
        1 where ``a`` stood on the left, 0 where ``b`` did, ``UNKNOWN`` where a file does not say.
    """

    scenes: tuple[str, ...]
    conditions: tuple[str, ...]
    subjects: tuple[str, ...] | None
    scene: IntArray
    a: IntArray
    b: IntArray
    share: FloatArray
    weight: FloatArray
    subject: IntArray | None
    a_on_left: IntArray

    def __len__(self) -> int:
        return len(self.scene)

    def wins(self) -> FloatArray:
        """``wins[s, i, j]``: how often *i* was preferred to *j* in scene *s*; a tie is half a win for both."""
        n = len(self.conditions)
        size, scene = len(self.scenes) * n * n, self.scene * n * n
        for_a = np.bincount(scene + self.a * n + self.b, self.weight * self.share, size)
        for_b = np.bincount(scene + self.b * n + self.a, self.weight * (1 - self.share), size)
        return np.asarray(for_a + for_b, dtype=np.float64).reshape(len(self.scenes), n, n)

    def ties(self) -> FloatArray:
        """``ties[s, i, j]`` and ``ties[s, j, i]``: how often *i* and *j* tied in scene *s*."""
        n = len(self.conditions)
        tied = self.share == 0.5
        cell = (self.scene[tied] * n + self.a[tied]) * n + self.b[tied]
        once = np.bincount(cell, self.weight[tied], len(self.scenes) * n * n).reshape(len(self.scenes), n, n)
        return np.asarray(once + once.swapaxes(1, 2), dtype=np.float64)

    def where(self, rows: BoolArray) -> "VoteColumns":
        """The rows marked; the names stay as they are."""
        return replace(
            self,
            scene=self.scene[rows], a=self.a[rows], b=self.b[rows], share=self.share[rows], weight=self.weight[rows],
            subject=None if self.subject is None else self.subject[rows], a_on_left=self.a_on_left[rows],
        )  # fmt: skip

    def within(self, scenes: Sequence[str], conditions: Sequence[str]) -> "VoteColumns":
        """The votes on these scenes and conditions, coded by their positions there."""
        scene, condition = places(self.scenes, scenes), places(self.conditions, conditions)
        kept = self.where((scene[self.scene] >= 0) & (condition[self.a] >= 0) & (condition[self.b] >= 0))
        return replace(
            kept,
            scenes=tuple(scenes), conditions=tuple(conditions),
            scene=scene[kept.scene], a=condition[kept.a], b=condition[kept.b],
        )  # fmt: skip


def from_wins(wins: FloatArray, scenes: Sequence[str], conditions: Sequence[str]) -> VoteColumns:
    """Columns with one row for each cell of ``wins`` ``(scenes, conditions, conditions)`` that is not empty."""
    scene, a, b = np.nonzero(wins)
    return VoteColumns(
        scenes=tuple(scenes), conditions=tuple(conditions), subjects=None, scene=scene, a=a, b=b,
        share=np.ones(len(scene)), weight=np.asarray(wins[scene, a, b], dtype=np.float64), subject=None,
        a_on_left=np.full(len(scene), UNKNOWN, dtype=np.int64),
    )  # fmt: skip

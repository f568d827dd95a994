r"""How wide the intervals become with other numbers of subjects and scenes, and how many a wished width takes.

The two-way variance of a score falls into three parts, of which each shrinks with what it comes from:

.. math:: V(O, S) = \frac{A}{O} + \frac{B}{S} + \frac{C}{O\,S}

with *O* subjects and *S* scenes: *A* is how subjects differ, *B* how scenes do, *C* the chance in the votes of one
subject in one scene. Half an interval is :math:`t_{(1 + \text{level}) / 2}\bigl(\min(O, S) - 1\bigr) \sqrt V`, as in
``clustered``. More subjects leave *B* as it is: below :math:`t\,(S - 1) \sqrt{B / S}` they bring no interval, however
many they are. (Variance components of a crossed design without replication: Searle, Casella & McCulloch 1992,
*Variance Components*, chapter 4.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy.stats import t as student

from app.analysis.clustered import Spreads
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS
from app.errors import BadInput

_MOST = 1_000_000  # subjects or scenes: who needs more needs another question


class BadWish(BadInput):
    """No design can be planned for this wish."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The variance of a typical score, logits², by what it comes from, with these subjects and scenes."""

    subjects: int
    scenes: int
    of_subjects: float
    of_scenes: float
    of_votes: float

    def variance(self, subjects: int, scenes: int) -> float:
        """The variance with other numbers, where each subject judges as much of each scene as now."""
        fewer_subjects, fewer_scenes = self.subjects / subjects, self.scenes / scenes
        return (
            self.of_subjects * fewer_subjects
            + self.of_scenes * fewer_scenes
            + self.of_votes * fewer_subjects * fewer_scenes
        )

    def over_scenes(self, subjects: int) -> float:
        """The part of it that tests over scenes see, with so many subjects: what scenes and votes leave open."""
        return self.of_scenes + self.of_votes * self.subjects / subjects

    def half_width(self, subjects: int, scenes: int, level: float = 0.95) -> float:
        """Half of the two-way interval with so many subjects and scenes, logits."""
        return _quantile(min(subjects, scenes) - 1, level) * sqrt(self.variance(subjects, scenes))

    def with_endless_subjects(self, level: float = 0.95) -> float:
        """The half-width that no number of subjects goes below, for want of scenes."""
        return _quantile(self.scenes - 1, level) * sqrt(self.of_scenes)

    def with_endless_scenes(self, level: float = 0.95) -> float:
        """The half-width that no number of scenes goes below, for want of subjects."""
        return _quantile(self.subjects - 1, level) * sqrt(self.of_subjects)


@dataclass(frozen=True, slots=True)
class Needed:
    """What a wished half-width takes; None where that alone cannot bring it.

    ``subjects`` with the scenes there are, ``scenes`` with the subjects there are, ``both`` where each grows by the
    same factor.
    """

    half_width: float
    subjects: int | None
    scenes: int | None
    both: tuple[int, int] | None


def parts_of(found: Spreads) -> Parts | None:
    """The parts of a typical score's variance; None where the votes allow no two-way interval.

    They are means over the conditions and add up to the mean of the two-way variances, also where a difference of
    estimates falls below zero.
    """
    if found.by_scene is None or found.by_subject is None or found.by_cell is None or found.subjects is None:
        return None
    scene, subject, cell = (np.diagonal(part) for part in (found.by_scene, found.by_subject, found.by_cell))
    return Parts(
        subjects=found.subjects,
        scenes=found.scenes,
        of_subjects=float(np.maximum(subject - cell, 0).mean()),
        of_scenes=float(np.maximum(scene - cell, 0).mean()),
        of_votes=float(np.minimum(cell, np.maximum(subject, scene)).mean()),
    )


def needed(parts: Parts, half_width: float, level: float = 0.95) -> Needed:
    """How many subjects, scenes, or both, bring intervals of that half-width.

    Raises
    ------
    BadWish
        A half-width that is not positive, or a level outside (0, 1).
    """
    if not 0 < half_width < float("inf"):
        raise BadWish(f"A half-width must be above 0 logits, and is {half_width:g}", "wish for 0.2, for example")
    if not 0 < level < 1:
        raise BadWish(f"A level must lie between 0 and 1, and is {level:g}", "use 0.95, the usual one")

    def grown(factor: int) -> tuple[int, int]:
        return ceil(parts.subjects * factor / 100), ceil(parts.scenes * factor / 100)

    def wide(subjects: int, scenes: int) -> bool:
        return parts.half_width(subjects, scenes, level) > half_width

    least = ceil(100 * max(FEWEST_SUBJECTS / parts.subjects, FEWEST_SCENES / parts.scenes))
    factor = _first(lambda percent: not wide(*grown(percent)), least)
    return Needed(
        half_width=half_width,
        subjects=_first(lambda subjects: not wide(subjects, parts.scenes), FEWEST_SUBJECTS),
        scenes=_first(lambda scenes: not wide(parts.subjects, scenes), FEWEST_SCENES),
        both=None if factor is None else grown(factor),
    )


def _first(holds: Callable[[int], bool], least: int) -> int | None:
    """The smallest number from ``least`` on that it holds for, where it goes on holding; None beyond a million."""
    low, high = least - 1, least
    while not holds(high):
        if high >= _MOST:
            return None
        low, high = high, min(2 * high, _MOST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _quantile(df: int, level: float) -> float:
    return float(student.ppf((1 + level) / 2, df))

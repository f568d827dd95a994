"""Tests between all conditions of a task, paired over its scenes, and corrections for testing many pairs.

Uncorrected tests at 5 % are the published rule. With 11 equal methods they find a false difference in 72 % of
studies, which is why Holm's family-wise correction and Benjamini and Hochberg's false discovery rate stand beside
them. The family is the pairs of one task.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import t as student

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray
from app.analysis.intervals import FEWEST_SCENES, TooFewScenes
from app.analysis.signed_rank import signed_rank

# Beyond them quantiles of the studentised range lose their digits, or intervals their sense.
SMALLEST_ALPHA, LARGEST_ALPHA = 1e-6, 0.5

# Under either, tests over scenes are rough: with three scenes of eleven equal conditions, one vote on each pair, Holm's
# find a false difference in 28 % of studies, unless no standard error may be smaller than the votes alone make it.
ENOUGH_SCENES = 5
ENOUGH_VOTES = 3  # per pair and scene


class Correction(StrEnum):
    """What is done about testing many pairs at once."""

    NONE = "none"
    HOLM = "holm"
    BH = "bh"


class PairTest(StrEnum):
    """Which test tells two conditions apart."""

    T = "t"
    WILCOXON = "wilcoxon"
    TWO_WAY = "two_way"


Corrected = dict[Correction, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class PairedTests:
    """Two-sided tests between all conditions; every matrix is ``(conditions, conditions)``.

    Attributes
    ----------
    difference
        Mean over scenes of row minus column, logits.
    testable
        Where the difference varies between scenes. Elsewhere, and on the diagonal, t is not defined: ``statistic`` is
        0 and every p 1, and whoever prints them leaves them out.
    statistic
        Student's t with ``scenes - 1`` degrees of freedom.
    p
        Raw and corrected p-values of the t-test, by correction.
    others
        The same of Wilcoxon's signed-rank test over the same differences, and of the test clustered by subject and by
        scene where it can be had.
    """

    scenes: int
    difference: FloatArray
    testable: BoolArray
    statistic: FloatArray
    p: Corrected
    others: dict[PairTest, Corrected]

    def of(self, test: PairTest) -> Corrected:
        """The p-values of that test, by correction; those of the t-test where it cannot be had."""
        return self.others.get(test, self.p)

    def distinguishable(
        self, alpha: float = 0.05, correction: Correction = Correction.NONE, test: PairTest = PairTest.T
    ) -> BoolArray:
        """Which conditions the test tells apart at ``alpha``."""
        apart: BoolArray = self.of(test)[correction] < alpha
        return apart


def paired_tests(
    by_scene: FloatArray, *, least: FloatArray | None = None, two_way: tuple[FloatArray, int | None] | None = None
) -> PairedTests:
    """Tests on strengths ``(scenes, conditions)``.

    Two conditions whose difference is the same in all scenes are not tested, however large it is: with few votes that
    happens by chance (one vote in each of three scenes goes the same way in a quarter of all studies of equal methods),
    and the scenes then say nothing about their own variance. Such pairs stay in the family that is corrected for.

    Parameters
    ----------
    least
        Standard errors ``(conditions, conditions)`` below which the corrected t-tests take none. Few scenes or votes
        make differences nearly the same by chance, too, and a correction promises what such a t does not keep.
    two_way
        Standard errors of the differences, clustered by subject and by scene, and their degrees of freedom.

    Raises
    ------
    TooFewScenes
        Under three scenes.
    """
    scenes, n = by_scene.shape
    if scenes < FEWEST_SCENES:
        raise TooFewScenes(scenes)
    upper = np.triu_indices(n, 1)
    gaps = np.round(by_scene[:, :, None] - by_scene[:, None, :], ROUNDING)
    difference = np.round(gaps.mean(axis=0), ROUNDING)
    testable = np.ptp(gaps, axis=0) > 0
    error = np.where(testable, gaps.std(axis=0, ddof=1) / np.sqrt(scenes), 1.0)
    statistic = np.where(testable, difference / error, 0.0)
    raw = _two_sided(statistic, scenes - 1)
    safe = raw if least is None else _two_sided(statistic * np.minimum(error / np.maximum(least, error), 1), scenes - 1)
    ranked = _symmetric(signed_rank(gaps[:, upper[0], upper[1]]), n)
    others = {PairTest.WILCOXON: _corrected(np.where(testable, ranked, 1.0))}
    if two_way is not None:
        others[PairTest.TWO_WAY] = _corrected(_clustered(difference, testable, *two_way))
    return PairedTests(scenes, difference, testable, statistic, _corrected(safe) | {Correction.NONE: raw}, others)


def _clustered(difference: FloatArray, testable: BoolArray, errors: FloatArray, df: int | None) -> FloatArray:
    known = testable & (errors > 0)
    return _two_sided(np.where(known, difference / np.where(known, errors, 1.0), 0.0), df or np.inf)


def _two_sided(statistic: FloatArray, df: float) -> FloatArray:
    p: FloatArray = 2 * student.sf(np.abs(statistic), df)
    return p


def _corrected(raw: FloatArray) -> Corrected:
    n, upper = len(raw), np.triu_indices(len(raw), 1)
    return {
        Correction.NONE: raw,
        Correction.HOLM: _symmetric(holm(raw[upper]), n),
        Correction.BH: _symmetric(benjamini_hochberg(raw[upper]), n),
    }


def holm(p: FloatArray) -> FloatArray:
    """Holm's adjusted p-values (1979, *Scand. J. Statist.* 6, 65-70): family-wise error, whatever the dependence."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _put_back(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Benjamini and Hochberg's adjusted p-values: the false discovery rate (1995, *J. R. Statist. Soc. B* 57, 289-300).

    It bounds the share of false differences among those found, and the chance of any false one only when all
    conditions are equal.
    """
    order = np.argsort(p, kind="stable")[::-1]
    stepped = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return _put_back(np.minimum(stepped, 1.0), order)


def _put_back(values: FloatArray, order: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> FloatArray:
    result = np.empty_like(values)
    result[order] = values
    return result


def _symmetric(upper: FloatArray, n: int) -> FloatArray:
    matrix = np.ones((n, n))
    matrix[np.triu_indices(n, 1)] = upper
    return np.minimum(matrix, matrix.T)

"""Paired t-tests between all conditions of a task over its scenes, and corrections for testing many pairs.

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

# Beyond them quantiles of the studentised range lose their digits, or intervals their sense.
SMALLEST_ALPHA, LARGEST_ALPHA = 1e-6, 0.5


class Correction(StrEnum):
    """What is done about testing many pairs at once."""

    NONE = "none"
    HOLM = "holm"
    BH = "bh"


@dataclass(frozen=True, slots=True, eq=False)
class PairedTests:
    """Two-sided paired t-tests between all conditions; every matrix is ``(conditions, conditions)``.

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
        Raw and corrected p-values by correction.
    """

    scenes: int
    difference: FloatArray
    testable: BoolArray
    statistic: FloatArray
    p: dict[Correction, FloatArray]

    def distinguishable(self, alpha: float = 0.05, correction: Correction = Correction.NONE) -> BoolArray:
        """Which conditions the tests tell apart at ``alpha``."""
        apart: BoolArray = self.p[correction] < alpha
        return apart


def paired_tests(by_scene: FloatArray) -> PairedTests:
    """Tests on strengths ``(scenes, conditions)``.

    Two conditions whose difference is the same in all scenes are not tested, however large it is: with few votes that
    happens by chance (one vote in each of three scenes goes the same way in a quarter of all studies of equal methods),
    and the scenes then say nothing about their own variance. Such pairs stay in the family that is corrected for.

    Raises
    ------
    TooFewScenes
        Under three scenes.
    """
    scenes, n = by_scene.shape
    if scenes < FEWEST_SCENES:
        raise TooFewScenes(scenes)
    gaps = np.round(by_scene[:, :, None] - by_scene[:, None, :], ROUNDING)
    difference = np.round(gaps.mean(axis=0), ROUNDING)
    testable = np.ptp(gaps, axis=0) > 0
    error = np.where(testable, gaps.std(axis=0, ddof=1) / np.sqrt(scenes), 1.0)
    statistic = np.where(testable, difference / error, 0.0)
    raw = 2 * student.sf(np.abs(statistic), scenes - 1)
    upper = np.triu_indices(n, 1)
    p = {
        Correction.NONE: raw,
        Correction.HOLM: _symmetric(holm(raw[upper]), n),
        Correction.BH: _symmetric(benjamini_hochberg(raw[upper]), n),
    }
    return PairedTests(scenes, difference, testable, statistic, p)


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

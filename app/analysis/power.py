r"""How probably paired t-tests over scenes tell conditions apart, corrected for testing many pairs or not.

A pair whose scores differ by :math:`\delta` with standard error :math:`s` has a t of :math:`\delta / s` plus chance:
noncentral Student's t with :math:`S - 1` degrees of freedom. Uncorrected, its p-value is held against α. Corrected, it
is held against a level that depends on how many other pairs are found, :math:`R` of :math:`M`: at its expectation,

.. math:: t_\text{Holm} = \frac{\alpha}{M - R(t)}, \qquad t_\text{BH} = \frac{\alpha\,R(t)}{M},

the first reached from below, as Holm steps down from the smallest p-value (1979, *Scand. J. Statist.* 6, 65-70), the
second from above, as Benjamini and Hochberg step up (1995, *J. R. Statist. Soc. B* 57, 289-300). The number found
varies around its expectation, which this leaves out; simulated studies of the published size come out within 0.04.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr
from scipy.stats import chi2
from scipy.stats import t as student

from app.analysis.arrays import FloatArray
from app.analysis.intervals import FEWEST_SCENES, TooFewScenes
from app.analysis.significance import Correction

_STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Power:
    """The chance of telling conditions apart, and the level that the p-value of a pair is held against."""

    scenes: int
    level: dict[Correction, float]
    all_pairs: dict[Correction, float]  # the mean over all pairs

    def of(self, difference: float, error: float, correction: Correction) -> float:
        """The chance of telling two conditions apart whose scores differ by so much, with such a standard error."""
        edge = _edge(self.level[correction], self.scenes - 1)
        return float(_beyond(_ratio(np.array([abs(difference)]), error), edge)[0])

    def detectable(self, error: float, correction: Correction, chance: float = 0.8) -> float:
        """The difference that is told apart with that chance, logits."""
        edge = _edge(self.level[correction], self.scenes - 1)
        low, high = 0.0, 1.0
        while _beyond(np.array([high]), edge)[0] < chance:
            low, high = high, 2 * high
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if _beyond(np.array([middle]), edge)[0] < chance else (low, middle)
        return high * error


def power(strengths: FloatArray, error: float, scenes: int, alpha: float = 0.05) -> Power:
    """The power of the tests between conditions of these strengths.

    Parameters
    ----------
    strengths
        Where the conditions stand ``(n,)``, logits.
    error
        Standard error of a difference between two scores: what scenes and votes leave open.
    scenes
        How many scenes the tests go over.
    alpha
        Their level.

    Raises
    ------
    TooFewScenes
        Under three scenes.
    """
    if scenes < FEWEST_SCENES:
        raise TooFewScenes(scenes)
    gaps = np.abs(strengths[:, None] - strengths[None, :])[np.triu_indices(len(strengths), 1)]
    ratio, pairs, df = _ratio(gaps, error), len(gaps), scenes - 1

    def found(level: float) -> float:
        return float(_beyond(ratio, _edge(level, df)).sum())

    holm, bh = alpha / pairs, alpha
    for _ in range(_STEPS):
        before = holm, bh
        holm, bh = min(alpha / max(pairs - found(holm), 1.0), alpha), alpha * max(found(bh), 1.0) / pairs
        if np.allclose(before, (holm, bh), rtol=1e-4, atol=0):
            break
    level = {Correction.NONE: alpha, Correction.HOLM: holm, Correction.BH: min(bh, alpha)}
    return Power(scenes, level, {name: found(held) / pairs for name, held in level.items()})


def difference_error(of_scores: float, conditions: int) -> float:
    """The standard error of a typical difference, from the variance of a typical score; scores sum to zero.

    The mean over pairs of the variance of a difference is :math:`2 n / (n - 1)` times the mean variance of a score.
    """
    return float(np.sqrt(2 * conditions / (conditions - 1) * of_scores))


def _ratio(gaps: FloatArray, error: float) -> FloatArray:
    return gaps / error if error > 0 else np.where(gaps > 0, np.inf, 0.0)


@cache
def _denominator(df: int) -> FloatArray:
    return np.asarray(np.sqrt(chi2.ppf((np.arange(200) + 0.5) / 200, df) / df), dtype=np.float64)


def _edge(level: float, df: int) -> FloatArray:
    """The two-sided critical value times every value of its denominator, at even steps of probability."""
    return np.asarray(student.isf(level / 2, df) * _denominator(df), dtype=np.float64)


def _beyond(ratio: FloatArray, edge: FloatArray) -> FloatArray:
    """The chance that noncentral t lies beyond the critical value, integrated over its denominator."""
    return np.asarray((ndtr(ratio[:, None] - edge) + ndtr(-ratio[:, None] - edge)).mean(axis=1), dtype=np.float64)

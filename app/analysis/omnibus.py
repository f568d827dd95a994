"""Whether a task's conditions differ at all, by their ranks within scenes."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import friedmanchisquare, rankdata, studentized_range

from app.analysis.arrays import ROUNDING, FloatArray
from app.analysis.intervals import FEWEST_SCENES, TooFewScenes


@dataclass(frozen=True, slots=True, eq=False)
class Omnibus:
    """Friedman's test, and how far two mean ranks must be apart by Nemenyi's.

    Attributes
    ----------
    statistic
        Friedman's chi-square, corrected for ties, with ``df`` degrees of freedom.
    mean_rank
        Of each condition over scenes; 1 is the best.
    critical_difference
        Between mean ranks, at ``alpha`` over all pairs together.
    """

    scenes: int
    statistic: float
    df: int
    p: float
    mean_rank: FloatArray
    critical_difference: float
    alpha: float


def omnibus(by_scene: FloatArray, alpha: float = 0.05) -> Omnibus | None:
    """The test on strengths ``(scenes, conditions)``; None with two conditions, or where all are tied in all scenes.

    Friedman 1937, *Journal of the American Statistical Association* 32, 675-701. Scenes are the blocks.

    Raises
    ------
    TooFewScenes
        Under three scenes.
    """
    scenes, n = by_scene.shape
    if scenes < FEWEST_SCENES:
        raise TooFewScenes(scenes)
    rounded = np.round(by_scene, ROUNDING)
    if n < 3 or not np.ptp(rounded, axis=1).any():
        return None
    found = friedmanchisquare(*rounded.T)
    return Omnibus(
        scenes=scenes,
        statistic=float(found.statistic),
        df=n - 1,
        p=float(found.pvalue),
        mean_rank=rankdata(-rounded, axis=1).mean(axis=0),
        critical_difference=critical_difference(n, scenes, alpha),
        alpha=alpha,
    )


def critical_difference(conditions: int, scenes: int, alpha: float = 0.05) -> float:
    r"""Nemenyi's :math:`q_\alpha \sqrt{k (k + 1) / (6 N)}` (Demšar 2006, *J. Machine Learning Research* 7, 1-30)."""
    quantile = studentized_range.ppf(1 - alpha, conditions, np.inf) / np.sqrt(2)
    return float(quantile * np.sqrt(conditions * (conditions + 1) / (6 * scenes)))

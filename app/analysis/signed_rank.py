"""Wilcoxon's signed-rank test, exact also where differences are tied or zero."""

import numpy as np
from scipy.stats import norm, rankdata

from app.analysis.arrays import FloatArray

_EXACT = 50  # differences; with more, the normal approximation is as good as the data


def signed_rank(gaps: FloatArray) -> FloatArray:
    """Two-sided p-values of the columns of ``gaps`` ``(scenes, pairs)`` under symmetry around zero.

    Zeros are dropped, ties share the mean of their ranks, and the distribution is the one over all signs given these
    ranks (Wilcoxon 1945, *Biometrics Bulletin* 1, 80-83; Hollander, Wolfe & Chicken 2014, *Nonparametric Statistical
    Methods*, section 3.1). A column of zeros has p = 1.
    """
    differs = gaps != 0
    ranks = (rankdata(np.abs(gaps), axis=0) - (~differs).sum(axis=0)) * differs  # zeros have the lowest ranks
    larger = np.maximum((ranks * (gaps > 0)).sum(axis=0), (ranks * (gaps < 0)).sum(axis=0))
    if len(gaps) > _EXACT:
        mean, spread = ranks.sum(axis=0) / 2, np.sqrt((ranks**2).sum(axis=0)) / 2
        return np.asarray(2 * norm.sf((larger - mean) / np.where(spread > 0, spread, 1.0)))
    doubled = np.rint(2 * ranks).astype(np.int64)  # whole numbers, with ties too
    patterns, which = np.unique(np.sort(doubled, axis=0), axis=1, return_inverse=True)
    p = np.empty(gaps.shape[1])
    for number, pattern in enumerate(patterns.T):
        at_least = _at_least(pattern)
        columns = which.ravel() == number
        p[columns] = np.minimum(2 * at_least[np.rint(2 * larger[columns]).astype(np.int64)], 1.0)
    return p


def _at_least(ranks: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> FloatArray:
    """How probable a sum of at least 0, 1, 2, … is, where each rank is in the sum or not with probability one half."""
    chance = np.zeros(int(ranks.sum()) + 1)
    chance[0] = 1.0
    for rank in ranks[ranks > 0]:
        moved = np.zeros_like(chance)
        moved[rank:] = chance[: len(chance) - rank]
        chance = (chance + moved) / 2
    return np.cumsum(chance[::-1])[::-1]

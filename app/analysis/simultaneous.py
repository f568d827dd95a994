"""Intervals that hold all scores of a task at once."""

import numpy as np

from app.analysis.arrays import FloatArray
from app.analysis.intervals import Intervals, Spread

DRAWS = 20_000
SEED = 0


def simultaneous(
    scores: FloatArray, spread: Spread, level: float = 0.95, *, draws: int = DRAWS, seed: int = SEED
) -> Intervals:
    r"""Intervals of which all together hold in ``level`` of cases: scores ± c times their standard errors.

    *c* is the ``level`` quantile of :math:`\max_i |T_i|` with *T* drawn from the multivariate t distribution that has
    the correlations and degrees of freedom of ``spread`` (Hothorn, Bretz & Westfall 2008, *Biometrical Journal* 50,
    346-363). Scores without a standard error take no part.
    """
    rng = np.random.default_rng(seed)
    error = spread.stderr
    known = error > 0
    if not known.any():
        return Intervals(spread.kind, scores, scores, error, known, spread.df, level)
    inside = spread.covariance[np.ix_(known, known)] / np.outer(error[known], error[known])
    values, vectors = np.linalg.eigh(inside)
    drawn = rng.standard_normal((draws, len(values))) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    largest = np.abs(drawn).max(axis=1)
    if spread.df is not None:
        largest /= np.sqrt(rng.chisquare(spread.df, draws) / spread.df)
    half = np.quantile(largest, level) * error
    return Intervals(spread.kind, scores - half, scores + half, error, known, spread.df, level)

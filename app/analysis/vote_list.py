"""Bradley-Terry strengths from votes one by one, whatever the number of conditions."""

from collections.abc import Sequence

import numpy as np

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, LARGE, BadCounts, fit
from app.analysis.sparse import SparseStrengths, fit_votes


def fit_list(
    winner: IntArray,
    loser: IntArray,
    conditions: Sequence[str],
    *,
    weight: FloatArray | None = None,
    prior: float = DEFAULT_PRIOR,
) -> SparseStrengths:
    """Strengths from votes that say who won against whom; a tie is two votes of weight one half.

    Up to ``LARGE`` conditions votes are counted into a matrix, beyond they are kept as they are, and nothing of the
    size conditions × conditions is built unless for standard errors.

    Raises
    ------
    BadCounts
        A condition wins against itself, or a code, a weight or the prior is out of range.
    NotConnected
        With ``prior=0``: some conditions never lost to, or never met, the rest.
    """
    n, names = len(conditions), tuple(conditions)
    for code in (winner, loser):
        if len(code) and not 0 <= int(code.min()) <= int(code.max()) < n:
            raise BadCounts(f"{n} conditions have the codes 0 to {n - 1}", "number the conditions by their places")
    if n > LARGE:
        if weight is not None and not (weight >= 0).all() & np.isfinite(weight).all():
            raise BadCounts("Weights of votes must be finite and not negative", "count the votes again")
        if (winner == loser).any():
            raise BadCounts("A condition cannot win against itself", "leave such votes out")
        won = np.ones(len(winner)) if weight is None else weight
        return fit_votes(winner, loser, won, np.zeros(len(won)), names, prior=prior)
    wins = np.bincount(winner * n + loser, weight, n * n).reshape(n, n).astype(np.float64)
    found = fit(wins, names, prior=prior)
    return SparseStrengths(names, found.strength, found.stderr, float(found.deviance), prior)

"""Bradley-Terry strengths from votes one by one, whatever the number of conditions.

No page and no command comes here: a report holds the counts of its scenes as matrices, and its tests compare every two
conditions. This is for scripts with thousands of conditions, and for the benchmark beside libraries that take rows.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, LARGE, BadCounts, fit, strengths
from app.analysis.sparse import SparseStrengths, fit_votes

_PIECE = 100_000  # votes; what is worked out from them stays in the processor's cache


class WrongCodes(BadCounts):
    """A vote names a condition that there is not."""

    def __init__(self, conditions: int) -> None:
        super().__init__(
            f"{conditions} conditions have the codes 0 to {conditions - 1}", "number the conditions by their places"
        )


def fit_list(
    winner: IntArray,
    loser: IntArray,
    conditions: Sequence[str],
    *,
    weight: FloatArray | None = None,
    prior: float = DEFAULT_PRIOR,
) -> SparseStrengths:
    """Strengths from votes ``(votes,)`` that say who won against whom; a tie is two votes of weight one half.

    ``winner`` and ``loser`` are positions in ``conditions``, ``weight`` says how many votes each stands for.

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
    if n > LARGE:
        if not (_are_codes(winner, n) and _are_codes(loser, n)):
            raise WrongCodes(n)
        if weight is not None and not (weight >= 0).all() & np.isfinite(weight).all():
            raise BadCounts("Weights of votes must be finite and not negative", "count the votes again")
        if (winner == loser).any():
            raise BadCounts("A condition cannot win against itself", "leave such votes out")
        won = np.ones(len(winner)) if weight is None else weight
        return fit_votes(winner, loser, won, np.zeros(len(won)), names, prior=prior)
    found = fit(_counted(winner, loser, weight, n), names, prior=prior)
    return SparseStrengths(names, found.strength, found.stderr, float(found.deviance), prior)


def list_strengths(winner: IntArray, loser: IntArray, n: int, *, prior: float = DEFAULT_PRIOR) -> FloatArray:
    """The strengths alone ``(n,)``, logits, of up to ``LARGE`` conditions; what ``fit_list`` raises, this raises."""
    (found,) = strengths(_counted(winner, loser, None, n)[None], prior=prior)
    return np.asarray(found)


def _counted(winner: IntArray, loser: IntArray, weight: FloatArray | None, n: int) -> FloatArray:
    """The matrix of wins; each piece of the list is read from memory once."""
    wins: FloatArray = np.zeros((n, n))
    once = np.ones(min(_PIECE, len(winner)))
    for start in range(0, len(winner), _PIECE):
        piece = slice(start, start + _PIECE)
        values = once[: len(winner) - start] if weight is None else weight[piece]
        try:
            counts: FloatArray = coo_array((values, (winner[piece], loser[piece])), shape=(n, n)).toarray()
        except ValueError:
            raise WrongCodes(n) from None
        wins += counts
    return wins


def _are_codes(codes: IntArray, n: int) -> bool:
    return not len(codes) or int(codes.view(np.uint64).max()) < n  # one look: read so, a negative code is the largest

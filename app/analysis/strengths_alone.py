"""Strengths of many matrices without their errors, for refits that nobody asks the covariance of."""

from app.analysis import batched
from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import fit

_SMALL = 40  # conditions, up to which the kernel for many small matrices is the faster one


def strengths_alone(wins: FloatArray, prior: float, start: FloatArray | None = None) -> FloatArray:
    """Strengths ``(B, n)`` from wins ``(B, n, n)``; ``start`` is where the search may begin, and changes only its time.

    ``prior`` is positive, so that every matrix has strengths.
    """
    n = wins.shape[-1]
    if n <= _SMALL:
        return batched.strengths(wins, prior, start)
    return fit(wins, [str(place) for place in range(n)], prior=prior).strength

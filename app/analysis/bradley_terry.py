r"""Bradley-Terry strengths from win counts, many matrices at once.

The model says that *i* is preferred to *j* with probability :math:`\sigma(s_i - s_j)`. The strengths solve

.. math:: \sum_j n_{ij}\,\sigma(s_i - s_j) + \lambda s_i = w_i

where :math:`n_{ij}` counts the comparisons of *i* and *j*, :math:`w_i` the wins of *i*, and :math:`\lambda` is the
precision of a Gaussian prior on every strength. ``prior=0`` is maximum likelihood, which may not exist: see
``connectivity``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis import batched, sparse
from app.analysis.arrays import FloatArray
from app.analysis.connectivity import require_connected
from app.analysis.newton import MOST_STEPS, TOLERANCE, NotConverged, are_far, begin, chances, pair_slopes, step_length
from app.errors import BadInput

DEFAULT_PRIOR = 0.1  # a prior sd of 3.2 logits: too weak to move a ranking, strong enough for a winless condition
_FAINT, _STRICT = 1e-6, 1e-8  # under such a prior pivots lose digits, and only steps of so few logits are the last
_ROUNDED = 1e-4  # of one; a covariance that is this far from the inverse of the curvature is refused
_TOGETHER = 512  # matrices per pass: their working arrays stay in the processor's cache
_MANY, _SMALL = 100, 40  # from so many matrices of so few conditions on, the kernel of ``batched`` is faster
_WORTH_LEAVING = 0.9  # of the fits still to be done: fewer, and those that are done leave the pass
LARGE = 400  # conditions; beyond, the conjugate gradients of ``sparse`` are faster


class BadCounts(BadInput):
    """The counts cannot come from votes."""


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """Bradley-Terry strengths on the logit scale; those of each matrix sum to zero.

    Leading axes are those of the counts: ``strength`` is ``(..., n)``, ``covariance`` ``(..., n, n)``, the others
    ``(...)``.

    Attributes
    ----------
    covariance
        Inverse of the observed information plus the prior's precision, within the sum-zero gauge: Fisher's with
        ``prior=0``. It takes votes as independent.
    deviance
        Twice the log-likelihood ratio between the proportions observed in each pair and the fitted ones, without the
        prior.
    nu
        Davidson's parameter where ties are answers of their own (``davidson``); 0 where they are half wins.
    """

    conditions: tuple[str, ...]
    strength: FloatArray
    covariance: FloatArray
    deviance: FloatArray
    prior: float
    nu: float = 0.0

    def expected(self, gap: FloatArray) -> FloatArray:
        """The share of wins expected of the first of two conditions this far apart, a tie being half a win."""
        if not self.nu:
            return chances(gap)
        loser = np.exp(-np.abs(gap))
        return np.asarray(0.5 + 0.5 * np.sign(gap) * (1 - loser) / (1 + loser + self.nu * np.sqrt(loser)))

    @property
    def stderr(self) -> FloatArray:
        """Standard errors of the strengths, logits."""
        errors: FloatArray = np.sqrt(np.diagonal(self.covariance, axis1=-2, axis2=-1))
        return errors


def fit(wins: FloatArray, conditions: Sequence[str], *, prior: float = DEFAULT_PRIOR) -> Strengths:
    """Strengths from one matrix of wins ``(n, n)``, or from many at once ``(..., n, n)``.

    Parameters
    ----------
    wins
        ``wins[..., i, j]`` counts how often *i* was preferred to *j*; a tie is half a win for both; counts may be
        fractions.
    conditions
        Names of the n conditions.
    prior
        Precision of the Gaussian prior on each strength; 0 is maximum likelihood.

    Raises
    ------
    NotConnected
        With ``prior=0``: some conditions never lost to, or never met, the rest.
    BadCounts
        Counts that cannot come from votes, or a negative prior.
    NotConverged
        The method ran out of steps, or into a singular matrix; happens with a prior that is positive but tiny.
    """
    counts, names = np.asarray(wins, dtype=np.float64), tuple(conditions)
    _check(counts, names, prior)
    leading, n = counts.shape[:-2], len(names)
    batch = counts.reshape(-1, n, n)
    if prior == 0:
        require_connected(batch, names)
    strength = _solve(batch, prior)
    return Strengths(
        conditions=names,
        strength=strength.reshape(*leading, n),
        covariance=_covariance(batch, strength, prior).reshape(*leading, n, n),
        deviance=_deviance(batch, strength).reshape(leading),
        prior=prior,
    )


def strengths(wins: FloatArray, *, prior: float = DEFAULT_PRIOR, start: FloatArray | None = None) -> FloatArray:
    """The strengths alone ``(B, n)``, from matrices of wins ``(B, n, n)``; what ``fit`` raises, this raises.

    ``start`` ``(B, n)`` is where the search may begin, close to what it finds; it changes nothing but the time taken.
    """
    counts = np.asarray(wins, dtype=np.float64)
    names = tuple(map(str, range(counts.shape[-1])))
    _check(counts, names, prior)
    if prior == 0:
        require_connected(counts, names)
    if start is not None and counts.shape[-1] <= _SMALL:
        return batched.strengths(counts, prior, start)
    return _solve(counts, prior)


def _check(wins: FloatArray, conditions: tuple[str, ...], prior: float) -> None:
    n = len(conditions)
    if len(set(conditions)) != n or n < 2:
        raise BadCounts(
            f"A fit needs at least two conditions with different names, not {list(conditions)}",
            "name each condition once",
        )
    if wins.ndim < 2 or wins.shape[-2:] != (n, n):
        raise BadCounts(
            f"{n} conditions need counts of shape (..., {n}, {n}), not {wins.shape}",
            "give one row and one column for each condition",
        )
    if not np.isfinite(wins).all() or (wins < 0).any():
        raise BadCounts("Counts of wins must be finite and not negative", "count the votes again")
    if np.diagonal(wins, axis1=-2, axis2=-1).any():
        raise BadCounts("A condition cannot win against itself", "set the diagonal of the counts to zero")
    if not 0 <= prior < np.inf:
        raise BadCounts(f"The prior must be 0 or a positive number, not {prior:g}", "use 0.1, the usual prior")


def _solve(batch: FloatArray, prior: float) -> FloatArray:
    """Strengths ``(B, n)``, a cacheful of matrices at a time."""
    if len(batch) >= _MANY and batch.shape[-1] <= _SMALL:
        return batched.strengths(batch, prior)
    if batch.shape[-1] > LARGE:
        return np.stack([sparse.strengths(matrix, prior) for matrix in batch]) if len(batch) else batch.sum(axis=-1)
    strength = np.empty(batch.shape[:-1])
    for start in range(0, len(batch), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        strength[part] = _newton(batch[part], prior, start)
    return strength


def _newton(wins: FloatArray, prior: float, first: int) -> FloatArray:
    """Strengths ``(B, n)`` by Newton's method; fits that are done leave the batch."""
    losses = wins.swapaxes(-1, -2)
    half, balance = 0.5 * (wins + losses), 0.5 * (wins - losses)
    strength = begin(wins.sum(axis=-1), losses.sum(axis=-1))
    found, alive, left = np.empty_like(strength), np.arange(len(wins)), np.ones(len(wins), dtype=np.bool_)
    tolerance = _STRICT if 0 < prior < _FAINT else TOLERANCE
    for _ in range(MOST_STEPS):
        pull, curve = pair_slopes(strength[:, :, None] - strength[:, None, :], half, balance, are_far(strength))
        slope = pull.sum(axis=-1)
        slope += prior * strength
        try:
            move = np.linalg.solve(_hessian(curve, prior), slope[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:  # strengths so far apart that a lost vote has no curvature left
            break
        move -= move.sum(axis=-1, keepdims=True) / move.shape[-1]  # rounding must not leave the gauge
        span = move.max(axis=-1) - move.min(axis=-1)
        furthest = span.max()
        strength -= move if furthest <= 1 else move * step_length(span)[:, None]
        if furthest <= tolerance:
            found[alive] = strength
            return found
        left = ~(span <= tolerance)
        if left.mean() <= _WORTH_LEAVING:
            found[alive[~left]] = strength[~left]
            alive, strength, half, balance = alive[left], strength[left], half[left], balance[left]
            left = left[left]
    raise NotConverged([first + int(index) for index in alive[left]], prior)


def _hessian(curve: FloatArray, prior: float) -> FloatArray:
    """The curvature of all pairs, made regular along (1, …, 1), where the objective says nothing and the gauge all."""
    n, degree = curve.shape[-1], curve.sum(axis=-1)
    hessian: FloatArray = degree.sum(axis=-1)[:, None, None] / n**2 - curve  # on the scale of the rest
    diagonal = hessian.reshape(len(hessian), n * n)[:, :: n + 1]
    diagonal += degree + prior
    return hessian


def _covariance(wins: FloatArray, strength: FloatArray, prior: float) -> FloatArray:
    n = wins.shape[-1]
    half = 0.5 * (wins + wins.swapaxes(-1, -2))
    hessian = _hessian(
        pair_slopes(strength[:, :, None] - strength[:, None, :], half, half, are_far(strength))[1], prior
    )
    try:
        inverse = np.linalg.inv(hessian)
    except np.linalg.LinAlgError:
        raise NotConverged(range(len(wins)), prior) from None
    inverse -= inverse.mean(axis=-1, keepdims=True)
    centred: FloatArray = inverse - inverse.mean(axis=-2, keepdims=True)
    lost = ~(np.abs(hessian @ centred - np.eye(n) + 1 / n).max(axis=(-2, -1)) < _ROUNDED)
    if lost.any():
        raise NotConverged([int(index) for index in np.flatnonzero(lost)], prior)
    return centred


def _deviance(wins: FloatArray, strength: FloatArray) -> FloatArray:
    won = wins > 0
    share = np.divide(wins, wins + wins.swapaxes(-1, -2), out=np.ones_like(wins), where=won)
    fitted = np.where(won, chances(strength[:, :, None] - strength[:, None, :]), 1.0)
    total: FloatArray = 2 * (wins * np.log(share / fitted)).sum(axis=(-2, -1))
    return total

r"""Bradley-Terry strengths of very many conditions, of which most pairs never met.

The equation is that of ``bradley_terry``. A step of Newton's method is found by conjugate gradients, which only
multiply the curvature, a sparse graph, by vectors: nothing of the size conditions × conditions is built. Each system is
solved as far as its step is worth (Dembo, Eisenstat & Steihaug 1982, *SIAM J. Numer. Anal.* 19, 400-408). An unfinished
solution *v* still has :math:`g^T v = -v^T H v`, on which alone the descent of ``newton`` rests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.connectivity import require_connected_arrows
from app.analysis.newton import MOST_STEPS, NotConverged, are_far, chances, pair_slopes, step_length

MOST_WITH_ERRORS = 2000  # conditions; beyond, the inverse of the curvature takes minutes
_TOLERANCE = 1e-7  # logits; the error left after such a step is its share that was not solved for
_SOLVED = 1e-3  # of the last steps: the part of the equation that may be left over


@dataclass(frozen=True, slots=True, eq=False)
class SparseStrengths:
    """Bradley-Terry strengths of many conditions, logits, which sum to zero.

    ``stderr`` are those of ``bradley_terry.Strengths``, and None for more than ``MOST_WITH_ERRORS`` conditions;
    ``deviance`` is, too.
    """

    conditions: tuple[str, ...]
    strength: FloatArray
    stderr: FloatArray | None
    deviance: float
    prior: float


@dataclass(frozen=True, slots=True, eq=False)
class _Graph:
    """Each pair that met, once, in the order of a sparse matrix: what the first won and lost against the second."""

    shape: csr_array
    first: IntArray
    second: IntArray
    won: FloatArray
    lost: FloatArray

    def summed(self, cells: FloatArray, sign: float) -> FloatArray:
        """For each condition, the cells of the pairs that it is the first of, and with ``sign`` the others'."""
        matrix = csr_array((cells, self.shape.indices, self.shape.indptr), shape=self.shape.shape)
        ones = np.ones(self.shape.shape[0])
        return np.asarray(matrix @ ones + sign * (matrix.T @ ones))


def fit_votes(
    a: IntArray, b: IntArray, won: FloatArray, lost: FloatArray, conditions: Sequence[str], *, prior: float
) -> SparseStrengths:
    """Strengths from rows that say what condition ``a`` won and lost against ``b``; a pair may have several rows.

    Raises
    ------
    NotConnected
        With ``prior=0``: some conditions never lost to, or never met, the rest.
    NotConverged
        The method ran out of steps.
    """
    n = len(conditions)
    graph = _graph(a, b, won, lost, n)
    if prior == 0:
        _require_connected(graph, conditions)
    found = _newton(graph, prior)
    return SparseStrengths(
        conditions=tuple(conditions),
        strength=found,
        stderr=_errors(graph, found, prior) if n <= MOST_WITH_ERRORS else None,
        deviance=_deviance(graph, found),
        prior=prior,
    )


def strengths(wins: FloatArray, prior: float) -> FloatArray:
    """Strengths ``(n,)`` from one matrix of wins ``(n, n)``."""
    met = np.triu(wins + wins.T) > 0
    a, b = np.nonzero(met)
    return _newton(_graph(a, b, wins[a, b], wins[b, a], len(wins)), prior)


def _graph(a: IntArray, b: IntArray, won: FloatArray, lost: FloatArray, n: int) -> _Graph:
    """The pairs that met, the condition with the smaller code first."""
    turned = a > b
    first, second = np.where(turned, b, a), np.where(turned, a, b)
    # one sparse sum adds up both numbers of a pair that has several rows
    cells = np.where(turned, lost, won) + 1j * np.where(turned, won, lost)
    shape = csr_array((cells, (first.astype(np.int32), second.astype(np.int32))), shape=(n, n))
    rows = np.repeat(np.arange(n), np.diff(shape.indptr))
    columns = shape.indices.astype(np.int64)
    return _Graph(shape, rows, columns, np.ascontiguousarray(shape.data.real), np.ascontiguousarray(shape.data.imag))


def _require_connected(graph: _Graph, conditions: Sequence[str]) -> None:
    up, down = graph.won > 0, graph.lost > 0
    winners = np.concatenate([graph.first[up], graph.second[down]])
    losers = np.concatenate([graph.second[up], graph.first[down]])
    require_connected_arrows(winners, losers, conditions)


def _newton(graph: _Graph, prior: float) -> FloatArray:
    """Strengths ``(n,)`` by Newton's method from the mean log-odds."""
    strength = graph.summed(np.log((graph.won + 0.5) / (graph.lost + 0.5)), -1.0)
    strength /= np.maximum(graph.summed(np.ones(len(graph.won)), 1.0), 1.0)
    strength -= strength.mean()
    half, balance = 0.5 * (graph.won + graph.lost), 0.5 * (graph.won - graph.lost)
    accuracy = 0.1
    for _ in range(MOST_STEPS):
        pull, curve = pair_slopes(strength[graph.first] - strength[graph.second], half, balance, are_far(strength))
        slope = graph.summed(pull, -1.0) + prior * strength
        move = _conjugate_gradients(graph, curve, prior, -slope, accuracy)
        move -= move.mean()
        span = np.asarray(np.ptp(move))
        strength += move * float(step_length(span))
        if span <= _TOLERANCE:
            return strength
        accuracy = float(np.clip(span, _SOLVED, 0.1))
    raise NotConverged([0], prior)


def _conjugate_gradients(
    graph: _Graph, curve: FloatArray, prior: float, wanted: FloatArray, accuracy: float
) -> FloatArray:
    """The move that the curvature turns into what is ``wanted``, within ``accuracy``; scaled by the diagonal."""
    edges = csr_array((curve, graph.shape.indices, graph.shape.indptr), shape=graph.shape.shape)
    back = edges.T
    degree = graph.summed(curve, 1.0) + prior
    scale = 1 / np.where(degree > 0, degree, 1.0)
    move, left = np.zeros_like(wanted), wanted.copy()
    scaled = scale * left
    direction, size = scaled.copy(), left @ scaled
    enough = accuracy**2 * size
    for _ in range(10 * len(wanted)):
        if not size > enough:
            break
        turned = degree * direction - edges @ direction - back @ direction
        length = size / (direction @ turned)
        move += length * direction
        left -= length * turned
        scaled = scale * left
        before, size = size, left @ scaled
        direction = scaled + (size / before) * direction
    return move


def _deviance(graph: _Graph, strength: FloatArray) -> float:
    gap = strength[graph.first] - strength[graph.second]
    played, total = graph.won + graph.lost, 0.0
    for votes, chance in ((graph.won, chances(gap)), (graph.lost, chances(-gap))):
        share = np.divide(votes, played, out=np.ones_like(votes), where=votes > 0)
        total += float((votes * np.log(share / np.where(votes > 0, chance, 1.0))).sum())
    return 2 * total


def _errors(graph: _Graph, strength: FloatArray, prior: float) -> FloatArray:
    """Standard errors from the inverse of the curvature, within the sum-zero gauge."""
    n = len(strength)
    gap = strength[graph.first] - strength[graph.second]
    curve = (graph.won + graph.lost) * chances(gap) * chances(-gap)
    hessian = np.zeros((n, n))
    hessian[graph.first, graph.second] = hessian[graph.second, graph.first] = -curve
    degree = -hessian.sum(axis=1)
    hessian += degree.mean() / n  # regular along (1, …, 1), where the gauge decides
    hessian[np.arange(n), np.arange(n)] += degree + prior
    inverse = np.linalg.inv(hessian)
    mean = inverse.mean(axis=1)
    return np.asarray(np.sqrt(np.diagonal(inverse) - 2 * mean + mean.mean()))

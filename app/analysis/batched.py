"""Bradley-Terry strengths of very many small matrices at once: of scenes, tasks and bootstrap replicates.

The equation is that of ``bradley_terry``. Here a row is a pair and a column a fit, so that a step of Newton's method
is a few operations on long rows. The curvatures of the pairs are the weights of a graph, and the prior an edge from
every condition to the ground. Such a matrix is factorized without a single subtraction, so that its pivots keep their
digits however far apart the strengths are (Grassmann, Taksar & Heyman 1985, *Operations Research* 33, 1107-1116; Alfa,
Xue & Ye 2002, *Math. Comp.* 71, 217-236).
"""

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.connectivity import everything_reached, require_connected
from app.analysis.newton import MOST_STEPS, TOLERANCE, NotConverged, are_far, begin, pair_slopes, step_length

_CELLS = 200_000  # pairs times fits in one pass: its working arrays stay in the processor's cache
_WORTH_LEAVING = 0.9  # of the fits still to be done: fewer, and those that are done leave the pass


def strengths(wins: FloatArray, prior: float, start: FloatArray | None = None) -> FloatArray:
    """Strengths ``(B, n)`` from matrices of wins ``(B, n, n)``; each row sums to zero.

    Parameters
    ----------
    wins
        ``wins[b, i, j]`` counts how often *i* was preferred to *j* in fit *b*.
    prior
        Precision of the Gaussian prior on each strength; 0 is maximum likelihood.
    start
        Where Newton's method begins, ``(B, n)`` or ``(n,)``; by default at the log-odds of each condition. It
        changes nothing but the time taken.

    Raises
    ------
    NotConnected
        With ``prior=0``: some fit has no finite maximum.
    NotConverged
        Newton's method ran out of steps; happens with a prior that is positive but tiny.
    """
    n = wins.shape[-1]
    first, second = pairs(n)
    return pair_strengths(wins[:, first, second].T, wins[:, second, first].T, n, prior, start)


def pairs(n: int) -> tuple[IntArray, IntArray]:
    """The two conditions of each pair, in the order of the rows of ``pair_strengths``."""
    first, second = np.triu_indices(n, 1)
    return first.astype(np.int64), second.astype(np.int64)


def pair_strengths(
    won: FloatArray, lost: FloatArray, n: int, prior: float, start: FloatArray | None = None
) -> FloatArray:
    """Strengths ``(B, n)`` from what the first of each pair won and lost against the second, each ``(pairs, B)``.

    The order of pairs is that of ``pairs``. Nothing as large as the matrices is built; everything else is as in
    ``strengths``.
    """
    fits = won.shape[1]
    if prior == 0:
        _require_connected(won, lost, n)
    chosen = None if start is None else np.broadcast_to(start, (fits, n)).T
    found = np.empty((n, fits))
    together = max(64, _CELLS // len(won))
    for at in range(0, fits, together):
        part = slice(at, at + together)
        found[:, part] = _newton(won[:, part], lost[:, part], prior, chosen if chosen is None else chosen[:, part], at)
    return found.T


def finite(won: FloatArray, lost: FloatArray, n: int) -> BoolArray:
    """Which fits have finite maximum-likelihood strengths, ``(B,)``; arguments are those of ``pair_strengths``."""
    first, second = pairs(n)
    arrows = np.zeros((n, n, won.shape[1]), dtype=np.bool_)
    arrows[first, second], arrows[second, first] = won > 0, lost > 0
    return everything_reached(arrows)


def _require_connected(won: FloatArray, lost: FloatArray, n: int) -> None:
    split = np.flatnonzero(~finite(won, lost, n))
    if split.size:
        first, second = pairs(n)
        matrices = np.zeros((split.size, n, n))
        matrices[:, first, second], matrices[:, second, first] = won[:, split].T, lost[:, split].T
        require_connected(matrices, [str(i) for i in range(n)], split)


def _newton(won: FloatArray, lost: FloatArray, prior: float, start: FloatArray | None, at: int) -> FloatArray:
    """Strengths ``(n, B)``; fits that are done leave. ``at`` is the number of the first in messages."""
    half, balance = 0.5 * (won + lost), 0.5 * (won - lost)
    meets = _incidence(len(won))
    n, fits = len(meets), won.shape[1]
    if start is None:
        played, ahead = np.abs(meets) @ half, meets @ balance
        strength = begin(played + ahead, played - ahead, axis=0)
    else:
        strength = start - start.mean(axis=0)
    found, alive = np.empty((n, fits)), np.arange(fits)
    for _ in range(MOST_STEPS):
        pull, curve = pair_slopes(np.ascontiguousarray(meets.T) @ strength, half, balance, are_far(strength))
        move = _solved(curve, prior, -(meets @ pull) - prior * strength)
        move -= move.mean(axis=0)  # rounding must not leave the gauge
        span = np.ptp(move, axis=0)
        strength += move * step_length(span)
        left = ~(span <= TOLERANCE)
        if not left.any():
            found[:, alive] = strength
            return found
        if left.mean() <= _WORTH_LEAVING:
            found[:, alive[~left]] = strength[:, ~left]
            alive, strength, half, balance = alive[left], strength[:, left], half[:, left], balance[:, left]
    raise NotConverged([at + int(fit) for fit in alive], prior)


def _incidence(pairs_of: int) -> FloatArray:
    """One row for each condition and one column for each pair: 1 for its first, -1 for its second."""
    n = (1 + int(np.sqrt(1 + 8 * pairs_of))) // 2
    first, second = pairs(n)
    meets = np.zeros((n, pairs_of))
    meets[first, np.arange(pairs_of)], meets[second, np.arange(pairs_of)] = 1.0, -1.0
    return meets


def _solved(curve: FloatArray, prior: float, wanted: FloatArray) -> FloatArray:
    """The move for which graph and prior give what is ``wanted``; both arrays are overwritten.

    Conditions are eliminated in turn. What remains is a graph again, whose edges and ground have only grown.
    """
    n = len(wanted)
    ends = np.cumsum(np.arange(n - 1, 0, -1))
    edges = [curve[end - (n - 1 - k) : end] for k, end in enumerate(ends.tolist())]  # from k to k + 1, …, n - 1
    ground = np.full_like(wanted, prior)
    shares, pivots = list[FloatArray](), list[FloatArray]()
    for k, edge in enumerate(edges):
        pivot = edge.sum(axis=0)
        pivot += ground[k]
        share = edge / pivot
        ground[k + 1 :] += share * ground[k]
        wanted[k + 1 :] += share * wanted[k]
        for later, through in enumerate(edge[:-1]):
            edges[k + 1 + later] += through * share[later + 1 :]
        shares.append(share)
        pivots.append(pivot)
    grounded = ground[-1] > 0  # without a prior the last condition stays where it is: strengths are relative
    wanted[-1] = np.where(grounded, wanted[-1] / np.where(grounded, ground[-1], 1.0), 0.0)
    for k in range(n - 2, -1, -1):
        wanted[k] /= pivots[k]
        wanted[k] += (shares[k] * wanted[k + 1 :]).sum(axis=0)
    return wanted

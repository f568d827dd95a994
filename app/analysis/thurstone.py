r"""Thurstone's Case V beside Bradley and Terry's model, in units of just-objectionable differences (JOD).

.. math:: P(i \succ j) = \Phi\bigl(z_{.75}\,(q_i - q_j)\bigr)

One JOD apart, three of four answers name the better condition (Thurstone 1927, *Psychological Review* 34, 273-286;
Perez-Ortiz & Mantiuk 2017, arXiv:1712.03686). The prior is that of ``bradley_terry`` on this scale: conditions one JOD
apart are :math:`\log 3` logits apart there.
"""

import numpy as np
from scipy.special import log_ndtr, ndtri

from app.analysis.arrays import FloatArray
from app.analysis.batched import strengths
from app.analysis.newton import MOST_STEPS, TOLERANCE, NotConverged

LOGITS = float(np.log(3.0))  # of one JOD: the odds of three to one
_UNIT = float(ndtri(0.75))
_HALF_LOG_TAU = float(0.5 * np.log(2 * np.pi))
_SHORTEST = 2.0**-30  # of a step: below, nothing can be gained


def fit_jod(wins: FloatArray, *, prior: float) -> FloatArray:
    """Strengths in JOD, ``(scenes, n)``, from matrices of wins ``(scenes, n, n)``; each row sums to zero.

    A tie is half a win for both. Newton's method halves a step until it lowers the objective, which is convex.

    Raises
    ------
    NotConnected
        With ``prior=0``: some scene has no finite maximum. The condition is that of Bradley and Terry's model.
    NotConverged
        Newton's method ran out of steps.
    """
    found = strengths(wins, prior) / LOGITS
    weight = prior * LOGITS**2
    alive = np.arange(len(wins))
    for _ in range(MOST_STEPS):
        if not alive.size:
            return found
        counts, here = wins[alive], found[alive]
        try:
            move = _move(counts, here, weight)
        except np.linalg.LinAlgError:  # strengths so far apart that a lost vote has no curvature left
            break
        length, value = np.ones(len(alive)), _objective(counts, here, weight)
        while True:
            worse = _objective(counts, here + length[:, None] * move, weight) > value + _rounding(value)
            if not worse.any() or length.min() < _SHORTEST:
                break
            length[worse] /= 2
        found[alive] = here + length[:, None] * move
        alive = alive[~(np.ptp(move, axis=1) <= TOLERANCE)]
    raise NotConverged(alive.tolist(), prior)


def _gaps(strength: FloatArray) -> FloatArray:
    return _UNIT * (strength[:, :, None] - strength[:, None, :])


def _objective(wins: FloatArray, strength: FloatArray, weight: float) -> FloatArray:
    total: FloatArray = weight / 2 * (strength**2).sum(axis=1) - (wins * log_ndtr(_gaps(strength))).sum(axis=(1, 2))
    return total


def _rounding(value: FloatArray) -> FloatArray:
    return 1e-13 * (1 + np.abs(value))


def _move(wins: FloatArray, strength: FloatArray, weight: float) -> FloatArray:
    """Newton's step for each scene, within the sum-zero gauge."""
    n = wins.shape[-1]
    gap = _gaps(strength)
    ratio = np.exp(-0.5 * gap**2 - _HALF_LOG_TAU - log_ndtr(gap))  # density over probability
    pull = _UNIT * wins * ratio
    slope = weight * strength - (pull - pull.swapaxes(1, 2)).sum(axis=2)
    curve = _UNIT**2 * wins * ratio * (gap + ratio)
    hessian = -(curve + curve.swapaxes(1, 2))
    degree = -hessian.sum(axis=2)
    hessian += (degree.mean(axis=1) / n)[:, None, None]  # regular along (1, …, 1), where the gauge decides
    hessian[:, np.arange(n), np.arange(n)] += degree + weight
    move = -np.linalg.solve(hessian, slope[:, :, None])[:, :, 0]
    centred: FloatArray = move - move.mean(axis=1, keepdims=True)
    return centred

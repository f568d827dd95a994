r"""Strengths of many scenes together with one parameter that all scenes share, such as a bias towards the left side.

Minimizes :math:`\sum_s \sum_p \ell_{ps}(d_{ps}, \theta) + \tfrac\lambda2 |s|^2`, where :math:`d_{ps}` is the difference
between the two strengths of pair *p* in scene *s*. A loss must be that of an exponential family of bounded outcomes;
then the bound of ``newton`` holds, with the parameter's part added to the largest difference. The Hessian is an arrow:
scenes meet only in the parameter, which the Schur complement isolates.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray
from app.analysis.batched import pairs
from app.analysis.newton import MOST_STEPS, TOLERANCE, NotConverged, step_length

_LARGEST = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Derivatives of the losses of pairs and scenes ``(pairs, scenes)``, and of their sum along the parameter.

    ``pull`` and ``curve`` are the first and second along the difference, ``cross`` the mixed one; ``lean`` and ``bend``
    are the first and second along the parameter.
    """

    pull: FloatArray
    curve: FloatArray
    cross: FloatArray
    lean: float
    bend: float


@dataclass(frozen=True, slots=True, eq=False)
class SharedFit:
    """Strengths ``(scenes, n)``, which sum to zero, the parameter, and their precision.

    Attributes
    ----------
    stderr
        Standard error of the parameter; it takes votes as independent.
    covariance
        Of the strengths, ``(scenes, n, n)``; it includes that the parameter is estimated, too.
    response
        By how much each strength rises where the parameter's ``cross`` pulls, ``(scenes, n)``: what the parameter owes
        to a strength.
    """

    strength: FloatArray
    parameter: float
    stderr: float
    covariance: FloatArray
    response: FloatArray


def fit_shared(losses: Callable[[FloatArray, float], Slopes], start: FloatArray, prior: float) -> SharedFit:
    """The minimum, found from the strengths ``start`` ``(scenes, n)`` and a parameter of zero."""
    strength, parameter = start - start.mean(axis=1, keepdims=True), 0.0
    first, second = pairs(strength.shape[1])
    for _ in range(MOST_STEPS):
        found = losses((strength[:, first] - strength[:, second]).T, parameter)
        inverse = _inverses(found.curve, prior, strength.shape[1])
        slope = _gathered(found.pull, strength.shape[1]) + prior * strength
        coupling = _gathered(found.cross, strength.shape[1])
        response = _times(inverse, coupling)
        bend = found.bend - float((coupling * response).sum())
        if not bend > 0:
            break
        turn = -(found.lean - float((response * slope).sum())) / bend
        move = -_times(inverse, slope) - response * turn
        move -= move.mean(axis=1, keepdims=True)
        span = np.asarray(np.ptp(move, axis=1).max() + abs(turn))
        length = float(step_length(span))
        strength, parameter = strength + length * move, parameter + length * turn
        if span <= TOLERANCE:
            spread = response[:, :, None] * response[:, None, :] / bend
            return SharedFit(strength, parameter, float(1 / np.sqrt(bend)), inverse + spread, response)
    raise NotConverged([0], prior)


def differences_exist(demands: FloatArray) -> BoolArray:
    """Whether some strengths have ``s[i] - s[j] >= demands[..., i, j]`` everywhere, for each matrix ``(..., n, n)``.

    They do unless demands along some circle add up to more than zero (Floyd 1962, *Communications of the ACM* 5, 345).
    Where nothing is demanded stands minus infinity.
    """
    along = demands.copy()
    for through in range(demands.shape[-1]):
        np.maximum(along, along[..., :, through, None] + along[..., None, through, :], out=along)
        np.minimum(along, _LARGEST, out=along)  # circles that add up would grow beyond all numbers
    return np.asarray((np.diagonal(along, axis1=-2, axis2=-1) <= 0).all(axis=-1))


def _gathered(cells: FloatArray, n: int) -> FloatArray:
    """For each scene and condition, the cells of pairs that it is the first of, less the others', ``(scenes, n)``."""
    first, second = pairs(n)
    total = np.zeros((n, cells.shape[1]))
    np.add.at(total, first, cells)
    np.subtract.at(total, second, cells)
    return total.T


def _inverses(curve: FloatArray, prior: float, n: int) -> FloatArray:
    """Inverses of the curvature of each scene ``(scenes, n, n)``, within the sum-zero gauge."""
    first, second = pairs(n)
    hessian = np.zeros((curve.shape[1], n, n))
    hessian[:, first, second] = hessian[:, second, first] = -curve.T
    degree = -hessian.sum(axis=2)
    hessian += (degree.mean(axis=1) / n)[:, None, None]  # regular along (1, …, 1), where the gauge decides
    hessian[:, np.arange(n), np.arange(n)] += degree + prior
    try:
        inverse = np.linalg.inv(hessian)
    except np.linalg.LinAlgError:
        raise NotConverged([0], prior) from None
    inverse -= inverse.mean(axis=2, keepdims=True)
    centred: FloatArray = inverse - inverse.mean(axis=1, keepdims=True)
    return centred


def _times(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    return np.asarray((matrices @ vectors[:, :, None])[:, :, 0])

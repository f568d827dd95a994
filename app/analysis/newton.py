r"""The slopes of logistic losses, how far a step of Newton's method may go on them, and what is said when it fails.

Let *r* be the largest difference between two entries of a Newton step *v*. The logistic loss obeys
:math:`|f'''| \le r f''` along *v*, so that a step of length *t* changes the objective by at most
:math:`-t\,v^T H v + \frac{e^{tr} - tr - 1}{r^2}\,v^T H v`. A full step lowers it wherever :math:`r < 1.79`, a step of
:math:`\log(1 + r) / r` of its length always. Taking the full one for :math:`r \le 1` and the shortened one otherwise
needs no line search, cannot diverge, and is Newton's own method near the solution (Sun & Tran-Dinh 2019, *Mathematical
Programming* 178, 145-213, case :math:`\nu = 2`).
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.errors import BadInput

MOST_STEPS = 200
_FAR = 12.0  # logits between two conditions, where tanh begins to lose the digits of a rare vote
TOLERANCE = 1e-5  # logits; the error left after such a step is its square


class NotConverged(BadInput):
    """Newton's method found no strengths that numbers of this machine can hold."""

    def __init__(self, matrices: Sequence[int], prior: float) -> None:
        super().__init__(
            f"The Bradley-Terry fit did not converge for matrix {', '.join(map(str, matrices[:5]))} with a prior of "
            f"{prior:g}",
            "use a prior of 0.001 or more",
        )


def begin(won: FloatArray, lost: FloatArray, axis: int = -1) -> FloatArray:
    """Where Newton's method begins: the log-odds of each condition's wins over all that it met, centred along ``axis``.

    In balanced designs they lie much closer to the strengths than zero or the mean log-odds of its pairs: with 11
    conditions within 0.1 to 0.4 logits where strengths spread by 0.3 to 0.7.
    """
    odds: FloatArray = np.log((won + 0.5) / (lost + 0.5))
    odds -= odds.mean(axis=axis, keepdims=True)
    return odds


def step_length(span: FloatArray) -> FloatArray:
    """How much of each step is taken, from the largest difference between two of its entries."""
    if not (span > 1).any():
        return np.ones_like(span)
    length: FloatArray = np.where(span > 1, np.log1p(span) / np.maximum(span, 1.0), 1.0)
    return length


def chances(gap: FloatArray) -> FloatArray:
    r"""How probable it is that the first is preferred, :math:`\sigma(gap)`, with all digits of rare events."""
    if max(gap.max(initial=0.0), -gap.min(initial=0.0)) > _FAR:
        return np.asarray(expit(gap))
    t = np.tanh(0.5 * gap)  # three times as fast as the logistic function
    t += 1.0
    t *= 0.5
    return np.asarray(t)


def are_far(strength: FloatArray) -> bool:
    """Whether some strengths may lie so far apart that ``pair_slopes`` has to take care of rare votes."""
    return bool(strength.size) and float(strength.max() - strength.min()) > _FAR


def pair_slopes(gap: FloatArray, half: FloatArray, balance: FloatArray, far: bool) -> tuple[FloatArray, FloatArray]:
    r"""Slope and curvature of the loss of each pair at the difference ``gap``, whose array is overwritten.

    ``half`` is half of what was played, ``balance`` half of wins less losses. With :math:`t = \tanh(gap / 2)` they are
    :math:`half \cdot t - balance` and :math:`half\,(1 - t^2) / 2`.
    """
    if far:
        ahead, behind = expit(gap), expit(-gap)  # both exact, where 1 - tanh is rounding
        return (half - balance) * ahead - (half + balance) * behind, 2 * half * ahead * behind
    gap *= 0.5
    t = np.tanh(gap, out=gap)
    pull = half * t
    pull -= balance
    np.multiply(t, t, out=t)
    curve = np.subtract(1.0, t, out=t)
    curve *= half
    curve *= 0.5
    return pull, curve

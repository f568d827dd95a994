r"""How far a step of Newton's method may go on logistic losses, and what is said when it leads nowhere.

Let *r* be the largest difference between two entries of a Newton step *v*. The logistic loss obeys
:math:`|f'''| \le r f''` along *v*, so that a step of length *t* changes the objective by at most
:math:`-t\,v^T H v + \frac{e^{tr} - tr - 1}{r^2}\,v^T H v`. A full step lowers it wherever :math:`r < 1.79`, a step of
:math:`\log(1 + r) / r` of its length always. Taking the full one for :math:`r \le 1` and the shortened one otherwise
needs no line search, cannot diverge, and is Newton's own method near the solution (Tran-Dinh, Sun & Lu 2019,
*Mathematical Programming* 178, 145-213, case :math:`\nu = 2`).
"""

from collections.abc import Sequence

import numpy as np

from app.analysis.arrays import FloatArray
from app.errors import BadInput

MOST_STEPS = 200
TOLERANCE = 1e-6  # logits; the error left after such a step is its square


class NotConverged(BadInput):
    """Newton's method found no strengths that numbers of this machine can hold."""

    def __init__(self, matrices: Sequence[int], prior: float) -> None:
        super().__init__(
            f"The Bradley-Terry fit did not converge for matrix {', '.join(map(str, matrices[:5]))} with a prior of "
            f"{prior:g}",
            "use a prior of 0.001 or more",
        )


def step_length(span: FloatArray) -> FloatArray:
    """How much of each step is taken, from the largest difference between two of its entries."""
    length: FloatArray = np.where(span > 1, np.log1p(span) / np.maximum(span, 1.0), 1.0)
    return length

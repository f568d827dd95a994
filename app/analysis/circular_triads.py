r"""How consistent one subject is in one complete block: circular triads and Kendall's coefficient zeta.

Three conditions are a circular triad where *i* was preferred to *j*, *j* to *k* and *k* to *i*. Of :math:`\binom n3`
triads, all are transitive that have one condition beating both others, so that

.. math:: T = \binom n3 - \sum_i \binom{w_i}{2}, \qquad \zeta = 1 - T / T_{\max}

with :math:`w_i` the wins of *i* and :math:`T_{\max} = (n^3 - n)/24` for odd *n*, :math:`(n^3 - 4n)/24` for even
(Kendall & Babington Smith 1940, *Biometrika* 31, 324-345).
"""

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray


def circular_triads(wins: BoolArray) -> IntArray:
    """How many circular triads each complete block ``(..., n, n)`` of wins has."""
    n = wins.shape[-1]
    won = wins.sum(axis=-1, dtype=np.int64)
    triads: IntArray = n * (n - 1) * (n - 2) // 6 - (won * (won - 1) // 2).sum(axis=-1)
    return triads


def most_triads(conditions: int) -> int:
    """The most circular triads that so many conditions, three or more, can have."""
    n = conditions
    return (n**3 - (n if n % 2 else 4 * n)) // 24


def zeta(wins: BoolArray) -> FloatArray:
    """Kendall's coefficient of consistency of each complete block: 1 without a circular triad, 0 with the most."""
    return np.asarray(1 - circular_triads(wins) / most_triads(wins.shape[-1]), dtype=np.float64)

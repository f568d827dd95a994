r"""How far subjects agree with each other in one scene: Kendall's coefficient of agreement u.

With *m* subjects who have each judged all :math:`\binom n2` pairs once, and :math:`\gamma_{ij}` of them preferring *i*
to *j*,

.. math:: u = \frac{2 \sum_{i \ne j} \binom{\gamma_{ij}}{2}}{\binom m2 \binom n2} - 1

(Kendall & Babington Smith 1940, *Biometrika* 31, 324-345): 1 where all agree, :math:`-1/(m-1)` (even *m*) or
:math:`-1/m` (odd *m*) where they agree least. That all click at random is tested by their chi-square, with the
continuity correction of 1 that eba 1.10 uses.
"""

from dataclasses import dataclass

from scipy.stats import chi2

from app.analysis.arrays import IntArray


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kendall's u; the test needs three subjects, and ``chi2``, ``df`` and ``p`` are None without them."""

    subjects: int
    u: float
    least: float
    chi2: float | None
    df: float | None
    p: float | None


def kendall_u(preferred: IntArray, subjects: int) -> Agreement | None:
    """The agreement of so many subjects in one scene; None under two subjects.

    ``preferred`` ``(n, n)`` counts how many of them preferred the row to the column: the sum of their complete blocks.
    """
    m, n = subjects, len(preferred)
    if m < 2:
        return None
    agreeing = int((preferred * (preferred - 1) // 2).sum())
    pairs, couples = n * (n - 1) / 2, m * (m - 1) / 2
    u = 2 * agreeing / (couples * pairs) - 1
    least = -1 / m if m % 2 else -1 / (m - 1)
    if m == 2:
        return Agreement(m, u, least, None, None, None)
    statistic = 4 / (m - 2) * (agreeing - 1 - pairs / 2 * couples * (m - 3) / (m - 2))
    df = pairs * m * (m - 1) / (m - 2) ** 2
    return Agreement(m, u, least, float(statistic), float(df), float(chi2.sf(statistic, df)))

r"""How alike two rankings of the same conditions are: SRCC, KRCC and PLCC, many pairs of rankings at once.

- SRCC, Spearman (1904, *American Journal of Psychology* 15, 72-101): Pearson's correlation of the ranks; equal values
  share the mean of their ranks.
- KRCC, Kendall's :math:`\tau_b` (1945, *Biometrika* 33, 239-251): of the pairs of conditions, those ordered alike less
  those ordered the other way round, over :math:`\sqrt{n_x n_y}`, the numbers of pairs that each ranking orders at all.
- PLCC, Pearson (1896, *Phil. Trans. R. Soc. A* 187, 253-318), of the values as they are: no curve is fitted first.

None is defined where all values of a ranking are equal, or under two conditions.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import rankdata

from app.analysis.arrays import BoolArray, FloatArray

_DIGITS = 12  # of the largest value: what differs less is equal, and the rest is the rounding of sums
_TOGETHER = 2_000_000  # pairs of conditions compared in one go


class Coefficient(StrEnum):
    """How two rankings are compared."""

    SRCC = "srcc"
    KRCC = "krcc"
    PLCC = "plcc"


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """Coefficients of many pairs of rankings; where one is not ``defined``, every value is 0 and must not be shown."""

    value: dict[Coefficient, FloatArray]
    defined: BoolArray


def correlations(x: FloatArray, y: FloatArray) -> Correlations:
    """All coefficients between the rankings ``x`` and ``y`` ``(..., conditions)``, which are broadcast."""
    x, y = np.broadcast_arrays(levelled(x), levelled(y))
    if x.shape[-1] < 2:
        nothing = np.zeros(x.shape[:-1])
        return Correlations(dict.fromkeys(Coefficient, nothing), nothing > 0)
    defined: BoolArray = (np.ptp(x, axis=-1) > 0) & (np.ptp(y, axis=-1) > 0)
    x, y = x[defined], y[defined]
    found = {
        Coefficient.SRCC: _pearson(rankdata(x, axis=-1), rankdata(y, axis=-1)),
        Coefficient.KRCC: _kendall(x, y),
        Coefficient.PLCC: _pearson(x, y),
    }
    whole = {kind: np.zeros(defined.shape) for kind in found}
    for kind, values in found.items():
        whole[kind][defined] = values
    return Correlations(whole, defined)


def levelled(values: FloatArray) -> FloatArray:
    """The values over the largest of each row, rounded so that what is equal but for the rounding of sums is equal."""
    largest = np.abs(values).max(axis=-1, keepdims=True, initial=0.0)
    return np.round(values / np.where(largest > 0, largest, 1.0), _DIGITS)


def _pearson(x: FloatArray, y: FloatArray) -> FloatArray:
    x = x - x.mean(axis=-1, keepdims=True)
    y = y - y.mean(axis=-1, keepdims=True)
    x /= np.abs(x).max(axis=-1, keepdims=True, initial=0.0)  # squares of tiny differences would vanish
    y /= np.abs(y).max(axis=-1, keepdims=True, initial=0.0)
    both = np.einsum("...i,...i", x, y)
    size = np.sqrt(np.einsum("...i,...i", x, x) * np.einsum("...i,...i", y, y))
    return np.asarray(np.clip(both / size, -1.0, 1.0))


def _kendall(x: FloatArray, y: FloatArray) -> FloatArray:
    i, j = np.triu_indices(x.shape[-1], 1)
    found, step = np.empty(len(x)), max(1, _TOGETHER // len(i))
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        of_x, of_y = np.sign(x[part, i] - x[part, j]), np.sign(y[part, i] - y[part, j])
        orders = np.abs(of_x).sum(axis=-1) * np.abs(of_y).sum(axis=-1)
        found[part] = (of_x * of_y).sum(axis=-1) / np.sqrt(orders)
    return np.clip(found, -1.0, 1.0)

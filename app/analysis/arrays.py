"""Names for the arrays that the statistics take and give, and how exact their numbers are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ROUNDING = 9  # decimals, logits: below it a difference is the fit's rounding, not the data


def places(names: Sequence[str], among: Sequence[str]) -> IntArray:
    """Where each name stands among others ``(len(names),)``; -1 where it does not."""
    known = {name: place for place, name in enumerate(among)}
    return np.array([known.get(name, -1) for name in names], dtype=np.int64)

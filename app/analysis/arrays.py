"""Names for the arrays that the statistics take and give, and how exact their numbers are."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ROUNDING = 9  # decimals, logits: below it a difference is the fit's rounding, not the data

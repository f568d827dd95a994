r"""Multi-scale structural similarity (Wang, Simoncelli & Bovik, Asilomar 2003).

At each of five scales, with means, variances and the covariance taken under an 11 × 11 Gaussian window (σ = 1.5, only
where it fits wholly),

.. math:: cs = \max\left(0, \frac{2\sigma_{xy} + C_2}{\sigma_x^2 + \sigma_y^2 + C_2}\right), \qquad
          l = \frac{2\mu_x\mu_y + C_1}{\mu_x^2 + \mu_y^2 + C_1},

and the score is :math:`\prod_{j<5} \overline{cs}_j^{w_j} \cdot \overline{(l\,cs)}_5^{w_5}`. Between scales the pictures
are averaged over 2 × 2 pixels; an odd side is first continued by its last row or column, as the authors' code does.

The paper has no :math:`\max`: there, a place where the pictures contradict each other takes away from the mean. Here it
counts as nought, as in the published comparison of objectives, so that networks are trained under the same measure.
"""

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from trainer.measures.channels import Form, channels

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_TAPS, _SIGMA = 11, 1.5
_C1, _C2 = 0.01**2, 0.03**2
_FLOOR = 1e-4  # a power of a mean of zero has no finite gradient


def ms_ssim(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The similarity of each picture to its reference, in (0, 1]; 1 where both are equal."""
    x, y = channels("ms_ssim", restored, reference, form)
    factors = []
    for scale, weight in enumerate(_WEIGHTS):
        if scale:
            x, y = _halved(x), _halved(y)
        contrast, similarity = _similarity(x, y)
        mean = (similarity if scale == len(_WEIGHTS) - 1 else contrast).mean((2, 3))
        factors.append(mean.clamp(min=_FLOOR) ** weight)
    return torch.stack(factors).prod(0).mean(1)


def _similarity(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The maps of cs and of l·cs."""
    # Four maps blurred in one call: the two variances are only ever needed as a sum.
    mean_x, mean_y, power, product = _blurred(torch.stack((x, y, x * x + y * y, x * y))).unbind()
    means = mean_x * mean_y
    squares = mean_x * mean_x + mean_y * mean_y
    contrast = ((2 * (product - means) + _C2) / (power - squares + _C2)).clamp(min=0)
    return contrast, contrast * (2 * means + _C1) / (squares + _C1)


def _blurred(maps: Tensor) -> Tensor:
    """The maps under the Gaussian window, smaller by ten pixels in each direction."""
    # Two products with banded matrices: on a CPU 25 times as fast, backward included, as a convolution of one channel.
    height, width = maps.shape[-2:]
    vertical, horizontal = (_window(side, maps.dtype, maps.device) for side in (height, width))
    return vertical.T @ (maps @ horizontal)


@cache
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _window(side: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The window as a matrix, side × (side − 10): one column for each place where it fits."""
    position = torch.arange(_TAPS, dtype=torch.float64) - _TAPS // 2
    taps = torch.exp(-(position**2) / (2 * _SIGMA**2))
    places = side - _TAPS + 1
    matrix = torch.zeros(side, places, dtype=torch.float64)
    for offset, tap in enumerate(taps / taps.sum()):
        matrix[torch.arange(places) + offset, torch.arange(places)] = tap
    return matrix.to(device, dtype)


def _halved(pictures: Tensor) -> Tensor:
    height, width = pictures.shape[-2:]
    if height % 2 or width % 2:
        pictures = functional.pad(pictures, (0, width % 2, 0, height % 2), mode="replicate")
    return functional.avg_pool2d(pictures, 2)

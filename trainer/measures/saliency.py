r"""Visual saliency by simple priors, SDSP (Zhang, Gu & Li, ICIP 2013), with the parameters of VSI.

In CIE L*a*b* at 256 × 256 pixels, the product of three maps: how strongly a band-pass filter answers (frequency), how
near the centre a place lies (location), and how far its colour is from the greenest and bluest of the picture (colour):

.. math:: \sqrt{\sum_c (g * c)^2} \cdot \exp\left(-\frac{d^2}{\sigma_D^2}\right)
          \cdot \left(1 - \exp\left(-\frac{\tilde a^2 + \tilde b^2}{\sigma_C^2}\right)\right)

where :math:`\tilde a, \tilde b` run from 0 to 1 within the picture, and so does the product at the end. What they are
divided by is a constant for the gradient, which would otherwise fall on the one or two pixels that are the extremes.
"""

from functools import cache

import torch
from torch import Tensor

from trainer.measures.colour import lab
from trainer.measures.log_gabor import polar
from trainer.measures.resizing import resized

_SIDE = 256
_CENTRE, _SPREAD = 0.021, 1.34  # of the filter: cycles per pixel, and nepers
_SIGMA_D, _SIGMA_C = 145.0, 0.001
_EPS = 1e-3  # of L*a*b* and of filter responses: flat pictures are as salient as nothing


def saliency(pictures: Tensor) -> Tensor:
    """The saliency of pictures N × 3 × H × W with values in [0, 1]: N × H × W in [0, 1]; 0 where they are flat."""
    height, width = pictures.shape[-2:]
    colours = lab(resized(pictures, _SIDE, _SIDE))
    band_pass, location = _priors(pictures.dtype, pictures.device)
    responses = torch.fft.irfft2(torch.fft.rfft2(colours) * band_pass, s=(_SIDE, _SIDE))
    frequency = (responses.square().sum(1) + _EPS**2).sqrt() - _EPS
    warmth = _within_extent(colours[:, 1:]).square().sum(1)
    colour = 1 - torch.exp(-warmth / _SIGMA_C**2)
    return _within_extent(resized((frequency * location * colour)[:, None], height, width)[:, 0])


def extent(maps: Tensor) -> tuple[Tensor, Tensor]:
    """The least value of each map … × H × W, and how far above it the greatest lies; constants for the gradient."""
    least, greatest = maps.detach().flatten(-2).aminmax(dim=-1)
    return least[..., None, None], (greatest - least)[..., None, None]


def _within_extent(maps: Tensor) -> Tensor:
    least, span = extent(maps)
    return (maps - least) / (span + _EPS)


@cache
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _priors(dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """The filter for half a spectrum, and the map of locations."""
    radius, _ = polar(_SIDE, _SIDE)
    band_pass = torch.exp(-((radius / _CENTRE).log() ** 2) / (2 * _SPREAD**2)) * (radius <= 0.5)
    # The authors count pixels from 1 and put the centre at 128.
    away = torch.arange(_SIDE, dtype=torch.float64) + 1 - _SIDE / 2
    location = torch.exp(-(away[:, None] ** 2 + away**2) / _SIGMA_D**2)
    return band_pass[:, : _SIDE // 2 + 1].to(device, dtype), location.to(device, dtype)

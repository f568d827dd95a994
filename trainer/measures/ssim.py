r"""Structural similarity at one scale (Wang, Bovik, Sheikh & Simoncelli, IEEE TIP 2004) and at five (Wang, Simoncelli &
Bovik, Asilomar 2003).

With means, variances and the covariance taken under an 11 × 11 Gaussian window (σ = 1.5, only where it fits wholly),

.. math:: cs = \frac{2\sigma_{xy} + C_2}{\sigma_x^2 + \sigma_y^2 + C_2}, \qquad
          l = \frac{2\mu_x\mu_y + C_1}{\mu_x^2 + \mu_y^2 + C_1}, \qquad C_1 = 0.01^2, \quad C_2 = 0.03^2,

SSIM is :math:`\overline{l\,cs}`, at the pictures' own resolution: the authors' advice to reduce large ones first is not
part of their published values.

MS-SSIM is :math:`\prod_{j<5} \overline{cs_j^+}^{w_j} \cdot \overline{(l\,cs^+)}_5^{w_5}` over five scales. Between
scales the pictures are averaged over 2 × 2 pixels; an odd side is first continued by its last row or column, as the
authors' code does. The paper has no :math:`cs^+ = \max(0, cs)`: there, a place where the pictures contradict each
other takes away from the mean. Here it counts as nought, as in the published comparison of objectives, so that networks
are trained under the same measure.
"""

import torch
from torch import Tensor
from torch.nn import functional

from trainer.measures.channels import Form, channels
from trainer.measures.windows import gaussian

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_TAPS, _SIGMA = 11, 1.5
_C1, _C2 = 0.01**2, 0.03**2
_FLOOR = 1e-4  # a power of a mean of zero has no finite gradient


def ssim(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The similarity of each picture to its reference, in [-1, 1]; 1 where both are equal."""
    x, y = channels("ssim", restored, reference, form)
    luminance, contrast = similarity(x, y)
    return (luminance * contrast).mean((1, 2, 3))


def ms_ssim(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The similarity of each picture to its reference, in (0, 1]; 1 where both are equal."""
    x, y = channels("ms_ssim", restored, reference, form)
    factors = []
    for scale, weight in enumerate(_WEIGHTS):
        if scale:
            x, y = halved(x), halved(y)
        luminance, contrast = similarity(x, y)
        contrast = contrast.clamp(min=0)
        mean = (luminance * contrast if scale == len(_WEIGHTS) - 1 else contrast).mean((2, 3))
        factors.append(mean.clamp(min=_FLOOR) ** weight)
    return torch.stack(factors).prod(0).mean(1)


def similarity(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The maps of l and of cs, smaller than the pictures by ten pixels in each direction."""
    # Four maps blurred in one call: the two variances are only ever needed as a sum.
    mean_x, mean_y, power, product = gaussian(torch.stack((x, y, x * x + y * y, x * y)), _TAPS, _SIGMA).unbind()
    means = mean_x * mean_y
    squares = mean_x * mean_x + mean_y * mean_y
    return (2 * means + _C1) / (squares + _C1), (2 * (product - means) + _C2) / (power - squares + _C2)


def halved(pictures: Tensor) -> Tensor:
    """The pictures at half the resolution: means of 2 × 2 pixels."""
    height, width = pictures.shape[-2:]
    if height % 2 or width % 2:
        pictures = functional.pad(pictures, (0, width % 2, 0, height % 2), mode="replicate")
    return functional.avg_pool2d(pictures, 2)

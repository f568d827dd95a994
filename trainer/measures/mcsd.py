r"""Multi-scale contrast similarity deviation (Wang, Zhang, Jia, Li & Shu, Signal Processing: Image Communication 2016).

Contrast :math:`c` is the root of the variance under an 11 × 11 Gaussian window (σ = 1.5, only where it fits wholly),
raised by :math:`10^{-8}` so that flat places have a gradient. At each of three scales, between which the pictures are
averaged over 2 × 2 pixels, the deviation is the standard deviation over the picture of

.. math:: \frac{2 c_x c_y + T}{c_x^2 + c_y^2 + T}, \qquad T = 0.03^2 \text{ on } [0, 1],

and the score is the geometric mean of the three deviations. The constants (window, T, equal exponents) are ours, since
the authors' code is not to be found; scores do not compare with published ones.
"""

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.ssim import halved
from trainer.measures.windows import gaussian

_SCALES = 3
_TAPS, _SIGMA = 11, 1.5
_T = 0.03**2
_FLOOR = 1e-8  # of a variance: below it the root is too steep, and single precision has no digits
_EPS = 1e-12  # inside the root of the pooling


def mcsd(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The deviation of each picture; 1e-6 (the root of the guard) where both are equal."""
    x, y = channels("mcsd", restored, reference, form)
    deviations = []
    for scale in range(_SCALES):
        if scale:
            x, y = halved(x), halved(y)
        contrast_x, contrast_y = _contrast(x), _contrast(y)
        similarity = (2 * contrast_x * contrast_y + _T) / (contrast_x**2 + contrast_y**2 + _T)
        deviations.append((similarity.var((2, 3), correction=1) + _EPS).sqrt())
    return torch.stack(deviations).log().mean(0).exp().mean(1)


def _contrast(pictures: Tensor) -> Tensor:
    """The local standard deviation."""
    pictures = pictures - 0.5  # changes no deviation, and spares single precision digits of the squares
    mean, power = gaussian(torch.stack((pictures, pictures**2)), _TAPS, _SIGMA).unbind()
    return ((power - mean**2).clamp(min=0) + _FLOOR).sqrt()

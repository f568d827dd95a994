r"""Gradient magnitude similarity deviation (Xue, Zhang, Mou & Bovik, IEEE TIP 2014).

Pictures on the 0-255 scale are averaged over 2 × 2 pixels; with their gradient magnitudes :math:`g_x, g_y` under
Prewitt filters, the score is the standard deviation over the picture of

.. math:: \frac{2 g_x g_y + T}{g_x^2 + g_y^2 + T}, \qquad T = 170.

Borders are continued by zeros, as in the authors' code. The measure sees neither colour casts nor brightness: an
objective made of it alone needs a network that already has both right.
"""

import torch
from torch import Tensor
from torch.nn import functional

from trainer.measures.channels import Form, channels

_T = 170.0
_EPS = 1e-12  # inside both roots: their gradient at zero is infinite


def gmsd(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The deviation of each picture; 1e-6 (the root of the guard) where both are equal."""
    x, y = channels("gmsd", restored, reference, form)
    gradient_x, gradient_y = _gradient(x), _gradient(y)
    similarity = (2 * gradient_x * gradient_y + _T) / (gradient_x**2 + gradient_y**2 + _T)
    return (similarity.var((2, 3), correction=1) + _EPS).sqrt().mean(1)


def _gradient(pictures: Tensor) -> Tensor:
    """The gradient magnitude of each channel at half the resolution."""
    height, width = pictures.shape[-2:]
    half = functional.avg_pool2d(functional.pad(pictures * 255, (0, width % 2, 0, height % 2)), 2)
    padded = functional.pad(half, (1, 1, 1, 1))
    # Prewitt: the difference of two columns (rows) apart, averaged over three rows (columns).
    across, down = padded[..., 2:] - padded[..., :-2], padded[..., 2:, :] - padded[..., :-2, :]
    horizontal = (across[..., :-2, :] + across[..., 1:-1, :] + across[..., 2:, :]) / 3
    vertical = (down[..., :-2] + down[..., 1:-1] + down[..., 2:]) / 3
    return torch.sqrt(horizontal**2 + vertical**2 + _EPS)

"""Colour spaces in which measures compare pictures."""

from functools import cache

import torch
from torch import Tensor

YIQ = ((0.299, 0.587, 0.114), (0.596, -0.274, -0.322), (0.211, -0.523, 0.312))
"""NTSC's brightness and two opponent colours, rounded as in the code of FSIM."""
LMN = ((0.06, 0.63, 0.27), (0.30, 0.04, -0.35), (0.34, -0.60, 0.17))
"""The opponent colours of VSI (Geusebroek, van den Boomgaard, Smeulders & Geerts, IEEE TPAMI 2001)."""

_XYZ = (  # of linear sRGB, divided by the white of D50 that the authors of VSI chose
    (0.4124564 / 0.9642, 0.3575761 / 0.9642, 0.1804375 / 0.9642),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 0.8251, 0.1191920 / 0.8251, 0.9503041 / 0.8251),
)
_LAB = ((0.0, 116.0, 0.0), (500.0, -500.0, 0.0), (0.0, 200.0, -200.0))
_OFFSET = ((16.0,), (0.0,), (0.0,))
_DARK, _SLOPE = 0.008856, 903.3  # below the first, CIE's cube root is a straight line
_EPS = 1e-12  # keeps the slope of the cube root finite where it is not used

Rows = tuple[tuple[float, ...], ...]


def converted(pictures: Tensor, rows: Rows) -> Tensor:
    """Each pixel of the pictures, N × 3 × H × W, times a matrix of three rows."""
    mixed: Tensor = _matrix(rows, pictures.dtype, pictures.device) @ pictures.flatten(2)
    return mixed.reshape(pictures.shape)


def lab(pictures: Tensor) -> Tensor:
    """CIE L*a*b* of sRGB pictures with values in [0, 1]; L* in [0, 100]."""
    # Interpolated between both branches by 0 or 1: torch.where takes four times as long, backward included.
    dark = (pictures <= 0.04045).to(pictures.dtype)
    linear = torch.lerp(_power((pictures + 0.055) / 1.055, 2.4), pictures / 12.92, dark)
    xyz = converted(linear, _XYZ)
    dark = (xyz <= _DARK).to(pictures.dtype)
    response = torch.lerp(_power(xyz + _EPS, 1 / 3), (_SLOPE * xyz + 16) / 116, dark)
    return converted(response, _LAB) - _matrix(_OFFSET, pictures.dtype, pictures.device)[:, :, None]


def _power(base: Tensor, exponent: float) -> Tensor:
    """A power of positive numbers; the gradient of this one takes no second power."""
    return torch.exp(exponent * base.log())


@cache
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _matrix(rows: Rows, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(rows, dtype=dtype, device=device)

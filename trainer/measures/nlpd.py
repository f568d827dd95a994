r"""Normalized Laplacian pyramid distance (Laparra, Ballé, Berardino & Simoncelli, Electronic Imaging 2016).

A Laplacian pyramid of six levels (Burt & Adelson's five taps, symmetric borders on the way down, repeated ones on the
way up) on the [0, 1] scale; each level is divided by its own local amplitude,

.. math:: y^{(k)} = \frac{z^{(k)}}{\sigma_k + P_k * |z^{(k)}|},

and the distance is the mean over levels of the root mean square difference between both pictures' :math:`y^{(k)}`.
The :math:`P_k` have weights above, below, left and right of a place only (borders continued by zeros, and the filter
turned round, as in a convolution), learned by the authors from natural pictures. At the finest level there is one more,
0.0072, two places to one side, which the paper does not print and other ports leave out: without it the distance is
0.0006 too large on one of the two official pictures.
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels

_TAPS = (0.05, 0.25, 0.4, 0.25, 0.05)
_EPS = 1e-12  # inside the root: the gradient of a root of zero is infinite
_SIZES = 2  # of pictures whose matrices are kept: those of a large side hold more numbers than a picture


_Weights = tuple[tuple[int, float], ...]  # how far a neighbour lies along a side, and what it weighs


class _Gain(NamedTuple):
    """The divisive normalization of a level."""

    sigma: float
    rows: _Weights
    columns: _Weights


_GAINS = (
    _Gain(0.0248, ((-1, 0.1015), (1, 0.1011)), ((-2, 0.0072), (-1, 0.1460), (1, 0.1493))),
    _Gain(0.0185, ((-1, 0.0837), (1, 0.0757)), ((-1, 0.1846), (1, 0.1986))),
    _Gain(0.0179, ((-1, 0.0467), (1, 0.0477)), ((-1, 0.2243), (1, 0.2138))),
    _Gain(0.0191, (), ((-1, 0.2616), (1, 0.2503))),
    _Gain(0.0220, (), ((-1, 0.2552), (1, 0.2598))),
    _Gain(0.2782, (), ((-1, 0.0717), (1, 0.2215))),
)


def nlpd(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The distance of each picture from its reference; 1e-6 (the root of the guard) where both are equal."""
    x, y = channels("nlpd", restored, reference, form)
    distances = [
        ((one - other).square().mean((2, 3)) + _EPS).sqrt() for one, other in zip(_levels(x), _levels(y), strict=True)
    ]
    return torch.stack(distances).mean((0, 2))


def _levels(pictures: Tensor) -> list[Tensor]:
    """The normalized pyramid, from the finest level to the low-pass residual."""
    levels = []
    for gain in _GAINS[:-1]:
        vertical, horizontal = (_steps(side, pictures.dtype, pictures.device) for side in pictures.shape[-2:])
        small = vertical.down @ (pictures @ horizontal.down.T)
        levels.append(_normalized(pictures - vertical.up @ (small @ horizontal.up.T), gain))
        pictures = small
    return [*levels, _normalized(pictures, _GAINS[-1])]


def _normalized(level: Tensor, gain: _Gain) -> Tensor:
    amplitude = level.abs()
    height, width = level.shape[-2:]
    around = amplitude @ _neighbours(width, gain.columns, level.dtype, level.device).T
    if gain.rows:
        around = around + _neighbours(height, gain.rows, level.dtype, level.device) @ amplitude
    return level / (gain.sigma + around)


class _Steps(NamedTuple):
    """Between a level and the next, along one side: matrices, half × side and side × half."""

    down: Tensor
    up: Tensor


@lru_cache(2 * 6 * _SIZES)  # two sides, six levels
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _steps(side: int, dtype: torch.dtype, device: torch.device) -> _Steps:
    half = (side + 1) // 2
    down, up = torch.zeros(half, side, dtype=torch.float64), torch.zeros(side, half, dtype=torch.float64)
    for offset, tap in enumerate(_TAPS, -2):
        for place in range(half):
            down[place, _mirrored(2 * place + offset, side)] += tap
        for place in range(side):
            if (place + offset) % 2 == 0:  # zeros lie between the places of the smaller level, which doubles the gain
                up[place, min(max((place + offset) // 2, 0), half - 1)] += 2 * tap
    return _Steps(down.to(device, dtype), up.to(device, dtype))


def _mirrored(place: int, side: int) -> int:
    """The place inside that a border continued symmetrically, edge pixels twice, shows."""
    place %= 2 * side
    return min(place, 2 * side - 1 - place)


@lru_cache(2 * 6 * _SIZES)  # two sides, six levels
@torch.inference_mode(False)
def _neighbours(side: int, weights: _Weights, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Weighted sums of a place's neighbours along one side, side × side; nothing lies beyond the border."""
    matrix = torch.zeros(side, side, dtype=torch.float64)
    for offset, weight in weights:
        matrix += weight * torch.ones(side, side, dtype=torch.float64).tril(offset).triu(offset)
    return matrix.to(device, dtype)

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

from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from trainer.measures.channels import Form, channels

_FAR, _NEAR, _HERE = 0.05, 0.25, 0.4  # of the five taps, from the outermost to the middle
_EPS = 1e-12  # inside the root: the gradient of a root of zero is infinite
_ACROSS, _DOWN = -1, -2  # dimensions of a batch


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
        height, width = pictures.shape[-2:]
        small = _smaller(_smaller(pictures, _ACROSS), _DOWN)
        levels.append(_normalized(pictures - _larger(_larger(small, _ACROSS, width), _DOWN, height), gain))
        pictures = small
    return [*levels, _normalized(pictures, _GAINS[-1])]


def _normalized(level: Tensor, gain: _Gain) -> Tensor:
    amplitude = level.abs()
    around = _neighbours(amplitude, gain.columns, _ACROSS)
    if gain.rows:
        around = around + _neighbours(amplitude, gain.rows, _DOWN)
    return level / (gain.sigma + around)


def _smaller(level: Tensor, side: int) -> Tensor:
    """Every other place of the level along one side, after the five taps; beyond the border it is mirrored."""
    length = level.shape[side]
    first, last = level.narrow(side, 0, 2), level.narrow(side, length - 2, 2)
    whole = torch.cat((first.flip(side), level, last.flip(side)), side)  # edge pixels twice
    taken = [_part(whole, side, slice(place, place + length, 2)) for place in range(5)]
    return _HERE * taken[2] + _NEAR * (taken[1] + taken[3]) + _FAR * (taken[0] + taken[4])


def _larger(level: Tensor, side: int, length: int) -> Tensor:
    """So many places along one side, with zeros between those of the level, after the taps, which doubles the gain.

    Between two places lie two taps, on a place three; beyond the border the outermost one is repeated.
    """
    places = level.shape[side]
    whole = torch.cat((level.narrow(side, 0, 1), level, level.narrow(side, places - 1, 1)), side)
    before, after = whole.narrow(side, 0, places), whole.narrow(side, 2, places)
    on = 2 * _HERE * level + 2 * _FAR * (before + after)
    between = 2 * _NEAR * (level + after)
    return torch.stack((on, between), side).flatten(side - 1, side).narrow(side, 0, length)


def _neighbours(amplitude: Tensor, weights: _Weights, side: int) -> Tensor:
    """Weighted sums of each place's neighbours along one side; nothing lies beyond the border."""
    reach, length = max(abs(offset) for offset, _ in weights), amplitude.shape[side]
    border = (reach, reach) if side == _ACROSS else (0, 0, reach, reach)
    whole = functional.pad(amplitude, border)
    return reduce(torch.add, (weight * whole.narrow(side, reach + offset, length) for offset, weight in weights))


def _part(level: Tensor, side: int, places: slice) -> Tensor:
    return level[..., places] if side == _ACROSS else level[..., places, :]

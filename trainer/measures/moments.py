r"""Means, variances and higher central moments under square windows of 16 pixels, one every four pixels.

Windows overlap by three quarters, so moments are first taken within cells of 4 × 4 pixels, about each cell's own mean,
and sixteen cells make a window. The first step needs no more than single precision, whatever the mean: nothing cancels
there. The second is done on a sixteenth of the numbers and in double precision, for a window's fourth moment may be a
millionth of a millionth of what it is the difference of. Cutting each window out takes sixteen times as many numbers.
"""

from typing import Any

import torch
from torch import Tensor

CELL = 4
_CELLS = 4  # along the side of a window


def cells(maps: Tensor) -> Tensor:
    """Mean and central moments two to four of each cell of maps … × H × W: 4 × … × H // 4 × W // 4.

    Rows and columns that fill no cell are left out.
    """
    height, width = (side // CELL * CELL for side in maps.shape[-2:])
    moments: Tensor = _Cells.apply(maps[..., :height, :width])  # type: ignore[no-untyped-call]
    return moments


def windows(moments: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Mean and central moments two to four of each window, from those of cells; double precision."""
    mean, second, third, fourth = moments.double().unbind()
    # About the map's own mean, which keeps what is subtracted below small.
    origin = mean.detach().mean((-2, -1), keepdim=True)
    u = mean - origin
    first = over_windows(u)
    raw2 = over_windows(second + u**2)
    raw3 = over_windows(third + 3 * u * second + u**3)
    raw4 = over_windows(fourth + 4 * u * third + 6 * u**2 * second + u**4)
    return (
        first + origin,
        (raw2 - first**2).clamp(min=0),
        raw3 - 3 * first * raw2 + 2 * first**3,
        (raw4 - 4 * first * raw3 + 6 * first**2 * raw2 - 3 * first**4).clamp(min=0),
    )


def over_windows(means: Tensor, side: int = _CELLS) -> Tensor:
    """The mean over each square of so many cells, one or more a power of two, from the means of cells."""
    step, total = 1, means
    while step < side:
        total = total[..., step:, :] + total[..., :-step, :]
        total = total[..., step:] + total[..., :-step]
        step *= 2
    return total / side**2


class _Cells(torch.autograd.Function):
    """Moments of cells; the gradient is a polynomial of a pixel's distance from its cell's mean, and written out."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        mean = _pooled(_rows(maps))
        away = _rows(maps) - _spread(mean)
        squared = away * away
        second, third, fourth = _pooled(squared), _pooled(squared * away), _pooled(squared * squared)
        ctx.save_for_backward(away, second, third)
        return torch.stack((mean, second, third, fourth))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        away, second, third = ctx.saved_tensors
        first, *higher = (gradient / CELL**2).unbind()
        linear, quadratic, cubic = (order * g for order, g in zip((2, 3, 4), higher, strict=True))
        constant = first - quadratic * second - cubic * third  # moving one pixel moves the mean of its cell
        total = _spread(cubic) * away
        for coefficient in (quadratic, linear):
            total = total.add_(_spread(coefficient)).mul_(away)
        pixels: Tensor = total.add_(_spread(constant)).flatten(-3, -2)
        return pixels


def _rows(maps: Tensor) -> Tensor:
    """The rows of each cell together: … × H // 4 × 4 × W."""
    return maps.reshape(*maps.shape[:-2], maps.shape[-2] // CELL, CELL, maps.shape[-1])


def _pooled(rows: Tensor) -> Tensor:
    # Whole rows first, which is contiguous; ``avg_pool2d`` takes three times as long on a CPU.
    sums = rows.sum(-2)
    return torch.stack([sums[..., k::CELL] for k in range(CELL)]).sum(0) / CELL**2


def _spread(values: Tensor) -> Tensor:
    """What belongs to a cell, for each of its columns; its rows share it."""
    return values.repeat_interleave(CELL, -1).unsqueeze(-2)

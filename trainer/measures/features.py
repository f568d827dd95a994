"""What measures of feature similarity share: how they reduce pictures, find edges and compare maps."""

import math

import torch
from torch import Tensor
from torch.nn import functional

_EPS = 1e-8  # inside the root, on the scale of 0-255: its gradient at zero is infinite


def reduced(maps: Tensor) -> Tensor:
    """The maps averaged over squares that bring the shorter side to about 256 pixels.

    Halves are rounded up and what lies outside counts as zero, as ``conv2`` of the authors' code has it.
    """
    height, width = maps.shape[-2:]
    factor = max(1, math.floor(min(height, width) / 256 + 0.5))
    if factor == 1:
        return maps
    before = (factor - 1) // 2
    down, across = (-(-side // factor) * factor - before - side for side in (height, width))
    return functional.avg_pool2d(functional.pad(maps, (before, max(across, 0), before, max(down, 0))), factor)


def edges(maps: Tensor) -> Tensor:
    """The magnitude of the gradient under Scharr's filters, … × H × W; zero outside."""
    padded = functional.pad(maps, (1, 1, 1, 1))
    across, down = padded[..., 2:] - padded[..., :-2], padded[..., 2:, :] - padded[..., :-2, :]
    horizontal = (3 * (across[..., :-2, :] + across[..., 2:, :]) + 10 * across[..., 1:-1, :]) / 16
    vertical = (3 * (down[..., :-2] + down[..., 2:]) + 10 * down[..., 1:-1]) / 16
    return (horizontal**2 + vertical**2 + _EPS).sqrt()


def likeness(x: Tensor, y: Tensor, constant: float) -> Tensor:
    """1 where both maps are equal, less where they differ by much more than the constant's root."""
    return (2 * x * y + constant) / (x**2 + y**2 + constant)


def power(colours: Tensor, exponent: float) -> Tensor:
    """The real part of a small power of a likeness of colours, which is negative where hues are opposite."""
    # Near zero the slope of the power has no bound; below 1e-4 there is none here.
    phase = torch.where(colours < 0, math.cos(math.pi * exponent), 1.0)
    return phase.to(colours.dtype) * colours.abs().clamp(min=1e-4) ** exponent


def pooled(similarity: Tensor, weight: Tensor) -> Tensor:
    """The weighted mean of N × H × W; where nothing has weight, all places count alike."""
    weight = weight + 1e-6
    return (similarity * weight).sum((1, 2)) / weight.sum((1, 2))

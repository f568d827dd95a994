"""What is done to a clean picture before a network sees it; pictures are N × 3 × H × W in [0, 1]."""

import torch
from torch import Tensor
from torch.nn import functional

SIGMA = 50 / 255
FACTOR = 4


def noisy(clean: Tensor, generator: torch.Generator) -> Tensor:
    """The pictures under white Gaussian noise of σ = 50 on the 0-255 scale; not clipped, so values may leave [0, 1]."""
    noise = torch.empty_like(clean).normal_(std=SIGMA, generator=generator)
    return clean + noise


def reduced(clean: Tensor) -> Tensor:
    """The pictures at a quarter of the size, bicubic with antialiasing; neither rounded nor clipped."""
    # antialias=True widens the kernel by the factor and takes a = -0.5, as MATLAB's imresize does; else a is -0.75.
    height, width = clean.shape[-2:]
    return functional.interpolate(clean, (height // FACTOR, width // FACTOR), mode="bicubic", antialias=True)


def enlarged(small: Tensor) -> Tensor:
    """The pictures at four times the size, bicubic: the degraded input of super-resolution as people see it."""
    height, width = small.shape[-2:]
    return functional.interpolate(small, (height * FACTOR, width * FACTOR), mode="bicubic", antialias=True)

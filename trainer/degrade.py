"""What is done to a clean picture before a network sees it; pictures are N × 3 × H × W in [0, 1]."""

import torch
from torch import Tensor
from torch.nn import functional

from trainer.chance import gaussian

SIGMA = 50 / 255
FACTOR = 4
_FAST = 32  # lines: Fourier transforms of multiples of this have small factors


def noisy(clean: Tensor, generator: torch.Generator) -> Tensor:
    """The pictures under white Gaussian noise of σ = 50 on the 0-255 scale; not clipped, so values may leave [0, 1].

    In double precision, on a CPU, it is the same noise, and no CPU draws another.
    """
    if clean.dtype == torch.float64:
        return clean + SIGMA * gaussian(clean.shape, generator)
    noise = torch.empty_like(clean).normal_(std=SIGMA, generator=generator)
    return clean + noise


def reduced(clean: Tensor) -> Tensor:
    """The pictures at a quarter of the size, bicubic with antialiasing; neither rounded nor clipped.

    As MATLAB's imresize, but for the two outermost rows and columns: there MATLAB mirrors the picture, while here the
    weights that would fall outside are shared among those inside. Networks that were trained elsewhere on MATLAB's
    pictures see a border that is a little different.
    """
    # antialias=True widens the kernel by the factor and takes a = -0.5, as MATLAB's imresize does; else a is -0.75.
    height, width = clean.shape[-2:]
    return functional.interpolate(clean, (height // FACTOR, width // FACTOR), mode="bicubic", antialias=True)


def enlarged(small: Tensor) -> Tensor:
    """The pictures at four times the size, bicubic: the degraded input of super-resolution as people see it."""
    height, width = small.shape[-2:]
    return functional.interpolate(small, (height * FACTOR, width * FACTOR), mode="bicubic", antialias=True)


def blurred(clean: Tensor, kernels: Tensor) -> Tensor:
    """The pictures each convolved with its kernel, N × K × K with odd K; beyond its border a picture is mirrored."""
    height, width = clean.shape[-2:]
    margin = kernels.shape[-1] // 2
    rows, columns = (_mirrored(length, margin, clean.device) for length in (height, width))
    wide = clean[..., rows, :][..., columns]
    size = tuple(wide.shape[-2:])
    # By Fourier transform: with 63 × 63 weights for each pixel a fiftieth of the arithmetic of a convolution.
    spectrum = torch.fft.rfft2(wide) * torch.fft.rfft2(kernels, size)[:, None]
    # A circular convolution: what wraps around ends before row and column 2 · margin.
    whole: Tensor = torch.fft.irfft2(spectrum, size)
    return whole[..., 2 * margin : 2 * margin + height, 2 * margin : 2 * margin + width]


def _mirrored(length: int, margin: int, device: torch.device) -> Tensor:
    """Where each of length + 2 · margin lines comes from, and as many more as the transform is fast with."""
    lines = -(-(length + 2 * margin) // _FAST) * _FAST
    folded = torch.arange(-margin, lines - margin, device=device) % (2 * length)
    return torch.where(folded < length, folded, 2 * length - 1 - folded)

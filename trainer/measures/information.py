r"""What VIF and IFC share: how much of the reference's information passes through the distortion.

In each band of a steerable pyramid, the reference is a Gaussian scale mixture: 3 × 3 blocks of coefficients
:math:`C = s\,U` with one covariance :math:`C_U` per band (eigenvalues :math:`\lambda_j`) and a variance

.. math:: s_i^2 = C_i^T C_U^{-1} C_i / 9

per block. The distortion is a gain and additive noise, :math:`D = g\,C + V`, estimated in a window around each block:
:math:`g = \mathrm{cov}(C, D) / \mathrm{var}(C)`, never negative, and :math:`\sigma_V^2 = \mathrm{var}(D) - g\,
\mathrm{cov}(C, D)`. Sheikh & Bovik (IEEE TIP 2006), equations 14 to 20, with the windows and margins of the authors'
code: 17, 9, 5 and 3 coefficients wide from the finest scale on, only where they fit wholly.

Of the reference nothing but numbers is needed: gradients flow through the restored picture alone.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.measures.steerable import SCALES, bands
from trainer.measures.windows import box

_BLOCK = 3
_NOTHING = 1e-6  # a variance on the 0-255 scale that is no signal: 8-bit pictures have more, rounding has less
_AT_A_TIME = 2048  # blocks
_ROUNDING = 2  # a difference below so many units of the minuend's last place is not known


@dataclass(frozen=True, slots=True)
class Scale:
    """What is known about each block of one scale's bands: 2 (orientations) × P × blocks, and 2 × P × 9."""

    gain: Tensor
    noise: Tensor
    variance: Tensor
    eigenvalues: Tensor


def scales(restored: Tensor, reference: Tensor) -> list[Scale]:
    """The estimates for P grey pictures, P × H × W in [0, 1], at each scale, finest first."""
    with torch.no_grad():
        originals = bands(reference * 255)
        eigenvalues, whitening = _mixtures(originals)
    # The pyramid is linear. Near equality, rounding would drown the noise, were it a difference of two variances.
    errors = bands((restored - reference.detach()) * 255)
    found = []
    for scale, (x, d) in enumerate(zip(originals, errors, strict=True)):
        window = 2 ** (SCALES - scale) + 1
        margin = math.ceil((window // 2) / _BLOCK)  # in blocks
        with torch.no_grad():
            variance = _variances(x, whitening[scale], margin)
        found.append(Scale(*_channel(x, d, window, margin), variance, eigenvalues[scale]))
    return found


def bits(ratio: Tensor, eigenvalues: Tensor) -> Tensor:
    """The information in all blocks of a scale, P, given each block's signal-to-noise ratio, 2 × P × blocks."""
    return torch.log1p(ratio.unsqueeze(2) * eigenvalues.unsqueeze(3)).sum((0, 2, 3)) / math.log(2)


def _channel(x: Tensor, d: Tensor, window: int, margin: int) -> tuple[Tensor, Tensor]:
    """The gain and the noise around each block, of reference bands x and restored bands x + d."""
    with torch.no_grad():
        mean_x, power_x = _averages(torch.stack((x, x * x)), window, margin)
        var_x = (power_x - mean_x * mean_x).clamp(min=0)
    mean_d, power_d, product = _averages(torch.stack((d, d * d, x * d)), window, margin)
    var_d = (power_d - mean_d * mean_d).clamp(min=0)
    cov = product - mean_x * mean_d  # of x and d
    gain = (var_x + cov).clamp(min=0) / (var_x + _NOTHING)
    noise = torch.maximum(var_d - cov * cov / var_x.clamp(min=1e-10), _ROUNDING * torch.finfo(d.dtype).eps * var_d)
    return gain, noise


def _averages(maps: Tensor, window: int, margin: int) -> Tensor:
    """The means of … × H × W maps under the window around each block: … × blocks."""
    first = _BLOCK * margin + _BLOCK // 2 - window // 2
    counts = (side // _BLOCK - 2 * margin for side in maps.shape[-2:])
    rows, columns = (range(first, first + _BLOCK * count, _BLOCK) for count in counts)
    return box(maps, window, rows, columns).flatten(-2)


def _mixtures(originals: list[Tensor]) -> tuple[Tensor, Tensor]:
    """The eigenvalues of each band's covariance, scales × 2 × P × 9, and the matrices that whiten its blocks."""
    # All bands in one call: on a GPU it waits for the device, the only place of VIF and IFC that does.
    values, vectors = torch.linalg.eigh(torch.stack([_covariance(x) for x in originals]))
    dtype = originals[0].dtype
    signal = values > _NOTHING
    whitening = torch.where(signal, values.clamp(min=_NOTHING).rsqrt(), 0).unsqueeze(-2) * vectors
    return torch.where(signal, values, 0).to(dtype), whitening.to(dtype)


def _covariance(x: Tensor) -> Tensor:
    """The covariance of all 3 × 3 blocks, overlapping ones too, of each band: 2 × P × 9 × 9, in double precision."""
    height, width = (side // _BLOCK * _BLOCK - _BLOCK + 1 for side in x.shape[-2:])  # places for a block
    windows = x[..., : height + _BLOCK - 1, : width + _BLOCK - 1].unfold(-2, height, 1).unfold(-2, width, 1)
    total = mean = torch.zeros(1, dtype=torch.float64, device=x.device)
    # Products in the bands' precision, of a few rows at a time, added up in double: half the time and far less memory
    # than all at once in double, and the eigenvalues, which span four orders of magnitude, keep four digits.
    step = max(1, _AT_A_TIME // width)
    for row in range(0, height, step):
        blocks = windows[..., row : row + step, :].flatten(-4, -3).flatten(-2)
        total = total + blocks @ blocks.mT
        mean = mean + blocks.sum(-1, keepdim=True)
    mean = mean / (height * width)
    return total / (height * width) - mean @ mean.mT


def _variances(x: Tensor, whitening: Tensor, margin: int) -> Tensor:
    """The variance s² of each block that is at least the margin from the border."""
    rows, columns = (side // _BLOCK - 2 * margin for side in x.shape[-2:])
    first = _BLOCK * margin
    inner = x[..., first : first + _BLOCK * rows, first : first + _BLOCK * columns]
    blocks = inner.reshape(*x.shape[:2], rows, _BLOCK, columns, _BLOCK).permute(0, 1, 3, 5, 2, 4)
    blocks = blocks.reshape(*x.shape[:2], _BLOCK**2, rows * columns)
    return (whitening.mT @ blocks).square().mean(-2)

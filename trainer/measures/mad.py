r"""Most apparent distortion, MAD (Larson & Chandler, Journal of Electronic Imaging 2010).

Two strategies, on the 0-255 scale, over windows of 16 × 16 pixels, one every four pixels:

*Detection*, for distortions near the threshold. In luminance :math:`0.02874\,x^{2.2/3}` under a contrast sensitivity
function, with the deviation of the error and the least deviation of the reference's four quarters, both over the
reference's mean and as logarithms :math:`C_e, C_r`, the visible part is :math:`\xi = \max(0, C_e - \max(C_r, -5))`, or
nothing where the mean is below 0.5, and :math:`D = 200 \sqrt{\overline{(\xi \cdot \text{mean squared error})^2}}`.

*Appearance*, for what is far above it. With standard deviation, skewness and kurtosis of the magnitudes of log-Gabor
responses (five wavelengths from 3 pixels, four orientations) and weights :math:`w` of the wavelengths,

.. math:: \eta = \sum w \left(|\Delta\sigma| + 2|\Delta\text{skewness}| + |\Delta\text{kurtosis}|\right), \qquad
          A = \sqrt{\overline{\eta^2}}

The score is :math:`D^\alpha A^{1 - \alpha}` with :math:`\alpha = 1 / (1 + e^{-2.55 / 3.35} D^{1 / (3.35 \ln 10)})`.

The weights go by wavelength, as in the authors' code; two translations into Python give them to orientations, and are
the source of the values that circulate for pictures of TID2013. As the paper has it and unlike the authors' code of
2011, every window counts, up to the edges, and error and visibility are taken over the same window: with the edges left
out, nothing would keep a network from ruining them. The contrast sensitivity knows frequencies per pixel, alike along
both sides, where the code divides both by the number of columns. MAD sees no change of brightness that is the same
everywhere.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.log_gabor import Bank, responses, transfer
from trainer.measures.moments import cells, over_windows, windows
from trainer.measures.straight_through import clamped

_BANK = Bank(wavelengths=(3, 9, 27, 81, 243), orientations=4, ratio=0.55, spacing=1.5)
_WEIGHTS = (0.5, 0.75, 1.0, 5.0, 6.0)  # of the wavelengths
_CYCLES = 32.0  # per degree at the highest frequency
_DIMMEST, _FAINTEST = 0.5, -5.0
_THRESHOLD, _SLOPE = 2.55, 3.35
_EPS = 1e-6  # of a quantity's own scale, inside roots and logarithms
_SIZES = 2  # of pictures whose filters are kept: twenty times as many numbers as a picture has pixels


def mad(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The distortion of each picture, from 0 (equal) to a few hundred."""
    x, y = channels("mad", restored, reference, form)
    # The reference as a screen shows it; where a restored picture leaves the range, that counts as an error.
    x, y = x.flatten(0, 1), clamped(y).flatten(0, 1)
    detection, appearance = _detection(x, y), _appearance(255 * x, 255 * y)
    exponent = 1 / (1 + math.exp(-_THRESHOLD / _SLOPE) * detection ** (1 / (math.log(10) * _SLOPE)))
    score = detection**exponent * appearance ** (1 - exponent)
    return score.reshape(len(restored), -1).mean(1).to(restored.dtype)


def _detection(x: Tensor, y: Tensor) -> Tensor:
    """How much is seen by looking for errors, of maps N × H × W in [0, 1]."""
    seen_x, seen_y = _seen(clamped(x)), _seen(y)
    error, original = cells(seen_x - seen_y), cells(seen_y)
    _, error_power, *_ = windows(error)
    mean, *_ = windows(original)
    brightness = mean.clamp(min=_DIMMEST)
    contrast_error = _log_deviation(error_power * (256 / 255)) - brightness.log()
    contrast = _log_deviation(_quietest_quarter(original) * (64 / 63)) - brightness.log()
    visible = (contrast_error - contrast.clamp(min=_FAINTEST)).clamp(min=0) * (mean > _DIMMEST)
    squares = over_windows(cells((255 * (x - y)).square())[0].double())
    return 200 * _root_mean_square(visible * squares)


def _appearance(x: Tensor, y: Tensor) -> Tensor:
    """How much the statistics of log-Gabor responses differ, of maps N × H × W in [0, 255]."""
    filters, weights = _filters(*x.shape[-2:], x.dtype, x.device)
    # One picture's twenty responses stay in a processor's cache, those of a batch do not; a GPU wants all at once.
    pieces = len(x) if x.device.type == "cpu" else 1
    differences = []
    for restored, reference in zip(x.chunk(pieces), y.chunk(pieces), strict=True):
        changes = [a - b for a, b in zip(_statistics(restored, filters), _statistics(reference, filters), strict=True)]
        deviation, skewness, kurtosis = (change.abs() for change in changes)
        differences.append(torch.einsum("noshw,s->nhw", deviation + 2 * skewness + kurtosis, weights))
    return _root_mean_square(torch.cat(differences))


def _statistics(maps: Tensor, filters: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Standard deviation, skewness and kurtosis of the magnitudes of responses, N × orientations × wavelengths × …"""
    floor = (255 * _EPS) ** 2  # flat places have a deviation of rounding errors and no shape
    answers = responses(maps, filters)
    magnitudes = (answers.real.square() + answers.imag.square() + floor).sqrt()
    _, second, third, fourth = windows(cells(magnitudes))
    variance = second + floor
    return (variance * (256 / 255)).sqrt(), third / variance**1.5, fourth / variance**2


def _seen(maps: Tensor) -> Tensor:
    """The luminance of maps N × H × W in [0, 1] that passes the contrast sensitivity function."""
    luminance = 0.02874 * torch.exp(2.2 / 3 * (255 * (maps + _EPS)).log())
    height, width = maps.shape[-2:]
    sensitivity = _contrast_sensitivity(height, width, maps.dtype, maps.device)
    seen: Tensor = torch.fft.irfft2(torch.fft.rfft2(luminance) * sensitivity, s=(height, width))
    return seen


def _quietest_quarter(original: Tensor) -> Tensor:
    """The least variance among the four quarters of each window."""
    mean, second, *_ = original.double().unbind()
    u = mean - mean.mean((-2, -1), keepdim=True)
    variance = (over_windows(second + u**2, 2) - over_windows(u, 2) ** 2).clamp(min=0)
    upper = torch.minimum(variance[..., :-2], variance[..., 2:])
    return torch.minimum(upper[..., :-2, :], upper[..., 2:, :])


def _log_deviation(variance: Tensor) -> Tensor:
    return (variance + _EPS**2).log() / 2


def _root_mean_square(maps: Tensor) -> Tensor:
    return (maps.square().mean((1, 2)) + _EPS**2).sqrt()


@lru_cache(_SIZES)
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _filters(height: int, width: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """The log-Gabor filters, and the weight of each wavelength in double precision."""
    weights = torch.tensor(_WEIGHTS, dtype=torch.float64, device=device)
    return transfer(_BANK, height, width).to(device, dtype), weights / weights.sum()


@lru_cache(_SIZES)
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _contrast_sensitivity(height: int, width: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The sensitivity at each frequency of half a spectrum; less along diagonals."""
    # The authors' grid has its centre half a frequency beside the mean where a side is even.
    down, across = (
        (torch.fft.fftfreq(n, dtype=torch.float64) * n + 0.5 * (n % 2 == 0)) / n * 2 * _CYCLES for n in (height, width)
    )
    angle = torch.atan2(down[:, None], across.expand(height, width))
    frequency = torch.hypot(down[:, None], across) / (0.15 * torch.cos(4 * angle) + 0.85)
    sensitivity = 2.6 * (0.0192 + 0.114 * frequency) * torch.exp(-((0.114 * frequency) ** 1.1))
    sensitivity = torch.where(frequency < 7.8909, 0.9809, sensitivity)
    # What is not symmetric about the mean would only make an imaginary part, which the authors drop.
    symmetric = (sensitivity + sensitivity.flip(0, 1).roll((1, 1), (0, 1))) / 2
    return symmetric[:, : width // 2 + 1].to(device, dtype)

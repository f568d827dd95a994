r"""Phase congruency (Kovesi, Videre 1999): how well the frequencies of a picture agree on where a feature lies.

With the even and odd responses :math:`e, o` of log-Gabor filters (four wavelengths from 6 pixels, four orientations),
their sums over the wavelengths of an orientation and the direction :math:`(\bar e, \bar o)` of these,

.. math:: \frac{\sum_\text{orientations} \max\left(0, \sum_\text{wavelengths}
          \left(e\bar e + o\bar o - |e\bar o - o\bar e|\right) - T\right)}{\sum\sum \sqrt{e^2 + o^2}}

where :math:`T` is what noise alone would give, told from the median power at the smallest wavelength.
"""

import math
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from trainer.measures.log_gabor import Bank, polar, responses, transfer

_BANK = Bank(wavelengths=(6, 12, 24, 48), orientations=4, ratio=0.55, spacing=1.2)
_CUTOFF, _SHARPNESS = 0.45, 15  # of the Butterworth filter that keeps the corners of the spectrum out
_DEVIATIONS = 2.0  # of noise energy above its mean
_OVERESTIMATE = 1.7  # of noise, as found by Kovesi
_EPS = 1e-4  # of a response on the 0-255 scale
_SIZES = 4  # of pictures whose filters are kept, sixteen times as large as they are


def phase_congruency(luminance: Tensor) -> Tensor:
    """The congruency of pictures N × H × W on the 0-255 scale, in [0, 1]; 0 where they are flat."""
    filters, noise = _filters(*luminance.shape[-2:], luminance.dtype, luminance.device)
    # One picture's sixteen responses stay in a processor's cache, those of a batch do not; a GPU wants all at once.
    pieces = luminance.chunk(len(luminance) if luminance.device.type == "cpu" else 1)
    return torch.cat([_congruency(responses(piece, filters), noise) for piece in pieces])


def noise_threshold(amplitude: Tensor, noise: Tensor) -> Tensor:
    """The energy that noise would have, N × orientations × 1 × 1, from amplitudes at the smallest wavelength."""
    power = amplitude.flatten(2).median(2).values ** 2 / math.log(2)
    spread = (power * noise / 2).sqrt()
    expected = spread * (math.sqrt(math.pi / 2) + _DEVIATIONS * math.sqrt(2 - math.pi / 2))
    return (expected / _OVERESTIMATE)[..., None, None]


def _congruency(response: Tensor, noise: Tensor) -> Tensor:
    congruency: Tensor = _Congruency.apply(response, noise)  # type: ignore[no-untyped-call]
    return congruency


class _Congruency(torch.autograd.Function):
    """Congruency from complex responses, N × orientations × wavelengths × H × W.

    Its gradient is written out because what autograd would keep and compute for these sixteen maps per picture is most
    of the time that the measure takes. The threshold is a constant for the gradient: that of a median would fall on a
    single pixel.
    """

    @staticmethod
    def forward(ctx: Any, response: Tensor, noise: Tensor) -> Tensor:
        even, odd = response.real.contiguous(), response.imag.contiguous()
        amplitude = even.square().addcmul_(odd, odd).add_(_EPS**2).sqrt_()
        total_even, total_odd = even.sum(2), odd.sum(2)
        length = (total_even**2 + total_odd**2 + _EPS**2).sqrt()
        mean_even, mean_odd = total_even / length, total_odd / length
        across = (even * mean_odd[:, :, None]).addcmul_(odd, mean_even[:, :, None], value=-1)
        deviation = across.abs().sum(2)
        # Along the mean direction the wavelengths add up to the length of their sum.
        energy = length - deviation - noise_threshold(amplitude[:, :, 0], noise)
        total = amplitude.sum((1, 2))
        congruency = energy.clamp(min=0).sum(1) / total
        ctx.save_for_backward(
            even, odd, amplitude, across, length, mean_even, mean_odd, deviation, energy, total, congruency
        )
        return congruency

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        even, odd, amplitude, across, length, mean_even, mean_odd, deviation, energy, total, congruency = (
            ctx.saved_tensors
        )
        by_energy = (gradient / total)[:, None] * (energy > 0)
        by_amplitude = (-gradient * congruency / total)[:, None, None] / amplitude
        sign = across.sign()
        signed_even, signed_odd = (sign * even).sum(2), (sign * odd).sum(2)
        # The direction turns with the sums, which changes how far each wavelength deviates from it.
        to_even = by_energy * (mean_even + (signed_odd + mean_even * deviation) / length)
        to_odd = by_energy * (mean_odd - (signed_even - mean_odd * deviation) / length)
        even_gradient = (by_amplitude * even).add_(to_even[:, :, None])
        even_gradient.addcmul_(sign, (by_energy * mean_odd)[:, :, None], value=-1)
        odd_gradient = (by_amplitude * odd).add_(to_odd[:, :, None])
        odd_gradient.addcmul_(sign, (by_energy * mean_even)[:, :, None])
        return torch.complex(even_gradient, odd_gradient), None


@lru_cache(_SIZES)
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _filters(height: int, width: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """The filters, and per orientation the noise energy, squared, for unit power at the smallest wavelength."""
    radius, _ = polar(height, width)
    filters = transfer(_BANK, height, width) / (1 + (radius / _CUTOFF) ** (2 * _SHARPNESS))
    kernels = torch.fft.ifft2(filters).real * math.sqrt(height * width)
    products = torch.einsum("oihw,ojhw->oij", kernels, kernels)
    squares, pairs = products.diagonal(dim1=1, dim2=2).sum(1), products.triu(1).sum((1, 2))
    noise = (2 * squares + 4 * pairs) / (filters[:, 0] ** 2).sum((1, 2))
    return filters.to(device, dtype), noise.to(device, dtype)

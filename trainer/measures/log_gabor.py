r"""Log-Gabor filters (Field, JOSA A 1987), as transfer functions in the order of the discrete Fourier transform.

At a frequency of radius :math:`r` (cycles per pixel) and angle :math:`\theta`, the filter of wavelength :math:`\lambda`
and orientation :math:`\alpha` passes

.. math:: \exp\left(-\frac{\ln^2(r\lambda)}{2\ln^2\sigma}\right)
          \exp\left(-\frac{(\theta - \alpha)^2}{2\sigma_\theta^2}\right)

and nothing of the mean. Its response is complex: the real part is that of an even filter, the imaginary part that of an
odd one.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Bank:
    """Filters of several wavelengths (pixels) at orientations that divide half a turn."""

    wavelengths: tuple[float, ...]
    orientations: int
    ratio: float  # σ: standard deviation of the radial Gaussian over the centre frequency
    spacing: float  # angle between two orientations over the standard deviation of the angular Gaussian


def polar(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Radius and angle of each frequency, H × W in double precision; one cycle per pixel is 1.

    Along an odd side of n pixels the highest frequency is taken to be a half too, as in Kovesi's code: k / (n − 1).
    """
    down, across = (torch.fft.fftfreq(n, dtype=torch.float64) * n / (n - n % 2) for n in (height, width))
    return torch.hypot(down[:, None], across), torch.atan2(-down[:, None], across.expand(height, width))


def transfer(bank: Bank, height: int, width: int) -> Tensor:
    """The filters, orientations × wavelengths × H × W in double precision."""
    radius, angle = polar(height, width)
    radius[0, 0] = 1  # any number with a logarithm: the mean is taken out below
    octaves = torch.stack([(radius * wavelength).log() for wavelength in bank.wavelengths])
    radial = torch.exp(-(octaves**2) / (2 * math.log(bank.ratio) ** 2))
    radial[:, 0, 0] = 0
    step = math.pi / bank.orientations
    turned = torch.stack([angle - k * step for k in range(bank.orientations)])
    away = torch.atan2(turned.sin(), turned.cos())  # back into half a turn each way
    angular = torch.exp(-(away**2) / (2 * (step / bank.spacing) ** 2))
    filters: Tensor = angular[:, None] * radial
    return filters


def responses(maps: Tensor, filters: Tensor) -> Tensor:
    """The complex responses of real maps N × H × W to filters … × H × W: N × … × H × W."""
    spectrum = torch.fft.fft2(maps)
    # Complex transforms of whole pictures: in PyTorch on a CPU four times as fast as real ones of half a spectrum.
    answers: Tensor = torch.fft.ifft2(
        spectrum.reshape(len(maps), *(1,) * (filters.dim() - 2), *maps.shape[-2:]) * filters
    )
    return answers

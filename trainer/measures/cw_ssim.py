r"""Complex-wavelet structural similarity (Sampat, Wang, Gupta, Bovik & Markey, IEEE TIP 2009).

On the 0-255 scale, the coarsest of the four levels of a complex steerable pyramid with eight orientations (Portilla &
Simoncelli, IJCV 2000) gives coefficients x and y. Over windows of 7 × 7 of them,

.. math:: \frac{2\,|\sum x\,\bar y| + K}{\sum |x|^2 + \sum |y|^2 + K},

and the score is the mean over orientations of the map weighted by a Gaussian, σ a quarter of the band's height, as in
the authors' code, where that also stands for wide pictures. Phases that turn alike count as equal: the measure forgives
small shifts, and sees neither brightness nor fine detail. As an objective it needs a network that has both already.

The authors' K is nought. Ours is small beside any detail and large beside rounding, so that flat regions are alike.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.windows import box

_LEVELS, _ORIENTATIONS = 4, 8
_WINDOW = 7
_K = 1e-5  # squared grey levels, per coefficient
_EPS = 1e-12  # its square is inside the root, whose gradient at zero is infinite
_SIZES = 4  # of pictures for which filters, weights and waves are kept


def cw_ssim(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The similarity of each picture to its reference, in [0, 1]; 1 where both are equal."""
    x, y = channels("cw_ssim", restored, reference, form)
    x = _coefficients(x)
    with torch.no_grad():
        y = _coefficients(y)
    real, imaginary = x.real * y.real + x.imag * y.imag, x.imag * y.real - x.real * y.imag
    energy = x.real**2 + x.imag**2 + y.real**2 + y.imag**2
    height, width = energy.shape[-2:]
    places = range(height - _WINDOW + 1), range(width - _WINDOW + 1)
    real, imaginary, energy = box(torch.stack((real, imaginary, energy)), _WINDOW, *places).unbind()
    agreement = (real**2 + imaginary**2 + _EPS**2).sqrt() - _EPS  # never more than half the energy
    similarity = (2 * agreement + _K) / (energy + _K)
    return (similarity * _weights(height, width, energy.dtype, energy.device)).sum((-2, -1)).mean((1, 2))


def _coefficients(pictures: Tensor) -> Tensor:
    """The coarsest bands of N × C × H × W pictures in [0, 1]: complex, N × C × 8 × H/8 × W/8."""
    # Only so small a block of the spectrum is needed that two matrix products are cheaper than a Fourier transform.
    height, width = pictures.shape[-2:]
    rows, columns = (_waves(side, pictures.dtype, pictures.device) for side in (height, width))
    products = rows @ (pictures @ columns.T)
    (cos_cos, cos_sin), (sin_cos, sin_sin) = (half.chunk(2, -1) for half in products.chunk(2, -2))
    spectrum = torch.complex(cos_cos - sin_sin, -cos_sin - sin_cos)
    filters = _filters(height, width, pictures.dtype, pictures.device)
    coefficients: Tensor = torch.fft.ifft2(spectrum.unsqueeze(-3) * filters, norm="forward")
    return coefficients


def _frequencies(side: int) -> Tensor:
    """The band's frequencies in the order of ``torch.fft``, in periods per side."""
    for _ in range(_LEVELS - 1):
        side = math.ceil(side / 2)
    frequencies: Tensor = torch.fft.fftfreq(side, 1 / side, dtype=torch.float64)
    return frequencies


@lru_cache(2 * _SIZES)  # one for each side
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _waves(side: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Cosines and then sines of the band's frequencies, as rows of a matrix."""
    angle = _frequencies(side).unsqueeze(1) * torch.arange(side, dtype=torch.float64) * (2 * math.pi / side)
    return torch.cat((angle.cos(), angle.sin())).to(device, dtype)


@lru_cache(_SIZES)
@torch.inference_mode(False)
def _filters(height: int, width: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The frequency responses, 8 × H/8 × W/8, to bands on the 0-255 scale."""
    y, x = torch.meshgrid(2 * _frequencies(height) / height, 2 * _frequencies(width) / width, indexing="ij")
    octave = torch.hypot(x, y).clamp(min=2.0**-16).log2() + _LEVELS  # 0: the border between this level and the next
    rising, falling = torch.cos(math.pi / 2 * octave.clamp(-1, 0)), torch.cos(math.pi / 2 * octave.clamp(0, 1))
    order = _ORIENTATIONS - 1
    turned = torch.atan2(y, x) - (torch.arange(_ORIENTATIONS) * math.pi / _ORIENTATIONS).view(-1, 1, 1)
    scale = 2**order * math.factorial(order) / math.sqrt(_ORIENTATIONS * math.factorial(2 * order))
    oriented = 2 * scale * torch.cos(turned).clamp(min=0).pow(order)
    filters: Tensor = 255 * rising * falling * oriented / (height * width)
    return filters.to(device, dtype)


@lru_cache(_SIZES)
@torch.inference_mode(False)
def _weights(height: int, width: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The weights of the windows of a band of that size, which sum to 1."""
    along = [torch.arange(side - _WINDOW + 1, dtype=torch.float64) - (side - _WINDOW) / 2 for side in (height, width)]
    rows, columns = (torch.exp(-(distance**2) / (2 * (height / 4) ** 2)) for distance in along)
    weights = torch.outer(rows, columns)
    return (weights / weights.sum()).to(device, dtype)

r"""Errors: how far apart two pictures are, pixel by pixel.

With the difference :math:`d` between the restored picture and its reference, on the [0, 1] scale,

.. math:: \text{MAE} = \overline{|d|}, \quad \text{MSE} = \overline{d^2}, \quad
          \text{PSNR} = -10 \log_{10} \overline{d^2}, \quad
          \text{Charbonnier} = \overline{\sqrt{d^2 + \epsilon^2}}, \quad \epsilon = 10^{-3}

(Charbonnier, Blanc-Féraud, Aubert & Barlaud, ICIP 1994; ε is that of video restoration), and the perceptual-fidelity
aware mean squared error (Xue, Mou, Zhang & Feng, ICCV 2013)

.. math:: \text{PAMSE} = \overline{(G_{\sigma} * 255 d)^2},

whose Gaussian :math:`G` has σ = 0.8 px and 7 × 7 taps and is taken only where it fits wholly. Means are taken over
pixels and channels together, PSNR's before the logarithm.
"""

from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.windows import gaussian

_CHARBONNIER = 1e-3
_PAMSE_TAPS, _PAMSE_SIGMA = 7, 0.8
_SMALLEST_MSE = 1e-10  # 100 dB: the logarithm of the zero error of equal pictures is not a number to learn from


def mae(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The mean absolute error of each picture: the objective of every first stage; 0 where both are equal."""
    x, y = channels("mae", restored, reference, form)
    return (x - y).abs().mean((1, 2, 3))


def mse(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The mean squared error of each picture; 0 where both are equal."""
    x, y = channels("mse", restored, reference, form)
    return (x - y).square().mean((1, 2, 3))


def psnr(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The peak signal-to-noise ratio of each picture in dB; 100, the most there is, where both are equal."""
    x, y = channels("psnr", restored, reference, form)
    return -10 * (x - y).square().mean((1, 2, 3)).clamp(min=_SMALLEST_MSE).log10()


def charbonnier(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The Charbonnier distance of each picture; ε = 0.001 where both are equal."""
    x, y = channels("charbonnier", restored, reference, form)
    return ((x - y).square() + _CHARBONNIER**2).sqrt().mean((1, 2, 3))


def pamse(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The mean squared error of each picture after slight blur, on the 0-255 scale; 0 where both are equal."""
    x, y = channels("pamse", restored, reference, form)
    return gaussian(255 * (x - y), _PAMSE_TAPS, _PAMSE_SIGMA).square().mean((1, 2, 3))

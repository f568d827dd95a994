r"""Sparse feature fidelity (Chang, Yang, Gan & Wang, IEEE TIP 2013), with features of ours.

Pictures in colour, on the 0-255 scale, fall into patches of 8 × 8 pixels; the last row and column of patches are left
out, as in the authors' code. Each patch has a mean, and responses :math:`A` (reference) and :math:`B` (restored) of
eight learned features to what is left without it. Half of the patches, those that differ most, are looked at:

.. math:: F = \overline{\frac{2AB + 0.08}{A^2 + B^2 + 0.08}}, \qquad
          L = \frac{\sum \Delta_x \Delta_y + 0.001}{\sqrt{\sum \Delta_x^2 \sum \Delta_y^2} + 0.001}, \qquad
          \text{SFF} = 0.8\,L + 0.2\,F.

:math:`F` is the mean over the patches whose mean absolute difference is at least the median and in which the
reference's features are strong (:math:`\sum A^2 \ge 0.4` of the mean over those patches), :math:`L` the correlation of
patch means, over those that differ at least as much as the median. Which patches are looked at has no gradient.

The authors' features are not part of Beholder; ``sff_features.py`` learns ours by their recipe. Values differ from
theirs in the second decimal, and there is one form: colour is always compared.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.measures.channels import Form, channels

FEATURES = Path(__file__).with_name("sff_features.csv")

_SIDE = 8
_C_FEATURES, _C_MEANS = 0.08, 0.001
_STRONG = 0.4
_WEIGHT_OF_MEANS = 0.8
_TIE = 1e-4  # grey levels: equal differences of 8-bit pictures differ by rounding, and stand or fall together
_EPS = 1e-12  # inside the root: flat pictures have no deviation from the mean


def sff(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The fidelity of each picture, in [-1, 1]; 1 where both are equal. ``form`` changes nothing."""
    x, y = channels("sff", restored, reference, "rgb")
    details_x, means_x = _patches(x)
    details_y, means_y = _patches(y)
    differing = _upper_half((details_x - details_y).abs().mean(2))
    fidelity = _of_features(details_x, details_y, differing)
    correlation = _of_means(means_x, means_y, _upper_half((means_x - means_y).abs()))
    return _WEIGHT_OF_MEANS * correlation + (1 - _WEIGHT_OF_MEANS) * fidelity


def _patches(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """What each patch holds without its mean, N × patches × 192, and the means, N × patches."""
    count, colours, height, width = pictures.shape
    down, across = height // _SIDE - 1, width // _SIDE - 1
    whole = 255 * pictures[..., : down * _SIDE, : across * _SIDE]
    blocks = whole.reshape(count, colours, down, _SIDE, across, _SIDE).permute(0, 2, 4, 1, 3, 5)
    patches = blocks.reshape(count, down * across, colours * _SIDE * _SIDE)
    means = patches.mean(2)
    return patches - means[..., None], means


def _upper_half(differences: Tensor) -> Tensor:
    """Which of each picture's differences are at least the median."""
    differences = differences.detach()
    return differences >= differences.quantile(0.5, dim=1, keepdim=True) - _TIE


def _of_features(x: Tensor, y: Tensor, differing: Tensor) -> Tensor:
    features = _features(x.dtype, x.device)
    response_x, response_y = x @ features, y @ features
    strength = response_y.square().sum(2)
    mean = (strength * differing).sum(1, keepdim=True) / differing.sum(1, keepdim=True)
    kept = (differing & (strength >= _STRONG * mean)).to(x.dtype)
    alike = (2 * response_x * response_y + _C_FEATURES) / (response_x**2 + response_y**2 + _C_FEATURES)
    return (alike.mean(2) * kept).sum(1) / kept.sum(1)


def _of_means(x: Tensor, y: Tensor, differing: Tensor) -> Tensor:
    weights = differing.to(x.dtype)
    weights = weights / weights.sum(1, keepdim=True)
    deviation_x = differing * (x - (x * weights).sum(1, keepdim=True))
    deviation_y = differing * (y - (y * weights).sum(1, keepdim=True))
    root = (deviation_x.square().sum(1) * deviation_y.square().sum(1) + _EPS).sqrt()
    return ((deviation_x * deviation_y).sum(1) + _C_MEANS) / (root + _C_MEANS)


@cache
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _features(dtype: torch.dtype, device: torch.device) -> Tensor:
    """The learned features, one to a column, 192 × 8."""
    return torch.from_numpy(np.loadtxt(FEATURES, delimiter=",")).T.to(device, dtype)

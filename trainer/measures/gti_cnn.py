r"""GTI-CNN (Ma, Duanmu & Wang, ICASSP 2018): a distance between what two pictures become in a small network.

The network is four times a convolution, a subsampling by two and a half-wave rectification. It throws away where things
are, which is what makes it blind to small shifts and turns, and what lets very different pictures be at distance 0: as
an objective it leaves much open.

Nobody has published weights, so only those that you trained can be used: a file ``gti_cnn.pth`` of tensors by the names
``stage1.weight`` and ``stage1.bias`` to ``stage4.bias``. The paper leaves kernels and widths to the figure that we do
not have, so they are those of the tensors in the file; a first stage of one channel sees luma. The rest is our reading:
convolutions keep the size, the largest of 2 × 2 is kept, and the distance is

.. math:: \sqrt{\overline{(f(x) - f(y))^2} + \varepsilon} - \sqrt{\varepsilon}.
"""

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from app.catalog.weights import WEIGHTS
from trainer import weights
from trainer.measures.channels import Form, channels, luma

_STAGES = 4
_FLOOR = 1e-8  # ε: where both pictures become the same, the distance has a gradient

Stage = tuple[Tensor, Tensor]
"""A convolution: its kernels, out × in × k × k with k odd, and its biases."""


def gti_cnn(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The distance of each picture from its reference, ≥ 0 and 0 where both are equal; ``form`` changes nothing.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WeightsUnfit
        There is no file of yours, or it does not hold four stages that fit each other.
    """
    x, y = channels("gti_cnn", restored, reference, "rgb")
    precision = torch.promote_types(x.dtype, torch.float32)
    of_file = stages(x.device, precision)
    with torch.no_grad():
        of_y = _features(y.to(precision), of_file)
    difference = (_features(x.to(precision), of_file) - of_y).square().mean((1, 2, 3))
    return (difference + _FLOOR).sqrt() - math.sqrt(_FLOOR)


def _features(pictures: Tensor, of_file: tuple[Stage, ...]) -> Tensor:
    kept = luma(pictures) if of_file[0][0].shape[1] == 1 else pictures
    for kernels, biases in of_file:
        kept = functional.conv2d(kept, kernels, biases, padding=kernels.shape[-1] // 2)
        kept = functional.relu(functional.max_pool2d(kept, 2))
    return kept


@cache
@torch.inference_mode(False)  # read once and used again under autograd, whoever asked first
def stages(device: torch.device, dtype: torch.dtype) -> tuple[Stage, ...]:
    """The four convolutions in your file; raises as ``gti_cnn`` does."""
    (file,) = WEIGHTS["gti_cnn"]
    found = weights.load(file)
    names = [(f"stage{at}.weight", f"stage{at}.bias") for at in range(1, _STAGES + 1)]
    before: tuple[int, ...] = (1, 3)
    read = []
    for of_kernels, of_biases in names:
        kernels, biases = found.get(of_kernels, torch.empty(0)), found.get(of_biases, torch.empty(0))
        after, *inside = kernels.shape if kernels.dim() == 4 else (0, 0, 0, 0)
        if inside[0] not in before or biases.shape != (after,) or inside[1] != inside[2] or inside[1] % 2 == 0:
            raise weights.WeightsUnfit(weights.path_of(file), f"no {of_kernels} and {of_biases} that fit")
        read.append((kernels.to(device, dtype), biases.to(device, dtype)))
        before = (after,)
    return tuple(read)

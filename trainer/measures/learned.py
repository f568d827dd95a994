r"""Measures learned from people's judgements: LPIPS, DISTS, PieAPP and DeepIQA, on the networks that pyiqa builds.

The networks come from ``pyiqa_networks``; what is compared of their features is computed here. All four look at colour
pictures and have no other form: ``form`` changes nothing. They compute in single precision or better. No gradient flows
to the reference, so its features cost one pass forward and keep nothing.

Pictures outside [0, 1] are taken as they are.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from trainer.measures.channels import Form, channels
from trainer.measures.pyiqa_networks import network

_UNIT_FLOOR = 1e-12  # under the root of a squared length: where a feature is nought everywhere, it has a gradient
_DISTS_FLOOR = 1e-6  # c1 and c2 of the paper
_PIEAPP_SIDE, _PIEAPP_STEP = 64, 27
_DEEPIQA_SIDE = 32
_PIECE = 256  # patches at a time where no gradient is asked for: a large picture has thousands
_WEIGHT_FLOOR = 1e-6

Features = Sequence[Tensor]


def lpips(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    r"""The distance of each picture from its reference, ≥ 0 and 0 where both are equal.

    .. math:: \sum_l \frac{1}{H_l W_l} \sum_{h,w} w_l \cdot (\hat{x}_l - \hat{y}_l)^2,

    with :math:`\hat{x}_l` the features of VGG-16 before each of its poolings, divided by their length at each place
    (Zhang, Isola, Efros, Shechtman & Wang, CVPR 2018; version 0.1).
    """
    x, y, of = _prepared("lpips", restored, reference)
    layers = [of.lin0, of.lin1, of.lin2, of.lin3, of.lin4]

    def features(pictures: Tensor) -> Features:
        return [_unit(layer) for layer in of.net(of.scaling_layer(2 * pictures - 1))]

    pairs = zip(layers, *_of_both(features, x, y), strict=True)
    return torch.stack([linear((a - b).square()).mean((1, 2, 3)) for linear, a, b in pairs]).sum(0)


def dists(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    r"""The distance of each picture from its reference, ≥ 0 and 0 where both are equal.

    .. math:: 1 - \sum_{i,j} \left(\alpha_{ij}\frac{2\mu_x\mu_y + c}{\mu_x^2 + \mu_y^2 + c} +
              \beta_{ij}\frac{2\sigma_{xy} + c}{\sigma_x^2 + \sigma_y^2 + c}\right)

    over the channels j of the picture and of five stages of VGG-16 with smooth poolings (Ding, Ma, Wang & Simoncelli,
    IEEE TPAMI 2022). The covariance is taken about the means, so that equal pictures are at a distance of exactly 0.
    As in the authors' network, not in their script, large pictures are not made smaller first.
    """
    x, y, of = _prepared("dists", restored, reference)
    total = of.alpha.sum() + of.beta.sum()
    importance = zip(of.alpha.split(of.chns, 1), of.beta.split(of.chns, 1), strict=True)
    score = x.new_zeros(len(x))
    for (alpha, beta), a, b in zip(importance, *_of_both(of.forward_once, x, y), strict=True):
        mean_a, mean_b = a.mean((2, 3), keepdim=True), b.mean((2, 3), keepdim=True)
        off_a, off_b = a - mean_a, b - mean_b
        spread = (off_a.square() + off_b.square()).mean((2, 3), keepdim=True) + _DISTS_FLOOR
        texture = (mean_a - mean_b).square() / (mean_a.square() + mean_b.square() + _DISTS_FLOOR)
        structure = (off_a - off_b).square().mean((2, 3), keepdim=True) / spread
        score = score + (alpha * texture + beta * structure).sum((1, 2, 3)) / total
    return score


def pieapp(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The error that people would see in each picture; lower is better, in no fixed range.

    Patches of 64 × 64 pixels, 27 apart, each with an error and a weight from the difference of its features (Prashnani,
    Cai, Mostofi & Sen, CVPR 2018, with the sparser of their two samplings). What the grid of patches leaves over at the
    right and at the bottom is not looked at: sides of 64 + 27k are covered wholly.
    """
    x, y, of = _prepared("pieapp", restored, reference)

    def judged(patches: Tensor, originals: Tensor) -> Tensor:
        (fine, coarse), (fine_of, coarse_of) = _of_both(of.compute_features, patches, originals)
        error = of.fc2_score(functional.relu(of.fc1_score(fine_of - fine)))
        weight = of.fc2_weight(functional.relu(of.fc1_weight(coarse_of - coarse))) + _WEIGHT_FLOOR
        return torch.cat((of.ref_score_subtract(0.01 * error), weight), 1)

    return _pooled(judged, *(_patches(of.preprocess(pictures), _PIEAPP_SIDE, _PIEAPP_STEP) for pictures in (x, y)))


def deepiqa(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The quality of each picture; with pyiqa's weights, trained on KADID-10k, higher is better, in no fixed range.

    Patches of 32 × 32 pixels side by side, as many as fit, each with a quality and a weight ≥ 0 from its features, its
    reference's and their difference (WaDIQaM-FR; Bosse, Maniry, Müller, Wiegand & Samek, IEEE TIP 2018). pyiqa leaves
    out the last row and column of patches where they fit exactly, we do not. The authors' own weights, trained on
    other data, are lower for better pictures.
    """
    x, y, of = _prepared("deepiqa", restored, reference)

    def judged(patches: Tensor, originals: Tensor) -> Tensor:
        (a,), (b,) = _of_both(lambda part: [of.features(part).flatten(1)], patches, originals)
        both = torch.cat((b, a, a - b), 1)
        return torch.cat((of.fc_q(both), of.fc_w(both) + _WEIGHT_FLOOR), 1)

    return _pooled(judged, *(_patches(pictures, _DEEPIQA_SIDE, _DEEPIQA_SIDE) for pictures in (x, y)))


def _prepared(name: str, restored: Tensor, reference: Tensor) -> tuple[Tensor, Tensor, Any]:
    """Both batches as the network takes them, and the network itself on their device and in their precision."""
    x, y = channels(name, restored, reference, "rgb")
    precision = torch.promote_types(x.dtype, torch.float32)
    return x.to(precision), y.detach().to(precision), network(name, x.device, precision)


def _of_both(features: Callable[[Tensor], Features], x: Tensor, y: Tensor) -> tuple[Features, Features]:
    """The features of both batches; of the second without a graph."""
    if torch.is_grad_enabled() and x.requires_grad:
        with torch.no_grad():
            of_y = features(y)
        return features(x), of_y
    both = features(torch.cat((x, y)))  # one pass through the network is quicker than two of half the size
    return [layer[: len(x)] for layer in both], [layer[len(x) :] for layer in both]


def _unit(features: Tensor) -> Tensor:
    return features * (features.square().sum(1, keepdim=True) + _UNIT_FLOOR).rsqrt()


def _patches(pictures: Tensor, side: int, step: int) -> Tensor:
    """The patches of each picture, N × P × 3 × side × side."""
    grid = pictures.unfold(2, side, step).unfold(3, side, step)  # N × 3 × rows × columns × side × side
    return grid.flatten(2, 3).transpose(1, 2)


def _pooled(judged: Callable[[Tensor, Tensor], Tensor], patches: Tensor, originals: Tensor) -> Tensor:
    """The mean of the patches' judgements by their weights; ``judged`` gives both of each patch, M × 2."""
    shape = patches.shape[:2]
    x, y = patches.flatten(0, 1), originals.flatten(0, 1)
    at_once = len(x) if torch.is_grad_enabled() and x.requires_grad else _PIECE
    pieces = zip(torch.split(x, at_once), torch.split(y, at_once), strict=True)
    judgement, weight = torch.cat([judged(a, b) for a, b in pieces]).view(*shape, 2).unbind(-1)
    total = weight.sum(1)
    # PieAPP's weights may be negative, and cancel: where they do, the mean is large and still a number.
    total = torch.where(total.abs() < _WEIGHT_FLOOR, total.sign().add(0.5).sign() * _WEIGHT_FLOOR, total)
    return (judgement * weight).sum(1) / total

"""The networks of learned measures, as pyiqa builds them, with weights of ours to find: frozen, and built once.

pyiqa's licence (PolyForm-Noncommercial) allows no commercial use, so it is imported here alone, and only when a learned
measure is asked for. What it would download while it builds a network, by paths of its own and without a word on where
to put a file by hand, is built empty; ``trainer.weights`` fills it.
"""

import contextlib
import importlib
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from app.catalog import measure
from app.catalog.weights import WEIGHTS, WeightFile
from app.errors import BadInput
from trainer import weights
from trainer.torchvision_ready import make_torchvision_importable

OF_PYIQA = {"lpips": "LPIPS", "dists": "DISTS", "pieapp": "PieAPP", "deepiqa": "WaDIQaM"}
"""The measures whose networks pyiqa builds, and what it calls them."""


class PyiqaMissing(BadInput):
    """A learned measure was asked for where pyiqa is not installed."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{measure(name).name} needs pyiqa, which cannot be imported ({why})",
            "run `pip install '.[learned]'` and `pip install --no-deps pyiqa==0.1.16` in Beholder's checkout; its "
            "licence, PolyForm-Noncommercial, allows no commercial use",
        )


@cache
@torch.inference_mode(False)  # built once and used again under autograd, whoever asked first
def network(name: str, device: torch.device, dtype: torch.dtype) -> Any:
    """The network of ``lpips``, ``dists``, ``pieapp`` or ``deepiqa``, frozen, with its trained weights.

    Raises
    ------
    PyiqaMissing
        pyiqa, or something that it imports, is not installed.
    WeightsMissing, WeightsDamaged, WeightsUnfit
        The weights are not here and cannot be fetched, or are not what they should be.
    """
    build = _class(name)
    built: nn.Module = _BUILDERS[name](build)
    return built.eval().requires_grad_(False).to(device, dtype)


def _class(name: str) -> Callable[..., nn.Module]:
    make_torchvision_importable()
    known = OF_PYIQA[name]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries behind it, and not ours to mend
            found: Callable[..., nn.Module] = getattr(
                importlib.import_module(f"pyiqa.archs.{known.lower()}_arch"), known
            )
    except ImportError as error:
        raise PyiqaMissing(name, str(error)) from None
    return found


def _lpips(build: Callable[..., nn.Module]) -> nn.Module:
    vgg, linear = WEIGHTS["lpips"]
    with _empty_vgg16():
        built = build(net="vgg", pretrained=False, pnet_rand=True)
    # The five linear layers are parts of the network twice over, by name and in a list.
    _fill(built, linear, weights.load(linear), lambda own: own.startswith("lin") and not own.startswith("lins."))
    _fill_trunk(built, vgg)
    return built


def _dists(build: Callable[..., nn.Module]) -> nn.Module:
    vgg, importance = WEIGHTS["dists"]
    with _empty_vgg16():
        built = build(pretrained=False)
    _fill(built, importance, weights.load(importance), lambda own: own in ("alpha", "beta"))
    _fill_trunk(built, vgg)
    return built


def _whole(name: str) -> Callable[[Callable[..., nn.Module]], nn.Module]:
    """How a network is built whose weights are all in one file."""

    def filled(build: Callable[..., nn.Module]) -> nn.Module:
        (file,) = WEIGHTS[name]
        with torch.device("meta"):  # its random weights would only be made to be overwritten
            built = build(pretrained=False)
        _fill(built, file, weights.load(file), lambda own: True)
        return built

    return filled


_BUILDERS = {"lpips": _lpips, "dists": _dists, "pieapp": _whole("pieapp"), "deepiqa": _whole("deepiqa")}


def _fill(built: nn.Module, file: WeightFile, found: dict[str, Tensor], wanted: Callable[[str], bool]) -> None:
    """Puts the tensors in their places; every wanted place must be filled, with a tensor of its shape."""
    own = {name: value for name, value in built.state_dict().items() if wanted(name)}
    wrong = [name for name, place in own.items() if name not in found or found[name].shape != place.shape]
    if wrong:
        raise weights.WeightsUnfit(weights.path_of(file), f"no {wrong[0]} of shape {tuple(own[wrong[0]].shape)}")
    built.load_state_dict({name: found[name].contiguous() for name in own}, strict=False, assign=True)


def _fill_trunk(built: nn.Module, vgg: WeightFile) -> None:
    """VGG-16's convolutions, which pyiqa cuts into stages but leaves under their old numbers."""
    found = weights.load(vgg)
    numbered = {name: f"features.{'.'.join(name.split('.')[-2:])}" for name in built.state_dict() if _is_trunk(name)}
    _fill(built, vgg, {name: found[old] for name, old in numbered.items() if old in found}, numbered.__contains__)


def _is_trunk(name: str) -> bool:
    return ("slice" in name or "stage" in name) and name.endswith((".weight", ".bias"))


@contextlib.contextmanager
def _empty_vgg16() -> Iterator[None]:
    """Inside, torchvision's VGG-16 is made without weights, whatever is asked for, and takes no memory."""
    models = importlib.import_module("torchvision.models")
    whole = models.vgg16

    def empty(**_: object) -> nn.Module:
        with torch.device("meta"):
            bare: nn.Module = whole(weights=None)
        return bare

    models.vgg16 = empty  # type: ignore[attr-defined]
    try:
        yield
    finally:
        models.vgg16 = whole  # type: ignore[attr-defined]

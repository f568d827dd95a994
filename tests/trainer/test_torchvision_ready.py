"""torchvision is importable beside whichever PyTorch is installed."""

import importlib
from collections.abc import Callable
from importlib.util import find_spec

import pytest
import torch

from trainer.torchvision_ready import make_torchvision_importable

pytestmark = pytest.mark.skipif(find_spec("torchvision") is None, reason="torchvision is not installed")

_afresh: Callable[[], torch.library.Library | None] = make_torchvision_importable.__wrapped__


def test_networks_of_torchvision_run_whichever_pytorch_is_beside_it() -> None:
    make_torchvision_importable()
    assert make_torchvision_importable() is make_torchvision_importable()  # nothing is declared twice
    models = importlib.import_module("torchvision.models")
    assert models.squeezenet1_1(weights=None, num_classes=2)(torch.rand(1, 3, 32, 32)).shape == (1, 2)


def test_where_the_binary_loads_nothing_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(torch.ops, "load_library", loaded.append)
    assert _afresh() is None
    assert len(loaded) == 1


def test_without_torchvision_nothing_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.torchvision_ready.find_spec", lambda name: None)
    assert _afresh() is None

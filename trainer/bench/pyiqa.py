"""pyiqa as it is shipped, to be timed and compared with: it is installed only where somebody wants it."""

import warnings
from collections.abc import Callable
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from trainer.torchvision_ready import make_torchvision_importable

Loss = Callable[[Tensor, Tensor], Tensor]  # restored and reference in, the mean score of the batch out


def installed() -> bool:
    """Whether pyiqa can be imported."""
    return find_spec("pyiqa") is not None


def measure(name: str, device: torch.device) -> Loss | None:
    """pyiqa's measure of that name as a loss, which alone has a gradient there; None where it has none of that name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports, which are not ours to mend
        make_torchvision_importable()
        pyiqa: Any = import_module("pyiqa")
        if name not in pyiqa.list_models():
            return None
        made: Loss = pyiqa.create_metric(name, as_loss=True, device=device)
        return made


def version() -> str:
    """Which pyiqa is installed."""
    return metadata.version("pyiqa")

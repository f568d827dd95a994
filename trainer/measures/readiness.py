"""Whether measures can be computed here: asked before work begins, as learned ones are loaded at their first use."""

from collections.abc import Callable, Iterable
from importlib.util import find_spec

import torch

from app.catalog.weights import WEIGHTS
from trainer import weights
from trainer.measures.gti_cnn import stages
from trainer.measures.pyiqa_networks import OF_PYIQA, network


def require(measures: Iterable[str], device: torch.device, stopped: Callable[[], None] = lambda: None) -> None:
    """Every one of these measures can be computed on the device: what it needs is fetched, checked and loaded.

    ``stopped`` is called now and then, and ends a download by raising something.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WeightsUnfit, PyiqaMissing
        The message says what to do.
    """
    learned = [name for name in measures if name in WEIGHTS]
    weights.require(learned, stopped)
    for name in learned:
        if name in OF_PYIQA:
            network(name, device, torch.float32)
        else:
            stages(device, torch.float32)


def why_not(name: str) -> str:
    """Why a measure cannot be computed here as things are, without fetching anything; empty where it can."""
    if weights.shelf().missing([name]):
        return "its weights are not here"
    if name in OF_PYIQA and find_spec("pyiqa") is None:
        return "pyiqa is not installed"
    return ""

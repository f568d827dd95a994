"""Whether measures can be computed here: asked before a training begins, because they are loaded at their first use."""

from collections.abc import Callable, Iterable

import torch

from app.catalog.weights import WEIGHTS
from trainer import weights
from trainer.measures.gti_cnn import stages
from trainer.measures.pyiqa_networks import network


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
        if name == "gti_cnn":
            stages(device, torch.float32)
        else:
            network(name, device, torch.float32)

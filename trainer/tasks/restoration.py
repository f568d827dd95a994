"""The shape that every task has."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Restoration:
    """How a clean picture is degraded, which network restores it, and how its input is shown to a person."""

    degrade: Callable[[Tensor, torch.Generator], Tensor]
    network: Callable[[int, int], nn.Module]  # channels, blocks
    shown: Callable[[Tensor], Tensor]  # the degraded input at the size of the clean picture

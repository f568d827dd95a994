"""The shape that every task has."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Degrade = Callable[[Tensor, torch.Generator], Tensor]
"""From clean pictures, N × 3 × H × W in [0, 1], to what the network is given; all chance is the generator's."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """How a clean picture is degraded, and how its degraded input is shown to a person."""

    degrade: Degrade
    shown: Callable[[Tensor], Tensor]  # the degraded input at the size of the clean picture
    banked: Callable[[int, torch.Generator], Degrade] | None = None  # the same from so many things drawn beforehand

    def prepared(self, kernels: int, generator: torch.Generator) -> Degrade:
        """``degrade`` for many batches: what is slow to draw comes from a bank that ``generator`` fills now."""
        return self.banked(kernels, generator) if self.banked else self.degrade

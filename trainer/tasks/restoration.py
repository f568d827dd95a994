"""The shape that every task has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

Degrade = Callable[[Tensor, torch.Generator], Tensor]
"""From clean pictures, N × 3 × H × W in [0, 1], to what the network is given; all chance is the generator's."""


@dataclass(frozen=True, slots=True)
class Made:
    """A picture, 1 × 3 × H × W, what is to be known of how it was made, and the files that it can be made from."""

    picture: Tensor
    origin: Mapping[str, str | int | float] = field(default_factory=dict)
    kept: Mapping[str, bytes] = field(default_factory=dict)  # by what the file's name ends with


@dataclass(frozen=True, slots=True)
class Degraded:
    """What is made of one clean picture: what the network is given, and what a person is shown as the input."""

    given: Tensor
    shown: Made


def _restored(network: nn.Module, given: Tensor) -> Made:
    return Made(network(given))


@dataclass(frozen=True, slots=True)
class Restoration:
    """How clean pictures are degraded, for learning and for being judged, and how they are restored then."""

    degrade: Degrade
    stage: Callable[[Tensor, torch.Generator], Degraded]  # of a batch of one, on a CPU and the same on any
    restore: Callable[[nn.Module, Tensor], Made] = _restored
    banked: Callable[[int, torch.Generator], Degrade] | None = None  # the same from so many things drawn beforehand

    def prepared(self, kernels: int, generator: torch.Generator) -> Degrade:
        """``degrade`` for many batches: what is slow to draw comes from a bank that ``generator`` fills now."""
        return self.banked(kernels, generator) if self.banked else self.degrade

"""Blind deblurring: motion blur along a random trajectory, a different one for each picture."""

import torch
from torch import Tensor

from trainer.degrade import blurred
from trainer.kernels import motion_kernels
from trainer.tasks.restoration import Degrade, Restoration


def moved(clean: Tensor, generator: torch.Generator) -> Tensor:
    """The pictures, each under a kernel of its own, drawn for it."""
    return blurred(clean, motion_kernels(len(clean), generator).to(clean))


def _bank(kernels: int, generator: torch.Generator) -> Degrade:
    bank = motion_kernels(kernels, generator)

    def degrade(clean: Tensor, generator: torch.Generator) -> Tensor:
        drawn = torch.randint(kernels, (len(clean),), generator=generator, device=generator.device)
        return blurred(clean, bank[drawn])

    return degrade


DEBLUR = Restoration(degrade=moved, shown=lambda blurred: blurred, banked=_bank)

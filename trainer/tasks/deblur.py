"""Blind deblurring: motion blur along a random trajectory, a different one for each picture."""

import hashlib
import io

import numpy as np
import torch
from torch import Tensor

from trainer.chance import on_grid
from trainer.degrade import blurred
from trainer.kernels import motion_kernels
from trainer.tasks.restoration import Degrade, Degraded, Made, Restoration


def _degrade(clean: Tensor, generator: torch.Generator) -> Tensor:
    return blurred(clean, motion_kernels(len(clean), generator))


def _bank(kernels: int, generator: torch.Generator) -> Degrade:
    bank = motion_kernels(kernels, generator)

    def degrade(clean: Tensor, generator: torch.Generator) -> Tensor:
        drawn = torch.randint(kernels, (len(clean),), generator=generator, device=generator.device)
        return blurred(clean, bank[drawn])

    return degrade


def _stage(clean: Tensor, generator: torch.Generator) -> Degraded:
    kernel = on_grid(motion_kernels(1, generator, torch.float64), bits=24)
    given = on_grid(blurred(clean.double(), kernel.double()))
    buffer = io.BytesIO()
    np.save(buffer, kernel[0].numpy())
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    return Degraded(given, Made(given, {"kernel": digest}, {"kernel.npy": buffer.getvalue()}))


DEBLUR = Restoration(degrade=_degrade, stage=_stage, banked=_bank)

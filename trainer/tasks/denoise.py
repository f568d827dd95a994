"""Denoising: white Gaussian noise of σ = 50."""

import torch
from torch import Tensor

from trainer.chance import on_grid
from trainer.degrade import noisy
from trainer.tasks.restoration import Degraded, Made, Restoration


def _stage(clean: Tensor, generator: torch.Generator) -> Degraded:
    given = on_grid(noisy(clean.double(), generator))
    return Degraded(given, Made(given))


DENOISE = Restoration(degrade=noisy, stage=_stage)

"""Super-resolution by four: bicubic reduction with antialiasing."""

import torch
from torch import Tensor

from trainer.chance import on_grid
from trainer.degrade import enlarged, reduced
from trainer.tasks.restoration import Degraded, Made, Restoration


def _stage(clean: Tensor, _: torch.Generator) -> Degraded:
    given = on_grid(reduced(clean.double()))
    return Degraded(given, Made(on_grid(enlarged(given.double()))))  # people compare pictures of equal size


SUPERRES = Restoration(degrade=lambda clean, _: reduced(clean), stage=_stage)

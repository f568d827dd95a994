"""Super-resolution by four: bicubic reduction with antialiasing."""

import torch
from torch import Tensor

from trainer.degrade import enlarged, reduced
from trainer.tasks.restoration import Degraded, Made, Restoration


def _stage(clean: Tensor, _: torch.Generator) -> Degraded:
    given = reduced(clean)
    return Degraded(given, Made(enlarged(given)))  # people compare pictures of equal size


SUPERRES = Restoration(degrade=lambda clean, _: reduced(clean), stage=_stage)

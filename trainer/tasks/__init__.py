"""What each task of ``app.catalog`` means in code; a test compares both lists."""

import torch

from app.jobs.contract import Recipe
from trainer.tasks.compress import COMPRESS
from trainer.tasks.deblur import DEBLUR
from trainer.tasks.denoise import DENOISE
from trainer.tasks.restoration import Degrade, Degraded, Made, Restoration
from trainer.tasks.superres import SUPERRES

TASKS: dict[str, Restoration] = {"denoise": DENOISE, "deblur": DEBLUR, "superres": SUPERRES, "compress": COMPRESS}

__all__ = ["TASKS", "Degrade", "Degraded", "Made", "Restoration", "degradation_of"]

# Added to the seed: a bank of kernels from the very numbers that choose the crops would not be chance. No recipe's seed
# is as large, and the CPU's generator looks at no more than the lowest 32 bits.
_BANK = 2**31


def degradation_of(recipe: Recipe, device: torch.device) -> Degrade:
    """How a training degrades its crops; the bank of blur kernels is made now, the same whenever it goes on."""
    return TASKS[recipe.task].prepared(recipe.kernels, torch.Generator(device).manual_seed(recipe.seed + _BANK))

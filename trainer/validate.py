"""How good a network is, on crops that are always the same."""

import torch
from torch import Tensor, nn

from app.jobs.contract import Recipe
from trainer.data import Crops, Photograph
from trainer.tasks import TASKS

_CROPS = 16
_SEED = 20_210_121  # never that of a training: its crops and noise are drawn from the recipe's seed


@torch.no_grad()
def psnr(network: nn.Module, recipe: Recipe, photographs: list[Photograph], device: torch.device) -> float:
    """The mean peak signal-to-noise ratio, in dB, over sixteen crops of the training photographs.

    The crops and their degradation are the same for every training on the same photographs with patches of the same
    size. They are parts of what was trained on: the number tells whether a training worked, not how well it generalizes
    to other photographs.
    """
    task, generator = TASKS[recipe.task], torch.Generator(device).manual_seed(_SEED)
    crops = Crops(photographs, recipe.patch, 1, generator)
    ratios = []
    for _ in range(_CROPS):
        clean = next(crops)
        restored = network(task.degrade(clean, generator)).clamp(0, 1)
        ratios.append(peak_signal_to_noise(restored, clean))
    return torch.cat(ratios).mean().item()


def peak_signal_to_noise(restored: Tensor, clean: Tensor) -> Tensor:
    """The ratio of each picture in dB, at most 100."""
    return -10 * (restored - clean).square().mean((1, 2, 3)).clamp(min=1e-10).log10()

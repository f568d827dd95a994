"""How good a network is, on crops that are always the same."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from app.catalog import task as known_task
from trainer.data import Photograph
from trainer.pixels import picture_of
from trainer.tasks import TASKS

_CROPS = 16
_SIDE = 128  # pixels, or less where a photograph has less
# A recipe may have this seed too, but hardly has: then the noise that a network is judged under is some that it learned
# from, on crops that are parts of what it learned from anyhow.
_SEED = 20_210_121


@torch.no_grad()
def psnr(network: nn.Module, task: str, photographs: list[Photograph], device: torch.device) -> float:
    """The peak signal-to-noise ratio, in dB (at most 100), of the mean squared error over sixteen crops.

    Places, sizes and degradations follow from the photographs and the task alone, and are drawn on the CPU: whatever
    the recipe, the stage and the device, the numbers of two trainings on the same photographs compare. The crops are
    parts of what was trained on: the number tells whether a training worked, not how well it generalizes to other
    photographs.
    """
    errors = []
    degrade = TASKS[task].prepared(_CROPS, torch.Generator().manual_seed(_SEED))
    for number, clean in enumerate(fixed_crops(photographs, known_task(task).multiple)):
        degraded = degrade(clean, chance_of(number))
        restored = network(degraded.to(device)).clamp(0, 1)
        errors.append((restored.cpu() - clean).square().mean())
    return peak_signal_to_noise(torch.stack(errors).mean()).item()


def peak_signal_to_noise(error: Tensor) -> Tensor:
    """The ratio in dB that belongs to a mean squared error of values in [0, 1]; at most 100."""
    return -10 * error.clamp(min=1e-10).log10()


def chance_of(number: int) -> torch.Generator:
    """What a fixed crop is degraded by, on the CPU: the same in every training."""
    return torch.Generator().manual_seed(_SEED + number)


def fixed_crops(photographs: list[Photograph], multiple: int) -> Iterator[Tensor]:
    """Sixteen squares of one size, each 1 × 3 × side × side in [0, 1]."""
    shortest = min(min(photograph.pixels.shape[:2]) for photograph in photographs)
    side = min(_SIDE, shortest) // multiple * multiple
    generator = torch.Generator().manual_seed(_SEED)
    for _ in range(_CROPS):
        pixels = photographs[_below(len(photographs), generator)].pixels
        top, left = (_below(length - side + 1, generator) for length in pixels.shape[:2])
        yield picture_of(pixels[top : top + side, left : left + side])


def _below(limit: int, generator: torch.Generator) -> int:
    return int(torch.randint(limit, (), generator=generator))

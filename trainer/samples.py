"""What a training restores so far: a few crops that are always the same, at steps spread over its course."""

from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from app.catalog import task as known_task
from trainer.data import Photograph
from trainer.files import write_whole
from trainer.render import png
from trainer.tasks import TASKS
from trainer.validate import chance_of, fixed_crops

FOLDER = "samples"
_CROPS = 3
_EARLY, _PARTS = (64, 32, 16), 8  # a network changes fastest at first: shown at these parts, then after every eighth


class Sampler:
    """Writes crops into the run folder as the network restores them.

    Everything is drawn from generators of its own, never from the training's: whether somebody looks changes nothing.
    """

    def __init__(
        self, task: str, photographs: list[Photograph], total_steps: int, folder: Path, device: torch.device
    ) -> None:
        self._task, self._photographs, self._device = task, photographs, device
        self._folder, self._steps = folder / FOLDER, shown_steps(total_steps)
        self._given: list[Tensor] = []

    def due(self, step: int) -> bool:
        """Whether the network is to be shown after that step."""
        return step in self._steps

    @torch.no_grad()
    def write(self, step: int, network: nn.Module) -> None:
        """The crops after that step, ``<step>-<number>.png``; their inputs and references are there before them."""
        if not self._given:
            self._begin()
        for number, given in enumerate(self._given):
            write_whole(self._folder / f"{step}-{number}.png", png(network(given)))

    def _begin(self) -> None:
        crops = islice(fixed_crops(self._photographs, known_task(self._task).multiple), _CROPS)
        for number, clean in enumerate(crops):
            degraded = TASKS[self._task].stage(clean, chance_of(number))
            write_whole(self._folder / f"degraded-{number}.png", png(degraded.shown.picture))
            write_whole(self._folder / f"reference-{number}.png", png(clean))
            self._given.append(degraded.given.to(self._device))


def shown_steps(total: int) -> frozenset[int]:
    """After which of ``total`` steps a training shows what it restores; always after the last."""
    early = {total // part for part in _EARLY}
    return frozenset(early | {total * part // _PARTS for part in range(1, _PARTS + 1)}) - {0}

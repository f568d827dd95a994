"""The plain training loop that ours is compared with: what the common restoration toolkits do, written by ourselves.

- photographs lie decoded in the computer's memory; workers of a ``DataLoader`` cut, turn and convert crops there, one
  picture at a time (six of them beside a GPU, none where there is only a CPU to do everything);
- noise is added there too; small pictures for super-resolution were made beforehand and are cut like the large ones;
- the network computes eagerly, in the usual memory order (NCHW), in single precision with TF32 allowed on a GPU;
- Adam goes through the layers one by one in Python (``foreach=False``), and so does the average of the weights;
- the loss is asked for at every step, to be logged, which waits for the device.
"""

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from app.jobs.contract import Recipe
from trainer.data import Photograph
from trainer.degrade import FACTOR, SIGMA, reduced
from trainer.state import network_of

_WORKERS = 6
_EMA = 0.999


class ReferenceLoop:
    """The loop, a step at a time; ``loss`` is what it would log."""

    def __init__(self, recipe: Recipe, photographs: list[Photograph], device: torch.device) -> None:
        self.loss = float("nan")
        self._device = device
        self._network = network_of(recipe).to(device)
        self._average = copy.deepcopy(self._network).requires_grad_(False)
        self._optimizer = torch.optim.Adam(self._network.parameters(), lr=recipe.learning_rate, foreach=False)
        self._distance = nn.L1Loss()
        self._batches = _batches(_Pairs(recipe, photographs), recipe.batch, device)

    def step(self) -> None:
        """One more batch, with what such loops do around it."""
        allowed = torch.backends.cudnn.allow_tf32
        torch.backends.cudnn.allow_tf32 = True  # PyTorch's default, which these loops leave as it is
        try:
            self._step()
        finally:
            torch.backends.cudnn.allow_tf32 = allowed

    def _step(self) -> None:
        degraded, clean = (tensor.to(self._device, non_blocking=True) for tensor in next(self._batches))
        self._optimizer.zero_grad()
        loss = self._distance(self._network(degraded), clean)
        loss.backward()
        self._optimizer.step()
        with torch.no_grad():
            for mean, weights in zip(self._average.parameters(), self._network.parameters(), strict=True):
                mean.mul_(_EMA).add_(weights, alpha=1 - _EMA)
        self.loss = loss.item()


class _Pairs(Dataset[tuple[Tensor, Tensor]]):
    """A degraded and a clean crop of each photograph, another pair every time one is asked for."""

    def __init__(self, recipe: Recipe, photographs: list[Photograph]) -> None:
        self._small = recipe.task == "superres"
        self._patch = recipe.patch
        self._clean = [photograph.pixels.permute(2, 0, 1) for photograph in photographs]
        self._reduced = [_reduced(pixels) for pixels in self._clean] if self._small else []

    def __len__(self) -> int:
        return len(self._clean) * 10_000  # enlarged, as such data sets are, so that no epoch ends

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        which = index % len(self._clean)
        photograph, step = self._clean[which], FACTOR if self._small else 1
        top, left = (int(torch.randint((side - self._patch) // step + 1, ())) * step for side in photograph.shape[1:])
        clean = _cut(photograph, top, left, self._patch)
        if self._small:
            degraded = _cut(self._reduced[which], top // step, left // step, self._patch // step)
        else:
            degraded = clean + SIGMA * torch.randn(clean.shape)
        flips = [dimension for dimension in (1, 2) if torch.rand(()) < 0.5]
        turns = int(torch.randint(2, ()))
        clean, degraded = (torch.rot90(picture.flip(flips), turns, (1, 2)) for picture in (clean, degraded))
        return degraded.contiguous(), clean.contiguous()


def _batches(pairs: _Pairs, batch: int, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
    on_gpu = device.type == "cuda"
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(
        pairs, batch, shuffle=True, drop_last=True, pin_memory=on_gpu, num_workers=_WORKERS if on_gpu else 0
    )
    return iter(loader)


def _reduced(pixels: Tensor) -> Tensor:
    height, width = (side // FACTOR * FACTOR for side in pixels.shape[1:])
    small = reduced(pixels[None, :, :height, :width].float() / 255)[0]
    return (small.clamp(0, 1) * 255).round().byte()


def _cut(pixels: Tensor, top: int, left: int, side: int) -> Tensor:
    return pixels[:, top : top + side, left : left + side].float() / 255

"""Crops of photographs, in endless batches; where the photographs fit, everything is done on the device."""

import hashlib
from collections.abc import Iterator

import torch
from torch import Tensor

from app.errors import BadInput
from app.jobs.contract import Recipe
from trainer.data import Photograph


class SmallerThanPatch(BadInput):
    """Not even one patch can be cut from the photograph."""

    def __init__(self, name: str, width: int, height: int, patch: int) -> None:
        super().__init__(
            f"{name} is {width}×{height} px, too small for a patch of {patch} px",
            f"take it out, or set 'patch' in the recipe to {min(width, height)} or less",
        )


class Crops(Iterator[Tensor]):
    """Endless batches of random crops, N × 3 × patch × patch in [0, 1], on the device that holds the photographs.

    Every crop takes a photograph, a place in it and one of the eight symmetries of the square, all equally likely; of
    so many ``candidates`` for each crop, the one with the most detail is taken. Where they are to ``recolour``, each
    has its three colours in any order.
    """

    def __init__(
        self,
        photographs: list[Photograph],
        patch: int,
        batch: int,
        generator: torch.Generator,
        candidates: int = 1,
        recolour: bool = False,
    ) -> None:
        for photograph in photographs:
            height, width, _ = photograph.pixels.shape
            if min(height, width) < patch:
                raise SmallerThanPatch(photograph.name, width, height, patch)
        self.patch, self.batch, self.generator = patch, batch, generator
        self.candidates, self.recolour = candidates, recolour
        device = generator.device
        sizes = torch.tensor([photograph.pixels.shape[:2] for photograph in photographs])
        self._heights, self._widths = sizes.to(device).unbind(1)
        areas = sizes.prod(1)
        self._starts = (areas.cumsum(0) - areas).to(device)
        # All photographs as one long list of pixels: a batch is then a single look-up, without loop or copy.
        self._pixels = torch.cat([photograph.pixels.reshape(-1, 3) for photograph in photographs]).to(device)

    def __next__(self) -> Tensor:
        return as_pictures(self.pixels())

    def pixels(self) -> Tensor:
        """The next batch as it lies in memory: N × patch × patch × 3, eight bits."""
        pixels = self._drawn(self.batch * self.candidates)
        if self.candidates > 1:
            best = _detail(pixels).view(self.batch, self.candidates).argmax(1)
            pixels = pixels[best + torch.arange(0, len(pixels), self.candidates, device=pixels.device)]
        if self.recolour:
            order = torch.rand(self.batch, 3, generator=self.generator, device=pixels.device).argsort(1)
            pixels = pixels.gather(3, order[:, None, None].expand_as(pixels))
        return pixels

    def _drawn(self, count: int) -> Tensor:
        which = torch.randint(len(self._starts), (count,), generator=self.generator, device=self.generator.device)
        top = self._below(self._heights[which] - self.patch + 1)
        left = self._below(self._widths[which] - self.patch + 1)
        row, column = self._symmetric(count)
        first = self._starts[which] + top * self._widths[which] + left
        places = first.view(-1, 1, 1) + row * self._widths[which].view(-1, 1, 1) + column
        pixels: Tensor = self._pixels[places]
        return pixels

    def _below(self, limits: Tensor) -> Tensor:
        """A random whole number in [0, limit) for each limit."""
        uniform = torch.rand(len(limits), dtype=torch.float64, generator=self.generator, device=self.generator.device)
        return (uniform * limits).long()

    def _symmetric(self, count: int) -> tuple[Tensor, Tensor]:
        """The row and column that each crop's pixels come from: N × patch × patch, flipped and turned at random."""
        device = self.generator.device
        flip_rows, flip_columns, transpose = torch.randint(
            2, (3, count, 1, 1), generator=self.generator, device=device
        ).bool()
        line = torch.arange(self.patch, device=device)
        rows, columns = torch.meshgrid(line, line, indexing="ij")
        rows, columns = torch.where(transpose, columns, rows), torch.where(transpose, rows, columns)
        last = self.patch - 1
        return torch.where(flip_rows, last - rows, rows), torch.where(flip_columns, last - columns, columns)


class ShippedCrops(Iterator[Tensor]):
    """The same from photographs that stay in the computer's memory: batches are cut there and sent, one ahead.

    The device draws no random numbers for it: a step's crops follow from seed and step, so that there is nothing to
    save and nothing to wait for.
    """

    def __init__(
        self,
        photographs: list[Photograph],
        patch: int,
        batch: int,
        candidates: int = 1,
        recolour: bool = False,
        *,
        seed: int,
        step: int,
        device: torch.device,
    ) -> None:
        self._crops = Crops(photographs, patch, batch, torch.Generator(), candidates, recolour)
        self._seed, self._step, self._device = seed, step, device
        self._next = self._sent()

    def __next__(self) -> Tensor:
        ready, self._next = self._next, self._sent()  # cut and sent while the device works on the one before
        return as_pictures(ready)

    def _sent(self) -> Tensor:
        mixed = hashlib.sha256(f"{self._seed}\n{self._step}".encode()).digest()
        self._crops.generator.manual_seed(int.from_bytes(mixed[:4]))  # the CPU's generator takes no more than that
        self._step += 1
        pixels = self._crops.pixels()
        if self._device.type == "cuda":
            pixels = pixels.pin_memory()  # what is not pinned is sent only when the device has nothing else to do
        return pixels.to(self._device, non_blocking=True)


def crops_of(
    photographs: list[Photograph], recipe: Recipe, generator: torch.Generator, *, first_step: int, room: int
) -> Iterator[Tensor]:
    """The batches of a training from its step ``first_step`` on; ``room`` is how many bytes the device has for them.

    Raises
    ------
    SmallerThanPatch
        A photograph has a side shorter than the recipe's patch.
    """
    if sum(photograph.pixels.numel() for photograph in photographs) <= room:
        return Crops(photographs, recipe.patch, recipe.batch, generator, recipe.candidates, recipe.recolour)
    return ShippedCrops(
        photographs, recipe.patch, recipe.batch, recipe.candidates, recipe.recolour,
        seed=recipe.seed, step=first_step, device=generator.device,
    )  # fmt: skip


def _detail(pixels: Tensor) -> Tensor:
    """How much neighbouring pixels differ in each crop N × H × W × 3; in whole numbers, so that all devices agree."""
    levels = pixels.to(torch.int16)
    across, down = (levels.diff(dim=side).abs().sum((1, 2, 3)) for side in (2, 1))
    return across + down


def as_pictures(pixels: Tensor) -> Tensor:
    """Eight-bit pixels N × H × W × 3 as pictures N × 3 × H × W in [0, 1]."""
    # Pixels lie together by colour, which is what channels_last means: the permuted view costs nothing.
    return pixels.permute(0, 3, 1, 2).float() / 255

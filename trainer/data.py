"""Photographs in memory, and crops of them: all randomness of a training comes from one seeded generator."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from app.errors import BadInput, NotFound
from app.jobs.contract import PhotographRef
from app.media import Media

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")

_EIGHT_BITS = {"RGB", "RGBA", "RGBX", "L", "LA", "P", "1", "CMYK", "YCbCr"}


class NoPhotographs(NotFound):
    """The folder holds no photograph."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds no photograph", f"put pictures with one of the endings {', '.join(SUFFIXES)} there"
        )


class NotAPhotograph(BadInput):
    """The file cannot be read as a picture of eight bits per channel."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} cannot be used as a photograph: {reason}.", "replace it by a PNG or JPEG, or take it out"
        )


class SmallerThanPatch(BadInput):
    """Not even one patch can be cut from the photograph."""

    def __init__(self, name: str, width: int, height: int, patch: int) -> None:
        super().__init__(
            f"{name} is {width}×{height} px, too small for a patch of {patch} px",
            f"take it out, or set 'patch' in the recipe to {min(width, height)} or less",
        )


@dataclass(frozen=True, slots=True)
class Photograph:
    """One decoded photograph: H × W × 3, eight bits."""

    name: str
    pixels: Tensor


def from_media(media: Media, photographs: Iterable[PhotographRef]) -> list[Photograph]:
    """The photographs as they lie in the store."""
    return [Photograph(ref.name, decode(ref.name, media.get(ref.digest))) for ref in photographs]


def files_in(folder: Path) -> list[Path]:
    """The pictures in the folder, by name; raises ``NoPhotographs``."""
    files = sorted(
        path
        for path in folder.glob("*")
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )
    if not files:
        raise NoPhotographs(folder)
    return files


def from_folder(folder: Path) -> list[Photograph]:
    """The photographs in the folder, by name."""
    return [Photograph(path.name, decode(str(path), bytes_of(path))) for path in files_in(folder)]


def bytes_of(path: Path) -> bytes:
    """The content of a photograph's file; raises ``NotAPhotograph``."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotAPhotograph(str(path), f"it cannot be read ({error.strerror})") from error


def decode(name: str, data: bytes) -> Tensor:
    """A picture file as H × W × 3, eight bits, upright as its camera meant it."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.mode not in _EIGHT_BITS:
                raise NotAPhotograph(name, f"its pixels are of mode {picture.mode}, not eight bits per channel")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            return torch.from_numpy(np.array(upright))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotAPhotograph(name, str(error) or type(error).__name__) from error


class Crops(Iterator[Tensor]):
    """Endless batches of random crops, N × 3 × patch × patch in [0, 1], on the device that holds the photographs.

    Every crop takes a photograph, a place in it and one of the eight symmetries of the square, all equally likely.
    """

    def __init__(self, photographs: list[Photograph], patch: int, batch: int, generator: torch.Generator) -> None:
        for photograph in photographs:
            height, width, _ = photograph.pixels.shape
            if min(height, width) < patch:
                raise SmallerThanPatch(photograph.name, width, height, patch)
        self.patch, self.batch, self.generator = patch, batch, generator
        device = generator.device
        sizes = torch.tensor([photograph.pixels.shape[:2] for photograph in photographs])
        self._heights, self._widths = sizes.to(device).unbind(1)
        areas = sizes.prod(1)
        self._starts = (areas.cumsum(0) - areas).to(device)
        # All photographs as one long list of pixels: a batch is then a single look-up, without loop or copy.
        self._pixels = torch.cat([photograph.pixels.reshape(-1, 3) for photograph in photographs]).to(device)

    def __next__(self) -> Tensor:
        which = torch.randint(len(self._starts), (self.batch,), generator=self.generator, device=self.generator.device)
        top = self._below(self._heights[which] - self.patch + 1)
        left = self._below(self._widths[which] - self.patch + 1)
        row, column = self._symmetric()
        first = self._starts[which] + top * self._widths[which] + left
        places = first.view(-1, 1, 1) + row * self._widths[which].view(-1, 1, 1) + column
        # Pixels lie together by colour, which is what channels_last means: the permuted view costs nothing.
        return self._pixels[places].permute(0, 3, 1, 2).float() / 255

    def _below(self, limits: Tensor) -> Tensor:
        """A random whole number in [0, limit) for each limit."""
        uniform = torch.rand(len(limits), dtype=torch.float64, generator=self.generator, device=self.generator.device)
        return (uniform * limits).long()

    def _symmetric(self) -> tuple[Tensor, Tensor]:
        """The row and column that each crop's pixels come from: N × patch × patch, flipped and turned at random."""
        device = self.generator.device
        flip_rows, flip_columns, transpose = torch.randint(
            2, (3, self.batch, 1, 1), generator=self.generator, device=device
        ).bool()
        line = torch.arange(self.patch, device=device)
        rows, columns = torch.meshgrid(line, line, indexing="ij")
        rows, columns = torch.where(transpose, columns, rows), torch.where(transpose, rows, columns)
        last = self.patch - 1
        return torch.where(flip_rows, last - rows, rows), torch.where(flip_columns, last - columns, columns)

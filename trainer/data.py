"""Photographs, read as they are meant and decoded into memory."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from app.catalog.picture_files import SUFFIXES, is_picture
from app.errors import BadInput, NotFound
from app.jobs.contract import PhotographRef
from app.jobs.eight_bits import FORMATS, UNREADABLE, flaw, upright
from app.media import Media


class NoPhotographs(NotFound):
    """The folder holds no photograph."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds no photograph", f"put pictures with one of the endings {', '.join(SUFFIXES)} there"
        )


class NotAPhotograph(BadInput):
    """The file cannot be read as a picture of eight bits per channel."""

    def __init__(self, name: str, reason: str, cure: str = "replace it by a PNG or JPEG") -> None:
        super().__init__(f"{name} cannot be used as a photograph: {reason}.", f"{cure}, or take it out")


@dataclass(frozen=True, slots=True)
class Photograph:
    """One decoded photograph: H × W × 3, eight bits."""

    name: str
    pixels: Tensor


def digest_of_pixels(pixels: Tensor) -> str:
    """The identity of a photograph's pixels, H × W × 3, whatever file they came in: sha256 of size and content."""
    height, width, _ = pixels.shape
    return hashlib.sha256(f"{width}x{height}\n".encode() + pixels.contiguous().numpy().tobytes()).hexdigest()


def from_media(media: Media, photographs: Iterable[PhotographRef]) -> list[Photograph]:
    """The photographs as they lie in the store."""
    return [Photograph(ref.name, decode(ref.name, media.get(ref.digest))) for ref in photographs]


def files_in(folder: Path) -> list[Path]:
    """The pictures in the folder, by name; raises ``NoPhotographs``."""
    files = pictures_in(folder)
    if not files:
        raise NoPhotographs(folder)
    return files


def pictures_in(folder: Path) -> list[Path]:
    """The picture files directly in the folder, by name; hidden ones are left alone."""
    return sorted(
        path for path in folder.glob("*") if is_picture(path) and not path.name.startswith(".") and path.is_file()
    )


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
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if found := flaw(picture):
                raise NotAPhotograph(name, f"it {found.what}", found.cure)
            return torch.from_numpy(np.array(upright(picture)))
    except UnidentifiedImageError:
        raise NotAPhotograph(name, "it is not a picture that can be read") from None
    except (Image.DecompressionBombError, *UNREADABLE) as error:
        raise NotAPhotograph(name, str(error) or type(error).__name__) from error

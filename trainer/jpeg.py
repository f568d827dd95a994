"""JPEG at a given rate: what compression is compared with."""

import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from trainer.pixels import eight_bits, picture_of

_QUALITIES = range(1, 96)  # above 95 files grow and pictures hardly change, says the library


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A picture as a JPEG file."""

    data: bytes
    quality: int
    bits_per_pixel: float  # of the whole file, its headers included
    fits: bool  # whether that is as little as was asked

    @property
    def picture(self) -> Tensor:
        """What the file shows: 1 × 3 × H × W in [0, 1]."""
        with Image.open(io.BytesIO(self.data)) as opened:
            return picture_of(torch.from_numpy(np.array(opened.convert("RGB"))))


def at_rate(picture: Tensor, bits_per_pixel: float) -> Jpeg:
    """The picture, 1 × 3 × H × W in [0, 1], as the JPEG of the highest quality whose file has at most so many bits.

    Found by bisection, since files grow with their quality. Where even quality 1 is too large, as for small pictures,
    whose headers alone may be, it is quality 1 all the same, and ``fits`` is false.
    """
    image = Image.fromarray(eight_bits(picture).numpy())
    pixels = image.width * image.height
    files = dict[int, bytes]()

    def fits(quality: int) -> bool:
        buffer = io.BytesIO()
        # Colour at half the resolution and Huffman tables of the picture's own: the smallest that plain JPEG does.
        image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0", optimize=True)
        files[quality] = buffer.getvalue()
        return len(files[quality]) * 8 <= bits_per_pixel * pixels

    low, high = _QUALITIES[0], _QUALITIES[-1]
    smallest_fits = fits(low)
    while smallest_fits and low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return Jpeg(files[low], low, len(files[low]) * 8 / pixels, smallest_fits)

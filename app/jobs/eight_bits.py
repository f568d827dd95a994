"""What a picture file must be before its pixels are taken: eight bits per channel, and nothing to see through.

Pillow cuts colour of sixteen bits to eight without a word, and drops what an alpha channel says: numbers would be told
of another picture than the file holds.
"""

import re
import struct
from typing import NamedTuple

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "PPM")
"""What Pillow may take a file for; others are never tried, whatever its name: some start programs of their own."""

UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)
"""What Pillow raises over files that are damaged, here or there, down to the orientation that a camera noted."""

_MODES = ("1", "L", "P", "RGB", "CMYK", "YCbCr", "LA", "PA", "RGBA", "RGBX")
_SIXTEEN = re.compile(r";16[BLN]")  # in what Pillow calls the layout of pixels that it is about to read


class Flaw(NamedTuple):
    """What is wrong with a file, said of it, and what to do."""

    what: str
    cure: str


def flaw(opened: Image.Image) -> Flaw | None:
    """What is wrong with a file that was opened and not read yet; None for a good one.

    Reads the pixels of a file that might have transparent parts; raises what Pillow does where that fails.
    """
    if opened.mode not in _MODES:
        return Flaw(f"has not 8 bits per channel (its mode is {opened.mode})", "save it with 8 bits")
    if _deep(opened):
        return Flaw("has not 8 bits per channel (it has more)", "save it with 8 bits")
    if opened.has_transparency_data and opened.convert("RGBA").getchannel("A").getextrema() != (255, 255):
        return Flaw("has transparent parts", "flatten it onto a background")
    return None


def upright(opened: Image.Image) -> Image.Image:
    """The picture in a file without a flaw, RGB, turned as its camera meant it."""
    turned = ImageOps.exif_transpose(opened)
    # A palette that is opaque colour by colour is not turned into RGB without a warning.
    return (turned.convert("RGBA") if turned.has_transparency_data else turned).convert("RGB")


def _deep(opened: Image.Image) -> bool:
    layouts = [tile.args for tile in getattr(opened, "tile", ())]  # files that were opened have it, pictures do not
    if opened.format == "PPM":  # its layout ends with the largest value that the file may hold
        return any(isinstance(layout, tuple) and layout[-1] > 255 for layout in layouts)
    return any(_SIXTEEN.search(str(layout)) for layout in layouts)

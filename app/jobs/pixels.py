"""Turns any photograph into the one form that the store keeps: PNG, 8-bit RGB, upright, without metadata."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import BadInput

SMALLEST_SIDE = 64  # pixels
LARGEST_AREA = 50_000_000  # pixels
_EIGHT_BITS = ("1", "L", "P", "RGB", "CMYK", "YCbCr", "LA", "PA", "RGBA", "RGBX")


class BadPhotograph(BadInput):
    """A file is not a photograph that one could learn from."""  # what was wrong goes on where the file's name ends


@dataclass(frozen=True, slots=True)
class Pixels:
    """A photograph in the store's form."""

    png: bytes
    width: int
    height: int
    pixels: str  # digest of size and pixels, the same for whatever file they came in

    @property
    def digest(self) -> str:
        """The name under which the store keeps it."""
        return hashlib.sha256(self.png).hexdigest()


def read(content: Path | bytes) -> Pixels:
    """The photograph in a file or in its bytes; raises ``BadPhotograph``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content) if isinstance(content, bytes) else content) as image:
                _check_size(image)
                upright = ImageOps.exif_transpose(image)
                rgb = _rgb(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadPhotograph(f"has more than {LARGEST_AREA // 1_000_000} megapixels", "reduce it") from None
    except UnidentifiedImageError:
        raise BadPhotograph("is not a picture that can be read", "use PNG, JPEG, TIFF or WebP") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadPhotograph(f"cannot be read ({error})", "save it again or leave it out") from None
    buffer, content = io.BytesIO(), rgb.tobytes()
    Image.frombytes("RGB", rgb.size, content).save(buffer, "PNG")  # a fresh image carries nothing along
    return Pixels(buffer.getvalue(), *rgb.size, pixel_digest(*rgb.size, content))


def pixel_digest(width: int, height: int, rgb: bytes) -> str:
    """The identity of a picture whatever file it comes in: sha256 of its size and of its pixels row by row, RGB."""
    return hashlib.sha256(f"{width}x{height}\n".encode() + rgb).hexdigest()


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > LARGEST_AREA:
        raise BadPhotograph(f"has {width}×{height} px, more than {LARGEST_AREA // 1_000_000} megapixels", "reduce it")
    if min(width, height) < SMALLEST_SIDE:
        raise BadPhotograph(
            f"has {width}×{height} px; each side needs at least {SMALLEST_SIDE} px", "take a larger one or leave it out"
        )


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode not in _EIGHT_BITS:
        raise BadPhotograph(f"has not 8 bits per channel (its mode is {image.mode})", "save it with 8 bits")
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema() != (255, 255):
        raise BadPhotograph("has transparent parts", "flatten it onto a background")
    return image.convert("RGB")

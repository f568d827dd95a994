"""Turns any photograph into the one form that the store keeps: PNG, 8-bit RGB, upright, without metadata."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from app.errors import BadInput
from app.jobs.eight_bits import FORMATS, UNREADABLE, flaw, upright

SMALLEST_SIDE = 64  # pixels
LARGEST_AREA = 50_000_000  # pixels
LARGEST_FILE = 256 << 20  # bytes
THUMBNAIL = 160  # pixels, of the longer side
_LIKE = 16  # the likeness has the square of that in bits


class BadPhotograph(BadInput):
    """A file is not a photograph that one could learn from."""  # what was wrong goes on where the file's name ends


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small copy, for lists."""

    png: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The name under which the store keeps it."""
        return hashlib.sha256(self.png).hexdigest()

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.png)


@dataclass(frozen=True, slots=True)
class Pixels:
    """A photograph in the store's form."""

    png: bytes
    width: int
    height: int
    pixels: str  # digest of size and pixels, the same for whatever file they came in
    encoded: str  # how the file was, as ``JPEG``
    likeness: str  # 256 bits in hexadecimal digits; those of pictures that look alike differ in few
    thumbnail: "Thumbnail"

    @property
    def digest(self) -> str:
        """The name under which the store keeps it."""
        return hashlib.sha256(self.png).hexdigest()


def read(content: Path | bytes) -> Pixels:
    """The photograph in a file or in its bytes, whatever its name ends with; raises ``BadPhotograph``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(_checked(content), formats=FORMATS) as image:
                _check_size(image)
                encoded = "JPEG" if image.format == "MPO" else str(image.format)  # what telephones take
                if found := flaw(image):
                    raise BadPhotograph(found.what, found.cure)
                rgb = upright(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadPhotograph(f"has more than {LARGEST_AREA // 1_000_000} megapixels", "reduce it") from None
    except UnidentifiedImageError:
        raise BadPhotograph("is not a picture that can be read", "use PNG, JPEG, TIFF or WebP") from None
    except UNREADABLE as error:
        raise BadPhotograph(f"cannot be read ({error})", "save it again or leave it out") from None
    buffer, content = io.BytesIO(), rgb.tobytes()
    fresh = Image.frombytes("RGB", rgb.size, content)  # carries nothing along
    fresh.save(buffer, "PNG")
    digest = pixel_digest(*rgb.size, content)
    return Pixels(buffer.getvalue(), *rgb.size, digest, encoded, _likeness(fresh), _thumbnail(fresh))


def pixel_digest(width: int, height: int, rgb: bytes) -> str:
    """The identity of a picture whatever file it comes in: sha256 of its size and of its pixels row by row, RGB."""
    return hashlib.sha256(f"{width}x{height}\n".encode() + rgb).hexdigest()


def _checked(content: Path | bytes) -> Path | io.BytesIO:
    """What Pillow opens: a file that no photograph is as large as is never begun with."""
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if size > LARGEST_FILE:
        raise BadPhotograph(f"has {size >> 20} MiB; {LARGEST_FILE >> 20} MiB are the most", "reduce it")
    return io.BytesIO(content) if isinstance(content, bytes) else content


def _thumbnail(image: Image.Image) -> Thumbnail:
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return Thumbnail(buffer.getvalue(), *small.size)


def _likeness(image: Image.Image) -> str:
    """Whether each place of a coarse grey grid is brighter than its neighbour to the left."""
    grid = image.convert("L").resize((_LIKE + 1, _LIKE), Image.Resampling.BOX).tobytes()
    rows = [grid[start : start + _LIKE + 1] for start in range(0, len(grid), _LIKE + 1)]
    bits = "".join("1" if row[x + 1] > row[x] else "0" for row in rows for x in range(_LIKE))
    return f"{int(bits, 2):0{_LIKE * _LIKE // 4}x}"


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > LARGEST_AREA:
        raise BadPhotograph(f"has {width}×{height} px, more than {LARGEST_AREA // 1_000_000} megapixels", "reduce it")
    if min(width, height) < SMALLEST_SIDE:
        raise BadPhotograph(
            f"has {width}×{height} px; each side needs at least {SMALLEST_SIDE} px", "take a larger one or leave it out"
        )

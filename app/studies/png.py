"""What a picture file is, and whether its bytes may be shown to a subject exactly as they are."""

import hashlib
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from app.errors import BadInput

MOST_PIXELS = 50_000_000
MOST_BYTES = 256 << 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HARMLESS = {"IHDR", "IDAT", "IEND", "sRGB", "sBIT", "pHYs", "bKGD"}
_REASONS = {
    "tRNS": "alpha (tRNS), and what shines through would depend on the page",
    "iCCP": "a colour profile (iCCP), which browsers apply and so change the pixels",
    "gAMA": "a gamma value (gAMA), which browsers apply and so change the pixels",
    "cHRM": "primaries (cHRM), which browsers apply and so change the pixels",
    "cICP": "a colour space (cICP), which browsers apply and so change the pixels",
    "eXIf": "EXIF data (eXIf), which subjects could read and browsers may obey",
    "tEXt": "text (tEXt), which subjects could read",
    "zTXt": "text (zTXt), which subjects could read",
    "iTXt": "text (iTXt), which subjects could read",
    "acTL": "an animation (acTL)",
}
_REWRITE = (
    "the served bytes are the ingested bytes, so write it again without: Image.open(f).convert('RGB').save(f) in "
    "Pillow after clearing .info, or mogrify -strip in ImageMagick"
)


class BadPicture(BadInput):
    """A file cannot be shown as it is."""  # what was wrong goes on where the file's name ends


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the store and the lint need to know about a picture."""

    digest: str  # sha256 of the file
    pixels: str  # sha256 of the RGB values: two files that look the same share it
    width: int
    height: int
    size: int  # bytes
    grey: bool


def inspect(data: bytes) -> PictureFacts:
    """The facts of a PNG that may be shown as it is; raises ``BadPicture``, which names what is wrong and the fix."""
    if not data.startswith(_SIGNATURE):
        raise BadPicture(f"is not a PNG ({_looks_like(data)})", "save the picture as PNG, 8 bits per channel")
    chunks = dict[str, bytes]()
    for kind, content in _chunks(data):
        chunks.setdefault(kind, content)
    if next(iter(chunks)) != "IHDR" or len(chunks["IHDR"]) != 13:
        raise BadPicture("is a damaged PNG (no header)", "save it again")
    width, height, depth, colour = struct.unpack(">IIBB", chunks["IHDR"][:10])
    _allowed(width, height, depth, colour, chunks)
    pixels = _decoded(data)
    return PictureFacts(hashlib.sha256(data).hexdigest(), pixels, width, height, len(data), grey=colour == 0)


def _chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = len(_SIGNATURE)
    while at < len(data):
        head = data[at : at + 8]
        length = int.from_bytes(head[:4]) if len(head) == 8 else 0
        content, check = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(head) < 8 or len(check) < 4:
            raise BadPicture("is a damaged PNG (it breaks off)", "copy or save it again")
        if zlib.crc32(head[4:] + content) != int.from_bytes(check):
            raise BadPicture("is a damaged PNG (a checksum is wrong)", "copy or save it again")
        at += 12 + length
        kind = head[4:].decode("latin-1")
        yield kind, content
        if kind == "IEND":
            break
    else:
        raise BadPicture("is a damaged PNG (it breaks off)", "copy or save it again")
    if at != len(data):
        raise BadPicture(f"has {len(data) - at} bytes behind its end, which subjects could read", "save it again")


def _allowed(width: int, height: int, depth: int, colour: int, chunks: dict[str, bytes]) -> None:
    if not width or not height or width * height > MOST_PIXELS:
        raise BadPicture(
            f"has {width} × {height} pixels; {MOST_PIXELS // 10**6} megapixels are the most",
            "cut a smaller picture out of it",
        )
    if colour in (4, 6):
        raise BadPicture("has an alpha channel", "flatten it to RGB")
    if colour == 3:
        raise BadPicture("has a palette", "convert it to RGB")
    if colour not in (0, 2):
        raise BadPicture(f"has colour type {colour}, which PNG does not know", "save it again")
    if depth != 8:
        raise BadPicture(f"has {depth} bits per channel, and browsers show 8", "reduce it to 8 yourself")
    for kind in chunks:
        if kind not in _HARMLESS:
            raise BadPicture(f"carries {_REASONS.get(kind, f'a chunk {kind!r} that is no picture data')}", _REWRITE)


def _decoded(data: bytes) -> str:
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data), formats=["PNG"]) as picture:
            warnings.simplefilter("ignore")  # the pixel limit above is stricter than Pillow's warning
            return hashlib.sha256(repr(picture.size).encode() + picture.convert("RGB").tobytes()).hexdigest()
    except (OSError, SyntaxError, ValueError, zlib.error) as error:
        raise BadPicture(f"cannot be decoded ({error})", "copy or save it again") from None


def _looks_like(data: bytes) -> str:
    known = {
        b"\xff\xd8\xff": "a JPEG",
        b"BM": "a BMP",
        b"GIF8": "a GIF",
        b"RIFF": "a WebP",
        b"II*\0": "a TIFF",
        b"<": "text",
    }
    return next(
        (name for start, name in known.items() if data.startswith(start)), "empty" if not data else "unknown data"
    )

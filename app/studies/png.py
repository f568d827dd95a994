"""What a picture file is, and whether its bytes may be shown to a subject exactly as they are."""

import hashlib
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from PIL import Image

from app.studies.chunks import NOTES, SIGNATURE, BadPicture, Chunk, chunks

MOST_PIXELS = 50_000_000
MOST_BYTES = 256 << 20
_HARMLESS = {"IHDR", "IDAT", "IEND", "sRGB", "sBIT", "pHYs", "bKGD"}
_REASONS = {
    "tRNS": "alpha (tRNS), and what shines through would depend on the page",
    "iCCP": "a colour profile (iCCP), which browsers apply and so change the pixels",
    "gAMA": "a gamma value (gAMA), which browsers apply and so change the pixels",
    "cHRM": "primaries (cHRM), which browsers apply and so change the pixels",
    "cICP": "a colour space (cICP), which browsers apply and so change the pixels",
    "acTL": "an animation (acTL)",
}
_LONGEST = {"sRGB": 1, "sBIT": 3, "pHYs": 9, "bKGD": 6, "IEND": 0}  # bytes; what is more could be a name
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_STRIP_PIXELS = 1 << 18
_PIECE = 1 << 16  # bytes that are unpacked at once
_STRIP = (
    "have it taken out with --strip (on the page by its tick, over the API with ?strip=true), which leaves every pixel "
    "alone"
)
_REWRITE = (
    "the served bytes are the ingested bytes, and taking it out alone would change what is seen, so make the picture "
    "look right without it and write it again: Image.open(f).convert('RGB').save(f) in "
    "Pillow after clearing .info, or mogrify -strip in ImageMagick"
)


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
    if not data.startswith(SIGNATURE):
        raise BadPicture(f"is not a PNG ({_looks_like(data)})", "save the picture as PNG, 8 bits per channel")
    parts = list(chunks(data))
    if parts[0].kind != "IHDR" or len(parts[0].content) != 13:
        raise BadPicture("is a damaged PNG (no header)", "save it again")
    width, height, depth, colour, *methods = struct.unpack(">IIBBBBB", parts[0].content)
    _allowed(width, height, depth, colour, parts)
    _well_formed(methods, parts)
    _full(_raw_size(width, height, 1 if colour == 0 else 3, interlaced=methods[2] == 1), parts)
    pixels = _decoded(data)
    return PictureFacts(hashlib.sha256(data).hexdigest(), pixels, width, height, len(data), grey=colour == 0)


def _allowed(width: int, height: int, depth: int, colour: int, parts: list[Chunk]) -> None:
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
    for part in parts:
        if part.kind not in _HARMLESS:
            raise BadPicture(f"carries {_what(part)}", _STRIP if part.is_note else _REWRITE)


def _what(part: Chunk) -> str:
    if part.turns:
        return "EXIF data (eXIf) that turns the picture, which some browsers obey"
    named = f"{NOTES[part.kind]} ({part.kind}), which subjects could read" if part.kind in NOTES else None
    return named or _REASONS.get(part.kind, f"a chunk {part.kind!r} that is no picture data")


def _well_formed(methods: list[int], parts: list[Chunk]) -> None:
    """Nothing, where every decoder reads the same picture out of the file, and nothing else can be read out of it."""
    kinds = [part.kind for part in parts]
    order = [kind for before, kind in pairwise(["", *kinds]) if not before == kind == "IDAT"]
    repeated = next((kind for kind, times in Counter(order).items() if times > 1), None)
    if repeated or "IDAT" not in order:  # of two headers some decoders believe the first, and others the last
        raise BadPicture(f"is a damaged PNG ({f'several {repeated}' if repeated else 'no pixels'})", "save it again")
    if methods[:2] != [0, 0] or methods[2] > 1:
        raise BadPicture("is packed in a way that PNG does not know", "save it again")
    for part in parts:
        if len(part.content) > _LONGEST.get(part.kind, len(part.content)):
            raise BadPicture(
                f"has more in its {part.kind} than belongs there, which subjects could read", "save it again"
            )


def _raw_size(width: int, height: int, channels: int, *, interlaced: bool) -> int:
    """How many bytes the pixels have before they are compressed: one more per row, for each pass that has any."""
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = ((-(-(width - x) // right), -(-(height - y) // down)) for x, y, right, down in passes)
    return sum(rows * (1 + columns * channels) for columns, rows in sizes if columns > 0 and rows > 0)


def _full(expected: int, parts: list[Chunk]) -> None:
    """Nothing, where the compressed pixels are as many as the header says; what is more is not unpacked."""
    unpacker, size = zlib.decompressobj(), 0
    try:
        for piece in _pieces(parts):
            while piece and size <= expected:
                size += len(unpacker.decompress(piece, _PIECE))
                piece = unpacker.unconsumed_tail
            if size > expected or unpacker.unused_data:  # the first is a bomb, or hides something; so does the second
                raise BadPicture("holds more than its pixels, which subjects could read", "save it again")
        size += len(unpacker.flush())  # what a last few bits stand for
    except zlib.error as error:
        raise BadPicture(f"cannot be decoded ({error})", "copy or save it again") from None
    if size != expected or not unpacker.eof:
        raise BadPicture("cannot be decoded (its pixels break off)", "copy or save it again")


def _pieces(parts: list[Chunk]) -> Iterator[bytes]:
    for part in parts:
        for at in range(0, len(part.content) if part.kind == "IDAT" else 0, _PIECE):
            yield bytes(part.content[at : at + _PIECE])


def _decoded(data: bytes) -> str:
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data), formats=["PNG"]) as picture:
            warnings.simplefilter("ignore")  # the pixel limit above is stricter than Pillow's warning
            digest = hashlib.sha256(repr(picture.size).encode())
            for strip in _strips(*picture.size):
                part = picture.crop(strip)
                digest.update((part if part.mode == "RGB" else part.convert("RGB")).tobytes())
            return digest.hexdigest()
    except (OSError, SyntaxError, ValueError, zlib.error) as error:
        raise BadPicture(f"cannot be decoded ({error})", "copy or save it again") from None


def _strips(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes that hold a picture's pixels in their order: a copy of all of them would fill the memory."""
    across = min(width, _STRIP_PIXELS)
    down = _STRIP_PIXELS // across
    for top in range(0, height, down):
        for left in range(0, width, across):
            yield left, top, min(left + across, width), min(top + down, height)


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

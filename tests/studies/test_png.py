"""Which files may be shown to a subject exactly as they are."""

import random
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from app.studies.png import BadPicture, inspect
from tests.studies.pictures import picture, png, with_chunk


def _saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def _noted() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("method", "gmsd")
    return _saved(picture("cat"), pnginfo=notes)


def _bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 400 megapixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return head + png("cat")[33:]


WRONG = {
    "is not a PNG (a JPEG)": _saved(picture("cat"), "JPEG"),
    "is not a PNG (a BMP)": _saved(picture("cat"), "BMP"),
    "is not a PNG (empty)": b"",
    "is not a PNG (text)": b"<svg onload='alert(1)'/>",
    "it breaks off": png("cat")[:-20],
    "a checksum is wrong": png("cat")[:60] + b"\0\0\0" + png("cat")[63:],
    "bytes behind its end": png("cat") + b"PK\x03\x04",
    "16 bits per channel": _saved(Image.fromarray(np.full((8, 8), 40_000, dtype=np.uint16))),
    "1 bits per channel": _saved(picture("cat").convert("1")),
    "a palette": _saved(picture("cat").convert("P")),
    "an alpha channel": _saved(picture("cat").convert("RGBA")),
    "alpha (tRNS)": with_chunk(png("cat"), b"tRNS", b"\0\1\0\1\0\1"),
    "text (tEXt)": _noted(),
    "EXIF data (eXIf)": with_chunk(png("cat"), b"eXIf", b"MM\0*"),
    "a colour profile (iCCP)": with_chunk(png("cat"), b"iCCP", b"p\0\0" + zlib.compress(b"x")),
    "a gamma value (gAMA)": with_chunk(png("cat"), b"gAMA", struct.pack(">I", 100_000)),
    "a chunk 'prIv'": with_chunk(png("cat"), b"prIv", b"gmsd"),
    "50 megapixels are the most": _bomb(),
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_could_be_changed_or_read_on_the_way_is_refused(reason: str) -> None:
    with pytest.raises(BadPicture) as refused:
        inspect(WRONG[reason])
    assert reason in refused.value.message


def test_pixels_that_do_not_decode_are_refused() -> None:
    header, end = png("cat")[:33], png("cat")[-12:]
    content = b"IDAT" + zlib.compress(b"too few pixels")
    data = header + struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content)) + end
    with pytest.raises(BadPicture, match=r"cannot be decoded"):
        inspect(data)


@pytest.mark.parametrize("grey", [False, True])
def test_a_plain_picture_is_taken(grey: bool) -> None:
    facts = inspect(png("cat", (12, 8), grey=grey))
    assert (facts.width, facts.height, facts.grey, facts.size) == (12, 8, grey, len(png("cat", grey=grey)))


def test_the_same_pixels_are_recognized_in_other_bytes() -> None:
    small, large = _saved(picture("cat"), compress_level=9), _saved(picture("cat"), compress_level=0)
    assert inspect(small).digest != inspect(large).digest
    assert inspect(small).pixels == inspect(large).pixels
    assert inspect(small).pixels != inspect(png("dog")).pixels


def test_any_damage_is_refused_or_harmless() -> None:
    whole, rng = png("cat"), random.Random(3)
    pixels = inspect(whole).pixels
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        try:
            assert inspect(bytes(damaged)).pixels == pixels
        except BadPicture as error:
            assert error.message  # noqa: PT017 - the sentence is for a person; there must be one

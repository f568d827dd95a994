"""Which files may be shown to a subject exactly as they are."""

import hashlib
import random
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from app.studies import png as png_room
from app.studies.chunks import BadPicture, without_notes
from app.studies.png import inspect
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


def _header(width: int, height: int, colour: int = 2, interlace: int = 0, packing: int = 0) -> bytes:
    return struct.pack(">IIBBBBB", width, height, 8, colour, packing, 0, interlace)


def _built(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks, each with its checksum."""
    whole = b"\x89PNG\r\n\x1a\n"
    for kind, content in (*chunks, (b"IEND", b"")):
        whole += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return whole


def _raw(width: int, height: int) -> bytes:
    return b"\0" * (height * (1 + 3 * width))


TURNED = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
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
    "several IHDR": _built(
        (b"IHDR", _header(8, 8)), (b"IHDR", _header(30_000, 30_000)), (b"IDAT", zlib.compress(_raw(8, 8)))
    ),
    "several IDAT": _built(
        (b"IHDR", _header(8, 8)), (b"IDAT", zlib.compress(_raw(8, 8))), (b"pHYs", bytes(9)), (b"IDAT", b"gmsd")
    ),
    "no pixels": _built((b"IHDR", _header(8, 8))),
    "its pixels break off": _built((b"IHDR", _header(8, 9)), (b"IDAT", zlib.compress(_raw(8, 8)))),
    "holds more than its pixels": _built((b"IHDR", _header(8, 7)), (b"IDAT", zlib.compress(_raw(8, 8)))),
    "more than its pixels, which subjects could read": _built(
        (b"IHDR", _header(8, 8)), (b"IDAT", zlib.compress(_raw(8, 8)) + b"gmsd")
    ),
    "packed in a way that PNG does not know": _built((b"IHDR", _header(8, 8, packing=1)), (b"IDAT", b"x")),
    "more in its pHYs than belongs there": _built(
        (b"IHDR", _header(8, 8)), (b"pHYs", bytes(9) + b"gmsd"), (b"IDAT", zlib.compress(_raw(8, 8)))
    ),
    "EXIF data (eXIf) that turns the picture": with_chunk(png("cat"), b"eXIf", TURNED),
    "consists of more than 100,000 parts": _built(
        (b"IHDR", _header(8, 8)), *[(b"IDAT", b"")] * 100_001, (b"IDAT", zlib.compress(_raw(8, 8)))
    ),
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
    with pytest.raises(BadPicture, match=r"cannot be decoded \(its pixels break off\)"):
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


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("strip", [1, 5, 24, 60, 1 << 18])  # pixels: parts of rows, whole rows, everything
def test_pixels_are_hashed_strip_by_strip_in_their_order(
    monkeypatch: pytest.MonkeyPatch, grey: bool, strip: int
) -> None:
    monkeypatch.setattr(png_room, "_STRIP_PIXELS", strip)
    data = png("cat", (12, 8), grey=grey)
    whole = Image.open(BytesIO(data)).convert("RGB")
    assert inspect(data).pixels == hashlib.sha256(b"(12, 8)" + whole.tobytes()).hexdigest()


def test_a_large_picture_takes_no_more_memory_than_twice_its_own() -> None:
    code = """
import io, resource, sys
from PIL import Image
from app.studies.png import inspect
data = io.BytesIO()
Image.new("RGB", (5000, 5000)).save(data, "PNG", compress_level=1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
inspect(data.getvalue())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert grown < 60_000  # KiB; what wrote the picture has had room for one already


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


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 5), (8, 8), (13, 9)])
def test_interlaced_pictures_are_counted_pass_by_pass(size: tuple[int, int]) -> None:
    columns = [range(x, size[0], right) for x, _, right, _ in png_room._ADAM7]
    rows = [range(y, size[1], down) for _, y, _, down in png_room._ADAM7]
    raw = sum(len(r) * (1 + 3 * len(c)) for c, r in zip(columns, rows, strict=True) if c)
    whole = _built((b"IHDR", _header(*size, interlace=1)), (b"IDAT", zlib.compress(bytes(raw))))
    assert (
        inspect(whole).pixels
        == inspect(_built((b"IHDR", _header(*size)), (b"IDAT", zlib.compress(_raw(*size))))).pixels
    )
    with pytest.raises(BadPicture, match="holds more"):
        inspect(_built((b"IHDR", _header(*size, interlace=1)), (b"IDAT", zlib.compress(bytes(raw + 1)))))


def test_a_bomb_of_pixels_is_not_unpacked_beyond_what_its_header_says(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked, make = list[int](), zlib.decompressobj

    class Counting:
        def __init__(self) -> None:
            self._inner = make()

        def decompress(self, data: bytes, most: int) -> bytes:
            piece = self._inner.decompress(data, most)
            unpacked.append(len(piece))
            return piece

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

    monkeypatch.setattr(png_room.zlib, "decompressobj", Counting)
    with pytest.raises(BadPicture, match="holds more than its pixels"):
        inspect(_built((b"IHDR", _header(8, 8)), (b"IDAT", zlib.compress(bytes(100 << 20)))))
    assert sum(unpacked) <= 1 << 17


def test_a_picture_of_many_small_parts_is_taken() -> None:
    packed = zlib.compress(_raw(64, 64), 0)
    parts = [(b"IDAT", packed[at : at + 7]) for at in range(0, len(packed), 7)]
    assert inspect(_built((b"IHDR", _header(64, 64)), *parts)).width == 64


def test_notes_go_and_everything_else_stays_byte_for_byte() -> None:
    whole = with_chunk(png("cat"), b"pHYs", bytes(9))
    noted = whole
    for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"):
        noted = with_chunk(noted, kind, b"method\0gmsd")
    behind = noted[:-12] + with_chunk(b"\0" * 33, b"tEXt", b"at the end\0x")[33:] + noted[-12:]
    assert without_notes(behind) == (whole, {"tEXt", "zTXt", "iTXt", "eXIf", "tIME"})
    assert without_notes(whole) == (whole, frozenset())
    assert inspect(without_notes(behind)[0]).pixels == inspect(whole).pixels


@pytest.mark.parametrize("kind", [b"iCCP", b"gAMA", b"cHRM", b"cICP", b"tRNS", b"acTL", b"prIv"])
def test_what_changes_the_look_or_is_unknown_is_not_taken_out(kind: bytes) -> None:
    data = with_chunk(png("cat"), kind, b"x")
    assert without_notes(data) == (data, frozenset())


@pytest.mark.parametrize(
    ("exif", "goes"), [(TURNED, False), (TURNED[:-3] + b"\x01\0\0", True), (b"MM\0*\xff\xff\xff\xff", True)]
)
def test_exif_that_turns_the_picture_is_not_taken_out(exif: bytes, goes: bool) -> None:
    data = with_chunk(png("cat"), b"eXIf", exif)
    assert (without_notes(data)[0] == png("cat")) is goes

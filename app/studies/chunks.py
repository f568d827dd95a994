"""How a PNG file is put together: its chunks, and those that can go without anything that is seen changing."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import BadInput

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NOTES = {  # nothing draws them; what each is called in a report
    "tEXt": "text",
    "zTXt": "text",
    "iTXt": "text",
    "eXIf": "EXIF data",
    "tIME": "a date",
    "caBX": "a certificate of origin",
    "dSIG": "a signature",
    "iDOT": "a note of Apple's for faster reading",
    "oFFs": "a position on a page",
    "orNT": "a note of ImageMagick's",
    "vpAg": "a note of ImageMagick's",
    "pCAL": "a scale of measurement",
    "sCAL": "a physical scale",
    "sTER": "a note on stereo pictures",
    "gIFg": "a note on GIF",
    "gIFt": "a note on GIF",
    "gIFx": "a note on GIF",
}
_ORIENTATION = 0x0112
_MOST = 100_000  # the largest pictures have a fifth of that; each part costs memory


class BadPicture(BadInput):
    """A file cannot be shown as it is."""  # what was wrong goes on where the file's name ends


@dataclass(frozen=True, slots=True)
class Chunk:
    """One part of a PNG file."""

    kind: str
    content: memoryview
    whole: memoryview  # with length, kind and checksum, as it stands in the file

    @property
    def is_note(self) -> bool:
        """Whether the picture looks the same without it."""
        return self.kind in NOTES and not self.turns

    @property
    def turns(self) -> bool:
        """Whether it tells browsers to turn or mirror the picture, which some obey."""
        return self.kind == "eXIf" and _orientation(bytes(self.content)) not in (None, 1)


def chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks up to the last, each whole; raises ``BadPicture`` where the file is damaged or goes on behind them."""
    view, at, count = memoryview(data), len(SIGNATURE), 0
    while at < len(data):
        length = int.from_bytes(view[at : at + 4])
        whole = view[at : at + 12 + length]
        if len(whole) < 12 or len(whole) < 12 + length:
            raise BadPicture("is a damaged PNG (it breaks off)", "copy or save it again")
        if zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:]):
            raise BadPicture("is a damaged PNG (a checksum is wrong)", "copy or save it again")
        at, count = at + 12 + length, count + 1
        if count > _MOST:
            raise BadPicture(f"consists of more than {_MOST:,} parts", "save it again")
        kind = bytes(whole[4:8]).decode("latin-1")
        yield Chunk(kind, whole[8:-4], whole)
        if kind == "IEND":
            break
    else:
        raise BadPicture("is a damaged PNG (it breaks off)", "copy or save it again")
    if at != len(data):
        raise BadPicture(f"has {len(data) - at} bytes behind its end, which subjects could read", "save it again")


def without_notes(data: bytes) -> tuple[bytes, frozenset[str]]:
    """The same picture without text and other notes, and the kinds of chunk taken out; what draws it is not touched."""
    if not data.startswith(SIGNATURE):
        return data, frozenset()
    kept, out = [memoryview(SIGNATURE)], set[str]()
    for chunk in chunks(data):
        if chunk.is_note:
            out.add(chunk.kind)
        else:
            kept.append(chunk.whole)
    return (b"".join(kept) if out else data), frozenset(out)


def _orientation(exif: bytes) -> int | None:
    """How EXIF data says that the picture is turned, where it says so; 1 is upright."""
    exif = exif.removeprefix(b"Exif\0\0")  # some programs leave the head of a JPEG's on
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return None
    (start,) = struct.unpack(f"{order}I", exif[4:8])
    (count,) = struct.unpack(f"{order}H", exif[start : start + 2].ljust(2, b"\0"))
    for at in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        tag, _, _, value = struct.unpack(f"{order}HHIH", exif[at : at + 10])
        if tag == _ORIENTATION:
            return int(value)
    return None

"""Zip files for tests, as somebody packs a folder, and as nobody should."""

import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder by their names below it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def packed(folder: Path, *, around: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The folder as a zip file, with a folder around it where one is named."""
    return zipped([(f"{around}{name}", data) for name, data in files(folder)], method)


def zipped(members: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The members as a zip file."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def with_mode(name: str, mode: int) -> zipfile.ZipInfo:
    """A member that says it is another kind of file."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def patched(data: bytes, entry: int, at: int, form: str, value: int) -> bytes:
    """The archive with another number in the table of contents: ``at`` bytes into the entry of that number."""
    place = -1
    for _ in range(entry + 1):
        place = data.index(b"PK\x01\x02", place + 1)
    changed = bytearray(data)
    struct.pack_into(form, changed, place + at, value)
    return bytes(changed)


def quine_like(kernel: bytes, copies: int) -> bytes:
    """An archive whose members all unpack the same bytes: each has a name of its own, and they share one header."""
    whole = zipped([("a.png", kernel)])
    table = whole.index(b"PK\x01\x02")
    entry, end = whole[table : whole.index(b"PK\x05\x06")], whole[whole.index(b"PK\x05\x06") :]
    entries = entry * copies
    counts = struct.pack("<HHII", copies, copies, len(entries), table)
    return whole[:table] + entries + end[:8] + counts + end[20:]

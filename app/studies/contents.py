"""A zip file's table of contents, vetted before a byte is unpacked.

Members are never unpacked onto a disk, so that a hostile name would do no harm; it is refused all the same, because an
archive that has one was not made by a friend.
"""

import re
import stat
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.studies.entries import printable
from app.studies.png import MOST_BYTES

OF_A_STUDY = ("manifest.json", "study.json")  # what the archive of a whole study holds besides tables and pictures
LARGEST_ARCHIVE = 1_000_000_000  # bytes
MOST_MEMBERS = 20_000
MOST_UNPACKED = 4_000_000_000  # bytes, of all members together
_RATIO, _SMALL = 200, 1 << 20  # pictures are packed already: only small files shrink by more
_LONGEST, _DEEPEST = 1000, 10  # characters and parts of a name
_SHOWN = 120  # characters of a name
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF_8 = 0x800
_HEADER = struct.Struct("<4s22xHH")  # of a member: signature, length of its name, of its extra field
_CLUTTER = "__MACOSX"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    parts: tuple[str, ...]  # of its path
    info: zipfile.ZipInfo


def vetted(archive: zipfile.ZipFile) -> tuple[list[Member], list[str]]:
    """The files of an archive, and what is wrong with its table of contents: then nothing of it may be unpacked."""
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        return [], [f"it has {len(infos):,} members; {MOST_MEMBERS:,} are the most, so make several archives of it"]
    problems = [problem for info in infos for problem in (*_misnamed(info), *unfit(info))]
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_UNPACKED:
        problems.append(
            f"it unpacks to {unpacked / 1e9:,.1f} GB; {MOST_UNPACKED // 10**9} GB are the most, so make several of it"
        )
    problems += overlapping(archive, infos)
    members = [Member(_parts(info), info) for info in infos if not info.orig_filename.endswith("/")]
    problems += _repeated(members)
    return [] if problems else [m for m in members if not _is_clutter(m)], problems


def shown(info: zipfile.ZipInfo) -> str:
    """The member's name, fit for a message."""
    name = printable(_name(info))
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: what macOS packs is UTF-8 and does not say so."""
    name: str = info.orig_filename
    if info.flag_bits & _UTF_8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    return tuple(_name(info).rstrip("/").split("/"))


def _is_clutter(member: Member) -> bool:
    return member.parts[0] == _CLUTTER or member.parts[-1].startswith("._")


def _misnamed(info: zipfile.ZipInfo) -> Iterator[str]:
    name, parts = _name(info), _parts(info)
    if len(name) > _LONGEST or len(parts) > _DEEPEST:
        yield f"{shown(info)} has too long a path; its layout is task/condition/scene.png"
    elif not name.isprintable():
        yield f"{shown(info)} has unprintable characters in its name; rename it and pack it again"
    elif "\\" in name:
        yield f"{shown(info)} has a backslash in its name; pack it with a program that writes / between folders"
    elif name.startswith("/") or re.match("[A-Za-z]:", name) or {"", ".", ".."} & set(parts):
        yield f"{shown(info)} leads out of the archive; pack the folder that holds the tasks, with relative names"
    elif parts[-1].lower().endswith(".zip"):
        yield f"{shown(info)} is an archive in the archive; unpack it first"


def unfit(info: zipfile.ZipInfo, most: int = MOST_BYTES, what: str = "picture") -> Iterator[str]:
    """What keeps a member from being unpacked, whatever its name; no ``what`` has more than ``most`` bytes."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        yield f"{shown(info)} is a link; put what it points to in its place"
    elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield f"{shown(info)} is a special file; leave it out"
    if info.flag_bits & _ENCRYPTED:
        yield f"{shown(info)} is encrypted; pack it without a password"
    elif info.compress_type not in _METHODS:
        yield f"{shown(info)} is packed by method {info.compress_type}; pack it by the usual one (deflate), or store it"
    if info.file_size > most:
        yield f"{shown(info)} unpacks to {info.file_size >> 20:,} MiB; {most >> 20} MiB are the most"
    elif info.file_size > max(_SMALL, _RATIO * info.compress_size):
        yield f"{shown(info)} unpacks to more than {_RATIO} times its size, as no {what} does; leave it out"


def overlapping(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Members that share bytes: this is how a small archive unpacks to a huge one."""
    before, end = "", 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            yield f"{shown(info)} and {before} overlap in the archive; pack them again"
        size = _packed(archive, info)
        if size is None or info.header_offset + size > archive.start_dir:
            yield f"{shown(info)} is not where the table of contents says; the archive is damaged, so pack it again"
        before, end = shown(info), max(end, info.header_offset + (size or 0))


def _packed(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int | None:
    """How many bytes of the archive the member takes, its header among them; None where it has no header."""
    file = archive.fp
    assert file is not None
    if not 0 <= info.header_offset <= archive.start_dir:
        return None
    file.seek(info.header_offset)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    signature, name, extra = _HEADER.unpack(header)
    return _HEADER.size + name + extra + info.compress_size if signature == b"PK\x03\x04" else None


def _repeated(members: list[Member]) -> Iterator[str]:
    """Files whose names are one name on some machines, and names that are a file and a folder."""
    files = Counter(_folded(member.parts) for member in members)
    folders = {_folded(member.parts[:depth]) for member in members for depth in range(1, min(len(member.parts), 10))}
    for member in members:
        name = _folded(member.parts)
        if name in folders:
            yield f"{shown(member.info)} is both a file and a folder; leave one of them out"
        elif files.pop(name, 1) > 1:
            yield f"{shown(member.info)} is there several times (upper and lower case count alike); leave one of them"


def _folded(parts: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()

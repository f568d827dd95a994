"""An archive that somebody brought: nothing of it is unpacked onto a disk, and no name and no size in it is believed.

Every member is a table or a picture that the manifest names, with the size and the sha256 that it says; each is
compared as it is read, whoever reads it and however often.
"""

import hashlib
import math
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from pydantic import ValidationError

from app.archives.held import Held
from app.archives.layout import (
    FORMAT,
    LONGEST,
    MANIFEST,
    MOST_MEMBERS,
    OF_DESIGN,
    OF_SESSIONS,
    PICTURE,
    STUDY,
    VERSION,
    Manifest,
    MemberFacts,
    digest_of,
    member_of,
)
from app.archives.lines import Row, one, read, split
from app.archives.refusals import ArchiveRefused, NotAStudyArchive, OtherArchiveFormat, Wrong
from app.catalog.picture_files import is_picture
from app.studies.contents import overlapping, shown, unfit
from app.studies.png import MOST_BYTES
from app.studies.strict_json import NotStrict, parsed
from app.studies.zipped import DAMAGE, Frugal, TableTooLong

_PIECE = 1 << 18  # bytes
_LARGEST_MANIFEST = 16 << 20
_LARGEST_TABLE = 1 << 30
_HELD = {*OF_DESIGN, "pairs", "subjects", "external_ids"}  # tables of which all lines are in memory at once
_SHOWN = {"sessions", "trials", "votes", "showings"}  # of which the numbers are in memory until the last is read
_MOST_HELD, _MOST_SHOWN, _MOST_LINES = 500_000, 1_000_000, 5_000_000
_MOST_OF_STUDY = 100_000  # values: its looks are in it
_MOST_OF_MANIFEST = 8 * MOST_MEMBERS  # of each member its name, size and sha256, with their keys
_TABLES = {MANIFEST, STUDY, *map(member_of, (*OF_DESIGN, *OF_SESSIONS))}
_WHERE_PICTURES_GO = (
    "pictures to show go into a draft: make a new study, and upload the zip there under Pictures (`beholder ingest`); "
    "photographs to train on are uploaded on the page Photographs (`beholder photographs add`)"
)
MOST_UNPACKED = 8_000_000_000  # bytes, of all members together


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive whose table of contents is the one that its manifest tells of."""

    source: str  # what it is called in messages
    manifest: Manifest
    digest: str
    _archive: zipfile.ZipFile
    _members: dict[str, MemberFacts]

    def table(self, name: str, kind: type[Row], held: Held | None) -> Iterator[Row]:
        """The rows of a table, as many as the manifest counts; none where the archive does not hold it.

        ``held`` counts them, unless each is forgotten before the next.
        """
        if name not in self.manifest.tables:
            return
        member, count = member_of(name), 0
        for row in read(split(self._pieces(member), member, kind.longest), kind, member, held):
            count += 1
            if count > self.manifest.counts[name]:
                break
            yield row
        if count != self.manifest.counts[name]:
            raise Wrong(f"{member} has other than the {self.manifest.counts[name]:,} lines that the manifest counts")

    def document(self, kind: type[Row]) -> Row:
        """The study itself; raises ``Wrong``."""
        if self._members[STUDY].size > LONGEST:
            raise Wrong(f"{STUDY} has more than {LONGEST >> 20} MiB")
        return one(b"".join(self._pieces(STUDY)), kind, STUDY, _MOST_OF_STUDY)

    def picture(self, name: str) -> bytes:
        """The bytes of a picture; raises ``Wrong`` where they are not those that its name says."""
        return b"".join(self._pieces(name))

    @property
    def pictures(self) -> list[str]:
        """The names of the members that are pictures."""
        return [name for name in self._members if PICTURE.fullmatch(name)]

    def _pieces(self, name: str) -> Iterator[bytes]:
        facts, digest, left = self._members[name], hashlib.sha256(), self._members[name].size
        try:
            with self._archive.open(name) as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    left -= len(piece)
                    if left < 0:
                        break
                    yield piece
        except DAMAGE:
            raise Wrong(f"{name} is damaged: it cannot be unpacked, or its checksum is wrong") from None
        if left or digest.hexdigest() != facts.sha256:
            raise Wrong(f"{name} is not what the manifest says: its size or its sha256 is another")


@contextmanager
def opened(path: Path, source: str) -> Iterator[Opened]:
    """Inside, the archive; raises ``NotAStudyArchive``, ``OtherArchiveFormat`` and ``ArchiveRefused``."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotAStudyArchive(source, error.strerror or "it cannot be read") from None
    with file:
        frugal = Frugal(file)
        try:
            archive = zipfile.ZipFile(cast(IO[bytes], frugal))
            infos = archive.infolist()
            problems = list(_unfit(archive, infos))
            frugal.most = math.inf
        except TableTooLong:
            raise NotAStudyArchive(source, "its table of contents is too long") from None
        except DAMAGE:
            raise NotAStudyArchive(source, "it is no zip, or breaks off") from None
        if _is_of_pictures(infos):
            raise NotAStudyArchive(source, "it holds pictures alone", _WHERE_PICTURES_GO)
        if problems:
            raise ArchiveRefused(source, problems)
        said = _said(archive, infos, source)
        manifest = _manifest(said, source)
        members = {member.name: member for member in manifest.members}
        problems = list(_unlike(manifest, members, infos))
        if problems:
            raise ArchiveRefused(source, problems)
        yield Opened(source, manifest, digest_of(said), archive, members)


def _is_of_pictures(infos: list[zipfile.ZipInfo]) -> bool:
    names = [info.orig_filename for info in infos]
    return not _TABLES.intersection(names) and any(map(is_picture, names))


def _unfit(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    if len(infos) > MOST_MEMBERS:
        yield f"it has {len(infos):,} members; {MOST_MEMBERS:,} are the most"
        return
    for info in infos:
        name: str = info.orig_filename
        if not (name in _TABLES or PICTURE.fullmatch(name)) or info.is_dir():
            yield f"{shown(info)} is no member of a study's archive"
        is_picture = name.endswith(".png")
        yield from unfit(
            info, MOST_BYTES if is_picture else _LARGEST_TABLE, "picture" if is_picture else "table of a study"
        )
    for name, times in Counter(info.orig_filename for info in infos).items():
        if times > 1:
            yield f"{name[:80]!r} is there {times} times"
    if (unpacked := sum(info.file_size for info in infos)) > MOST_UNPACKED:
        yield f"it unpacks to {unpacked / 1e9:,.1f} GB; {MOST_UNPACKED // 10**9} GB are the most"
    yield from overlapping(archive, infos)


def _said(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], source: str) -> bytes:
    if not infos or infos[0].orig_filename != MANIFEST:
        raise NotAStudyArchive(source, f"its first member is not {MANIFEST}")
    if infos[0].file_size > _LARGEST_MANIFEST:
        raise NotAStudyArchive(source, f"its {MANIFEST} is too large")
    try:
        with archive.open(infos[0]) as file:
            return file.read(_LARGEST_MANIFEST)
    except DAMAGE:
        raise ArchiveRefused(source, [f"{MANIFEST} is damaged: its checksum is wrong"]) from None


def _manifest(said: bytes, source: str) -> Manifest:
    try:
        told: Any = parsed(said, most=_MOST_OF_MANIFEST)
    except NotStrict as error:
        raise ArchiveRefused(source, [f"{MANIFEST} is no JSON as it is taken in: {error}"]) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NotAStudyArchive(source, f"its {MANIFEST} does not say so")
    version = told.get("format_version")
    if type(version) is not int or version != VERSION:  # true is no version, though it equals 1
        raise OtherArchiveFormat(source, version, told.get("program"), VERSION)
    try:
        return Manifest.model_validate_json(said)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        told_of = [f"{MANIFEST}: {'.'.join(str(one)[:40] for one in fault['loc'])}: {fault['msg']}" for fault in faults]
        raise ArchiveRefused(source, told_of) from None


def _unlike(manifest: Manifest, members: dict[str, MemberFacts], infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    """What the table of contents and the manifest say otherwise, and what the manifest cannot mean."""
    wanted = {STUDY, *(member_of(table) for table in manifest.tables)}
    tables = {name for name in members if not PICTURE.fullmatch(name)}
    if len(members) != len(manifest.members):
        yield f"{MANIFEST} names a member twice"
    if tables != wanted:
        differing = ", ".join(sorted(name[:40] for name in tables ^ wanted))
        yield f"{MANIFEST} names other tables than such an archive holds: {differing}"
    if set(manifest.counts) != set(manifest.tables):
        yield f"{MANIFEST} counts other tables than such an archive holds"
    for table, count in manifest.counts.items():
        if count > (_MOST_HELD if table in _HELD else _MOST_SHOWN if table in _SHOWN else _MOST_LINES):
            yield f"{table[:40]} has {count:,} lines, more than any study"
    for name, facts in members.items():
        if (found := PICTURE.fullmatch(name)) and found[1] != facts.sha256:
            yield f"{name} is said to have another sha256 than its name"
    sizes = {info.orig_filename: info.file_size for info in infos[1:]}
    for name in sorted(sizes.keys() | members.keys()):
        if name not in members:
            yield f"{name} is in the archive, and {MANIFEST} does not name it"
        elif name not in sizes:
            yield f"{name} is missing"
        elif sizes[name] != members[name].size:
            yield f"{name} has {sizes[name]:,} bytes, and {MANIFEST} says {members[name].size:,}"

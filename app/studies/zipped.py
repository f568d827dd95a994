"""A zip file of pictures, taken in member by member without ever being unpacked onto a disk."""

import math
import os
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.errors import BadInput
from app.media import Media
from app.studies.chunks import BadPicture
from app.studies.contents import LARGEST_ARCHIVE, OF_A_STUDY, Member, vetted
from app.studies.entries import Entry, printable, require_small
from app.studies.stimuli import IngestReport, ingest
from app.studies.survey import StimuliRefused

_TABLE = 8 << 20  # bytes of a table of contents: 400 for each member; the objects made of it take ten times as much
_DEPTH = 3  # parts of task/condition/scene.png
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError, OSError,
)  # fmt: skip


class NotAZip(BadInput):
    """The file is no zip archive that can be read."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source} is no zip archive that can be read",
            "pack the folder that holds the pictures again, as .zip",
        )


class WholeStudySent(BadInput):
    """The archive of a whole study came where pictures alone are taken in."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source} is the archive of a whole study, and pictures alone are taken in here",
            "import it as a study of its own: on the page Studies, or by `beholder study import`",
        )


class ArchiveTooLarge(BadInput):
    """An archive is larger than any that is taken in."""

    status = 413

    def __init__(self, source: str, size: int) -> None:
        super().__init__(
            f"{source} has {size / 1e6:,.0f} MB, and {LARGEST_ARCHIVE // 10**6:,} MB are the most",
            "make several archives of it, or ingest the folder",
        )


@dataclass(frozen=True, slots=True)
class InArchive:
    """A file or a folder of an archive."""

    archive: zipfile.ZipFile
    name: str
    where: str
    info: zipfile.ZipInfo | None = None  # of a file
    inside: dict[str, "InArchive"] = field(default_factory=dict)
    leaves = False  # links were refused

    @property
    def is_file(self) -> bool:
        """Whether it has bytes."""
        return self.info is not None

    @property
    def is_folder(self) -> bool:
        """Whether it has entries."""
        return self.info is None

    def entries(self) -> Iterable[Entry]:
        """What lies in the folder, in the order of the names."""
        return [self.inside[name] for name in sorted(self.inside)]

    def read(self) -> bytes:
        """The file's bytes; raises ``BadPicture`` where they are damaged, or more than the archive said."""
        assert self.info is not None
        require_small(self.info.file_size)
        try:
            with self.archive.open(self.info) as file:
                data = file.read(self.info.file_size + 1)  # never more, whatever is packed there
        except DAMAGE:
            raise _damaged() from None
        if len(data) != self.info.file_size:
            raise _damaged()
        return data


class TableTooLong(Exception):
    """A table of contents is longer than that of any archive with pictures."""


class Frugal:
    """A file of which at most so much is read at once: how long its table of contents is, an archive says itself."""

    def __init__(self, file: BinaryIO) -> None:
        self.most: float = _TABLE
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises ``TableTooLong``."""
        if size > self.most:
            raise TableTooLong
        return self._file.read(size)


def ingest_zip(
    database: Database,
    media: Media,
    study_id: int,
    archive: Path,
    *,
    replace: bool = False,
    strip: bool = False,
    source: str = "the archive",
    by: Actor = AT_THE_MACHINE,
) -> IngestReport:
    """What a zip file brought into the draft, by the rules for folders; see ``stimuli.ingest``.

    A folder around the tasks is overlooked. ``source`` is what the archive is called in messages.
    """
    with opened(archive, source) as root:
        return ingest(database, media, study_id, root, source, replace=replace, strip=strip, by=by)


@contextmanager
def opened(path: Path, source: str) -> Iterator[InArchive]:
    """Inside, the archive as what is to be ingested.

    Raises ``NotAZip``, ``ArchiveTooLarge``, ``WholeStudySent``, and ``StimuliRefused`` where its table of contents is
    not to be trusted.
    """
    try:
        file = path.open("rb")
    except OSError:
        raise NotAZip(source) from None
    with file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGEST_ARCHIVE:
            raise ArchiveTooLarge(source, size)
        frugal = Frugal(file)
        try:
            archive = zipfile.ZipFile(cast(IO[bytes], frugal))
            is_study = {*OF_A_STUDY} <= {*archive.namelist()}
            members, problems = vetted(archive)
            frugal.most = math.inf
        except TableTooLong:
            raise StimuliRefused(source, ["its table of contents is too long; make several archives of it"]) from None
        except DAMAGE:
            raise NotAZip(source) from None
        if is_study:
            raise WholeStudySent(source)
        if problems:
            raise StimuliRefused(source, problems)
        yield _tree(archive, members)


def _tree(archive: zipfile.ZipFile, members: list[Member]) -> InArchive:
    skipped = _around(members)
    root = InArchive(archive, "", "the archive")
    for member in members:
        *folders, last = member.parts[skipped:] if len(member.parts) > skipped else member.parts
        at, path = root, ""
        for folder in folders:
            path += f"{folder}/"
            at = at.inside.setdefault(folder, InArchive(archive, folder, printable(path.rstrip("/"))))
        at.inside[last] = InArchive(archive, last, printable(path + last), member.info)
    return root


def _around(members: list[Member]) -> int:
    """1 where a single folder lies around the tasks, as there is when somebody packs a folder; otherwise 0."""
    outermost = {member.parts[0] for member in members}
    depths = Counter(len(member.parts) for member in members)
    return int(len(outermost) == 1 and depths.most_common(1)[0][0] == _DEPTH + 1)


def _damaged() -> BadPicture:
    return BadPicture("is damaged in the archive (its checksum or its length is wrong)", "pack it again")

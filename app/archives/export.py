"""A study as an archive: its tables are read in one transaction, its pictures while the archive is sent."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session as OrmSession

from app import __version__
from app.archives import gathered
from app.archives.layout import (
    FORMAT,
    MANIFEST,
    STUDY,
    VERSION,
    Manifest,
    MemberFacts,
    Origin,
    digest_of,
    member_of,
    picture_member,
    tables_of,
    written,
)
from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Study, StudyState
from app.media import Media, MediaMissing
from app.results.peeks import looked, peeks_in
from app.results.zip_stream import zip_chunks
from app.studies import states

_PIECE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an archive is to hold."""

    sessions: bool = True  # otherwise the design alone: a template
    personal: bool = False  # external ids, questionnaires and completion codes


@dataclass(frozen=True, slots=True)
class Archive:
    """A study's archive, ready to be written; its tables lie in a file without a name that goes with it."""

    digest: str
    manifest: Manifest
    at: datetime
    _media: Media
    _tables: BinaryIO

    @property
    def file_name(self) -> str:
        """What the file is called: the study, what is in it, and how its digest begins."""
        what = "design" if self.manifest.content == "design" else "study"
        return f"{what}-{self.manifest.study.number}-{self.digest[:8]}.beholder.zip"

    def chunks(self) -> Iterator[bytes]:
        """The archive's bytes; a picture that is lost meanwhile breaks them off, and nobody takes them for whole."""
        with self._tables:
            yield from zip_chunks(self._files(), self.at, _PIECE, stored=".png")

    def _files(self) -> Iterator[tuple[str, Callable[[], Iterable[bytes]]]]:
        yield MANIFEST, lambda: [written(self.manifest)]
        at = 0
        for member in self.manifest.members:
            if member.name.endswith(".png"):
                yield member.name, partial(self._picture, member.sha256)
            else:
                yield member.name, partial(self._table, at, member.size)
                at += member.size

    def _picture(self, digest: str) -> Iterator[bytes]:
        yield self._media.get(digest)

    def _table(self, at: int, size: int) -> Iterator[bytes]:
        self._tables.seek(at)
        while size:
            piece = self._tables.read(min(size, _PIECE))
            size -= len(piece)
            yield piece


def export(
    database: Database, media: Media, study_id: int, wanted: Wanted, folder: Path, *, by: Actor = AT_THE_MACHINE
) -> Archive:
    """The archive of the study as it stands; its tables wait in ``folder`` until they have been sent.

    Of a draft there is the design alone; of a study that was imported without what is personal, nothing of that.
    Raises ``StudyNotFound``, and ``MediaMissing`` where a picture is lost.
    """
    if wanted.sessions:
        looked(database, study_id, "archive", by)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tables = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as the archive
    with _closed_if_it_fails(tables):
        with database.read() as db:
            manifest = _gather(db, states.find(db, study_id), wanted, tables)
        for member in manifest.members:
            if member.name.endswith(".png") and not media.is_whole(member.sha256):
                raise MediaMissing(member.sha256)
        archive = Archive(digest_of(written(manifest)), manifest, now(), media, tables)
        with database.write() as db:
            note(
                db, by, "study exported", study_id=study_id, archive=archive.digest, content=manifest.content,
                personal=manifest.personal,
            )  # fmt: skip
    return archive


def _gather(db: OrmSession, study: Study, wanted: Wanted, tables: BinaryIO) -> Manifest:
    sessions = wanted.sessions and study.state is not StudyState.DRAFT
    personal = sessions and wanted.personal and (study.imported is None or study.imported["personal"])
    names = tables_of(sessions=sessions, personal=personal)
    looks = peeks_in(db, study.id, study.closed_at) if sessions else ()
    line = gathered.study_line(study, looks, sessions=sessions)
    members, counts = [_member(tables, STUDY, [line])[0]], dict[str, int]()
    for name in names:
        facts, counts[name] = _member(
            tables, member_of(name), gathered.lines(db, study.id, name, personal=personal)
        )  # fmt: skip
        members.append(facts)
    members += [
        MemberFacts(name=picture_member(digest), size=size, sha256=digest)
        for digest, size in gathered.digests(db, study.id)
    ]
    return Manifest(
        format=FORMAT, format_version=VERSION, program=__version__, study=Origin(number=study.id, title=study.title),
        content="whole" if sessions else "design", personal=personal, counts=counts, members=tuple(members),
    )  # fmt: skip


def _member(tables: BinaryIO, name: str, lines: Iterable[bytes]) -> tuple[MemberFacts, int]:
    digest, size, count = hashlib.sha256(), 0, 0
    for line in lines:
        tables.write(line)
        digest.update(line)
        size, count = size + len(line), count + 1
    return MemberFacts(name=name, size=size, sha256=digest.hexdigest()), count


@contextmanager
def _closed_if_it_fails(file: BinaryIO) -> Iterator[None]:
    try:
        yield
    except BaseException:
        file.close()
        raise

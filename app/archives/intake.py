"""A new study from an archive: all of it, after everything in it has been looked at, or nothing and the reasons."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.archives import design as designs
from app.archives import insert
from app.archives.design import Design
from app.archives.opened import Opened, opened
from app.archives.refusals import ArchiveRefused, ImportedAlready, Wrong
from app.archives.sittings import sittings
from app.archives.spool import Spool, spool
from app.archives.standing import Standing
from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Study
from app.db.pictures import keep_pictures
from app.media import Media
from app.sessions.events import BrokenChain
from app.studies import members
from app.studies.turns import INGESTS

_IMPORTS = 5_071_965  # the lock's number; any would do that nothing else in the database takes
_MOST_PROBLEMS = 500
Tell = Callable[[str, int], None]  # what is being done, and how much of it has been


@dataclass(frozen=True, slots=True)
class Taken:
    """What an archive has become."""

    study_id: int
    archive: str  # its digest
    title: str
    original: int  # the study's number where the archive was made
    is_design: bool
    pictures: int
    sessions: int
    votes: int

    def __str__(self) -> str:
        held = "its design alone" if self.is_design else f"{self.sessions:,} sessions and {self.votes:,} votes"
        return f"{self.title!r} is study {self.study_id} here: {self.pictures:,} pictures, {held}"


def take_in(
    database: Database, media: Media, path: Path, source: str, folder: Path, *, again: bool = False,
    by: Actor = AT_THE_MACHINE, tell: Tell = lambda what, done: None,
) -> Taken:  # fmt: skip
    """The new study that the archive has become; ``source`` is what it is called in messages.

    Nothing is written before all of it has been verified: checksums, pictures, the hash of the protocol, that rows
    belong together, and of each session log, seals and votes. What is then written is one transaction, for which the
    rows wait in ``folder``: nothing is read while votes wait for it.

    Raises
    ------
    NotAStudyArchive, OtherArchiveFormat, ArchiveRefused
        The file cannot be taken in, and why.
    ImportedAlready
        It is a study here already, and ``again`` is not asked for.
    OtherValues, OtherDirection
        Measures are known here to say something else of its pictures.
    """
    with INGESTS.take(), opened(path, source) as archive, spool(folder) as ready:
        with database.read() as db:
            _require_new(db, archive.digest, by, again=again)
        try:
            design = _verified(archive, ready, tell)
            _keep_pictures(database, media, archive, design)
            with database.write() as db:
                _one_at_a_time(db)
                _require_new(db, archive.digest, by, again=again)
                return _written(db, archive, design, ready, by, tell)
        except Wrong as wrong:
            raise ArchiveRefused(source, [str(wrong)]) from None


def _verified(archive: Opened, ready: Spool, tell: Tell) -> Design:
    """The design, where everything in the archive is as it should be, and then its sessions are ready.

    Raises ``Wrong`` and ``ArchiveRefused``.
    """
    looked = 0

    def look(name: str) -> None:
        nonlocal looked
        looked += 1
        tell("pictures", looked)

    design, problems = designs.read(archive, look=look), list[str]()
    standing = Standing(design, archive.manifest.personal, now())
    for number, rows in enumerate(sittings(archive), start=1):
        try:
            standing.require(rows)
        except (Wrong, BrokenChain) as error:
            problems.append(error.detail.rstrip(".") if isinstance(error, BrokenChain) else str(error))
        if not problems:
            ready.add(rows)
        if len(problems) >= _MOST_PROBLEMS:
            break
        tell("sessions", number)
    if problems:
        raise ArchiveRefused(archive.source, problems)
    return design


def _keep_pictures(database: Database, media: Media, archive: Opened, design: Design) -> None:
    for name in archive.pictures:
        media.put(archive.picture(name))
    keep_pictures(database, design.pictures.values())


def _written(
    db: OrmSession, archive: Opened, design: Design, ready: Spool, by: Actor, tell: Tell
) -> Taken:  # fmt: skip
    at, manifest = now(), archive.manifest
    study = insert.new_study(db, design.study, manifest, archive.digest, at)
    pairs, subjects = insert.design_of(db, study.id, design, archive.digest)
    insert.external_ids(db, study.id, design.external, subjects)
    written = 0
    for batch in ready.batches():
        insert.sittings(db, study.id, batch, pairs, subjects)
        for _ in batch:
            tell("written", written := written + 1)
    members.begun(db, study.id, by)
    note(
        db, by, "study imported", study_id=study.id, archive=archive.digest, original=manifest.study.number,
        program=manifest.program, content=manifest.content, personal=manifest.personal,
    )  # fmt: skip
    counts = manifest.counts
    return Taken(
        study.id, archive.digest, study.title, manifest.study.number, manifest.content == "design",
        counts["pictures"], counts.get("sessions", 0), counts.get("votes", 0),
    )  # fmt: skip


def _one_at_a_time(db: OrmSession) -> None:
    """Of two who bring the same archive at once the second sees what the first made; SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_IMPORTS)))


def _require_new(db: OrmSession, digest: str, by: Actor, *, again: bool) -> None:
    """Raises ``ImportedAlready``; a study in which whoever asks has no role is not there for them."""
    query = select(Study.id, Study.imported).where(Study.imported.is_not(None)).order_by(Study.id)
    rows = db.execute(query.where(members.seen_by(db, by)))
    there = [number for number, imported in rows if imported is not None and imported["archive"] == digest]
    if there and not again:
        raise ImportedAlready(there)

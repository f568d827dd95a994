"""Taking photographs in: into named sets, for learning or for judging, never for both."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Database, models
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Photograph, Split
from app.db.pictures import keep_pictures
from app.errors import BadInput
from app.jobs.photo_files import PhotoFile
from app.jobs.photograph_sets import (
    PhotographSet,
    SetRemoved,
    photographs,
    registered,
)
from app.jobs.pixels import BadPhotograph, Thumbnail, read
from app.jobs.split import Known, sides
from app.media import Media

_NAME = re.compile(r"\w[\w .()+-]{0,99}")  # becomes part of a file's name
_LONGEST_SET = 80  # characters, of the column
LONGEST_LICENCE, LONGEST_SOURCE = 200, 300  # likewise
TEST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class _Ready:
    """A photograph in the store's form, in a file of its own until all are known to be good."""

    png: Path
    digest: str
    width: int
    height: int
    size: int
    pixels: str
    encoded: str
    likeness: str
    thumbnail: Thumbnail
    source: str
    group: str | None

    def known(self, set_name: str, name: str) -> Known:
        """What the split looks at."""
        return Known(set_name, name, self.digest, self.pixels, self.group)


class BadPhotographs(BadInput):
    """Some files cannot be taken in as photographs, so none was."""

    problems: tuple[str, ...]  # one sentence for each

    def __init__(self, set_name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"No photograph was taken into the set {set_name!r}:\n{listed}", "correct these and try again")


def add_photographs(
    database: Database,
    media: Media,
    set_name: str,
    files: Sequence[PhotoFile],
    *,
    test: Collection[str] | None = None,
    test_share: float = TEST_SHARE,
    licence: str = "",
    source: str = "",
    by: Actor = AT_THE_MACHINE,
) -> PhotographSet:
    """The set with these photographs in it, each kept as a lossless 8-bit RGB picture without metadata.

    ``test`` names those that are for testing; without it, a share of them is chosen by their content, the same on every
    machine. Nothing is for testing in one set and for training in another, nor tiles of one photograph on both sides.
    A photograph that the set already has stays as it is, and so do its licence and its source where it has them.

    Raises
    ------
    BadPhotographs
        One report of everything that is wrong; nothing has been registered.
    SetRemoved
        The set was there once, and may be brought back.
    """
    _require_open(database, set_name)
    with TemporaryDirectory(prefix="beholder-") as spool:
        ready, problems = _read_all(files, Path(spool))
        problems = [*_misnamed(set_name), *problems, *_too_long(licence, source), *_unknown(test, files)]
        problems += _clashes(database, set_name, ready)
        chosen, contradictions = _split(database, set_name, ready, test, test_share)
        problems += contradictions
        if problems:
            raise BadPhotographs(set_name, problems)
        _keep_files(database, media, ready.values())
    with database.write() as db:
        _keep_set(db, set_name, licence, source, by)
        _keep_rows(db, set_name, ready, chosen, by)
    return photographs(database, set_name)


def _read_all(files: Sequence[PhotoFile], spool: Path) -> tuple[dict[str, _Ready], list[str]]:
    ready, problems, seen = dict[str, _Ready](), list[str](), dict[str, str]()
    if not files:
        problems.append("there are no photographs")
    for file in files:
        if not _NAME.fullmatch(file.name):
            problems.append(f"{file.name!r} is not a name for a photograph: use letters, digits and . ( ) + - _")
        elif file.name in ready:
            problems.append(f"{file.name!r} is the name of two photographs: rename one ({file.source})")
        try:
            picture = _spooled(file, spool)
        except BadPhotograph as error:
            told = file.content.name if isinstance(file.content, Path) else file.name
            problems.append(f"{told!r} {error.message.rstrip('.')}")
            continue
        if picture.digest in seen:
            problems.append(f"{file.name!r} is the same picture as {seen[picture.digest]!r}: leave one out")
        seen.setdefault(picture.digest, file.name)
        ready.setdefault(file.name, picture)
    return ready, problems


def _spooled(file: PhotoFile, spool: Path) -> _Ready:
    found = read(file.content if isinstance(file.content, Path | bytes) else file.content())
    path = spool / f"{found.digest}.png"
    path.write_bytes(found.png)
    return _Ready(
        path, found.digest, found.width, found.height, len(found.png), found.pixels, found.encoded, found.likeness,
        found.thumbnail, file.source, file.group,
    )  # fmt: skip


def _clashes(database: Database, set_name: str, ready: dict[str, _Ready]) -> list[str]:
    with database.read() as db:
        mine = select(Photograph).where(Photograph.set_name == set_name)
        names = {row.name: row.picture_digest for row in db.scalars(mine)}
    by_digest, problems = {digest: name for name, digest in names.items()}, list[str]()
    for name, picture in ready.items():
        if names.get(name, picture.digest) != picture.digest:
            problems.append(f"{name!r} is already the name of another picture in this set: rename it")
        elif by_digest.get(picture.digest, name) != name:
            problems.append(f"{name!r} is already in this set as {by_digest[picture.digest]!r}: leave it out")
    return problems


def _split(
    database: Database, set_name: str, ready: dict[str, _Ready], test: Collection[str] | None, share: float
) -> tuple[dict[str, Split], list[str]]:
    """The side of each photograph that is new to the set, and what keeps them from having one."""
    have = registered(database)
    mine = {one.name for one in have if one.set_name == set_name}
    new = [picture.known(set_name, name) for name, picture in ready.items() if name not in mine]
    return sides(new, have, test=test, share=share)


def _require_open(database: Database, set_name: str) -> None:
    with database.read() as db:
        row = db.get(models.PhotographSet, set_name)
    if row is not None and row.removed_at is not None:
        raise SetRemoved(set_name, row.removed_at)


def _misnamed(set_name: str) -> Iterator[str]:
    if not _NAME.fullmatch(set_name) or len(set_name) > _LONGEST_SET:
        allowed = f"use at most {_LONGEST_SET} letters, digits, spaces and . ( ) + - _"
        yield f"{set_name!r} is not a name for a set: {allowed}"


def _unknown(test: Collection[str] | None, files: Sequence[PhotoFile]) -> Iterator[str]:
    for name in sorted(set(test or ()) - {file.name for file in files}):
        yield f"{name!r} is to be for testing, but there is no such photograph"


def _too_long(licence: str, source: str) -> Iterator[str]:
    for word, text, most in (("licence", licence, LONGEST_LICENCE), ("source", source, LONGEST_SOURCE)):
        if len(text) > most:
            yield f"the {word} has {len(text)} characters, and {most} are the most: shorten it"


def _keep_files(database: Database, media: Media, ready: Collection[_Ready]) -> None:
    for picture in ready:
        media.put_file(picture.png)
        media.put(picture.thumbnail.png)
    keep_pictures(database, [facts for picture in ready for facts in (picture, picture.thumbnail)])


def _keep_set(db: Session, set_name: str, licence: str, source: str, by: Actor) -> None:
    row = db.get(models.PhotographSet, set_name)
    if row is None:
        db.add(models.PhotographSet(name=set_name, licence=licence, source=source, added_by=by.name, added_at=now()))
    else:
        said = {"licence": licence, "source": source}
        learnt = {word: text for word, text in said.items() if text and not getattr(row, word)}
        for word, text in learnt.items():
            setattr(row, word, text)
        if learnt:
            told: dict[str, Any] = {word: {"old": "", "new": text} for word, text in learnt.items()}
            note(db, by, "photographs described", set=set_name, **told)
    db.flush()


def _keep_rows(db: Session, set_name: str, ready: Mapping[str, _Ready], chosen: Mapping[str, Split], by: Actor) -> None:
    there = set(db.scalars(select(Photograph.name).where(Photograph.set_name == set_name)))
    new = {name: side for name, side in chosen.items() if name not in there}
    db.add_all(_row(set_name, name, ready[name], side) for name, side in new.items())
    if new:
        counts = {side.value: list(new.values()).count(side) for side in Split}
        note(db, by, "photographs added", set=set_name, **counts)


def _row(set_name: str, name: str, picture: _Ready, split: Split) -> Photograph:
    return Photograph(
        set_name=set_name,
        name=name,
        split=split,
        picture_digest=picture.digest,
        source=picture.source[:300],
        pixels=picture.pixels,
        group_name=picture.group,
        encoded=picture.encoded,
        likeness=picture.likeness,
        thumbnail_digest=picture.thumbnail.digest,
    )

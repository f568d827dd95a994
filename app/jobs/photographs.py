"""Named sets of photographs: what networks learn from, and what they are judged on, never both."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Database, models
from app.db.models import Photograph, Picture, Split
from app.db.order import by_code
from app.db.pictures import keep_pictures
from app.errors import BadInput, NotFound
from app.jobs.contract import PhotographRef
from app.jobs.groups import FILE as GROUPS
from app.jobs.groups import groups_of
from app.jobs.pixels import BadPhotograph, read
from app.jobs.split import Known, sides
from app.media import Media

_NAME = re.compile(r"\w[\w .()+-]{0,99}")  # becomes part of a file's name
_LONGEST_SET = 80  # characters, of the column
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".ppm"})


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photograph to be taken in: its name, its file or its bytes, where it comes from, and what it is a part of."""

    name: str
    content: Path | bytes
    source: str
    group: str | None = None  # of the parts of one photograph, which stay together; None: by the name


@dataclass(frozen=True, slots=True)
class FolderOfPhotographs:
    """The photographs of a folder, and how many files beside them were left alone."""

    files: tuple[PhotoFile, ...]
    left_alone: int


@dataclass(frozen=True, slots=True)
class PhotographView:
    """A photograph of a set, as the store keeps it."""

    name: str
    split: Split
    digest: str
    width: int
    height: int
    source: str

    @property
    def ref(self) -> PhotographRef:
        """How a job names it."""
        return PhotographRef(name=self.name, digest=self.digest)


@dataclass(frozen=True, slots=True)
class PhotographSet:
    """A named set, in two parts that never meet."""

    name: str
    train: tuple[PhotographView, ...]
    test: tuple[PhotographView, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A photograph in the store's form, in a file of its own until all are known to be good."""

    png: Path
    digest: str
    width: int
    height: int
    size: int
    source: str
    pixels: str
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


class UnknownSet(NotFound):
    """There is no set of photographs of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known) or "none yet"
        super().__init__(
            f"There is no set of photographs called {name!r} (the sets are: {names})",
            "choose one of these, or make a set with `beholder matrix --photos`",
        )


def add_photographs(
    database: Database,
    media: Media,
    set_name: str,
    files: Sequence[PhotoFile],
    *,
    test: Collection[str] | None = None,
    test_share: float = 0.3,
) -> PhotographSet:
    """The set with these photographs in it, each kept as a lossless 8-bit RGB picture without metadata.

    ``test`` names those that are for testing; without it, a share of them is chosen by their content, the same on every
    machine. Nothing is for testing in one set and for training in another, nor tiles of one photograph on both sides.
    A photograph that the set already has stays as it is.

    Raises
    ------
    BadPhotographs
        One report of everything that is wrong; nothing has been registered.
    """
    with TemporaryDirectory(prefix="beholder-") as spool:
        ready, problems = _read_all(files, Path(spool))
        if not _NAME.fullmatch(set_name) or len(set_name) > _LONGEST_SET:
            allowed = f"use at most {_LONGEST_SET} letters, digits, spaces and . ( ) + - _"
            problems.insert(0, f"{set_name!r} is not a name for a set: {allowed}")
        unknown = sorted(set(test or ()) - {file.name for file in files})
        problems += [f"{name!r} is to be for testing, but there is no such photograph" for name in unknown]
        problems += _clashes(database, set_name, ready)
        chosen, contradictions = _split(database, set_name, ready, test, test_share)
        problems += contradictions
        if problems:
            raise BadPhotographs(set_name, problems)
        for picture in ready.values():
            media.put_file(picture.png)
    keep_pictures(database, ready.values())
    with database.write() as db:
        _keep_set(db, set_name)
        there = set(db.scalars(select(Photograph.name).where(Photograph.set_name == set_name)))
        db.add_all(_row(set_name, name, ready[name], chosen[name]) for name in chosen if name not in there)
    return photographs(database, set_name)


def photographs(database: Database, set_name: str) -> PhotographSet:
    """The set of that name; raises ``UnknownSet``."""
    with database.read() as db:
        rows = db.execute(
            select(Photograph, Picture)
            .join(Picture, Picture.digest == Photograph.picture_digest)
            .where(Photograph.set_name == set_name)
            .order_by(by_code(Photograph.name))
        ).all()
    if not rows:
        raise UnknownSet(set_name, [name for name, _, _ in sets(database)])
    views = [PhotographView(p.name, p.split, p.picture_digest, q.width, q.height, p.source) for p, q in rows]
    return PhotographSet(
        set_name,
        tuple(view for view in views if view.split is Split.TRAIN),
        tuple(view for view in views if view.split is Split.TEST),
    )


def registered(database: Database) -> list[Known]:
    """Every photograph of every set, as the split looks at it."""
    with database.read() as db:
        rows = db.scalars(select(Photograph).order_by(Photograph.id))
        return [Known(r.set_name, r.name, r.picture_digest, r.pixels, r.group_name, r.split) for r in rows]


def sets(database: Database) -> list[tuple[str, int, int]]:
    """The name of each set, with the number of its training and its test photographs."""
    with database.read() as db:
        counts = db.execute(
            select(Photograph.set_name, Photograph.split, func.count())
            .group_by(Photograph.set_name, Photograph.split)
            .order_by(by_code(Photograph.set_name))
        ).all()
    found = dict[str, dict[Split, int]]()
    for name, split, count in counts:
        found.setdefault(name, {})[split] = count
    return [(name, by.get(Split.TRAIN, 0), by.get(Split.TEST, 0)) for name, by in found.items()]


def folder(path: Path) -> FolderOfPhotographs:
    """The pictures in the folder, hidden files apart, as photographs named after their files; ``groups.csv`` counts."""
    if not path.is_dir():
        raise BadInput(f"{path} is not a folder", "name one that holds photographs")
    found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    pictures = [file for file in found if file.suffix.lower() in _SUFFIXES]
    if not pictures:
        raise BadInput(f"{path} holds no pictures", f"put photographs into it ({', '.join(sorted(_SUFFIXES))})")
    groups = groups_of(path, {file.stem for file in pictures})
    files = tuple(PhotoFile(file.stem, file, file.name, groups.get(file.stem)) for file in pictures)
    return FolderOfPhotographs(files, sum(file.name != GROUPS for file in found) - len(pictures))


def chosen(patterns: Sequence[str], names: Sequence[str]) -> list[str]:
    """The names that the patterns (``kodim*``) stand for; a pattern that fits none stands as it is."""
    fitting = [[name for name in names if fnmatchcase(name, pattern)] or [pattern] for pattern in patterns]
    return list(dict.fromkeys(name for found in fitting for name in found))


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
    pixels = read(file.content)
    path = spool / f"{pixels.digest}.png"
    path.write_bytes(pixels.png)
    return _Ready(
        path, pixels.digest, pixels.width, pixels.height, len(pixels.png), file.source, pixels.pixels, file.group
    )


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


def _keep_set(db: Session, set_name: str) -> None:
    if db.get(models.PhotographSet, set_name) is None:
        db.add(models.PhotographSet(name=set_name, licence="", source="", added_by="", added_at=now()))
        db.flush()


def _row(set_name: str, name: str, picture: _Ready, split: Split) -> Photograph:
    return Photograph(
        set_name=set_name,
        name=name,
        split=split,
        picture_digest=picture.digest,
        source=picture.source[:300],
        pixels=picture.pixels,
        group_name=picture.group,
    )

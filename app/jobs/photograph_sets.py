"""Named sets of photographs as they are: which there are, what is in them, and what allows their use."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db import Database, models
from app.db.models import Photograph, Picture, Split
from app.db.order import by_code
from app.errors import Conflict, NotFound
from app.jobs.contract import PhotographRef
from app.jobs.split import Known


@dataclass(frozen=True, slots=True)
class PhotographView:
    """A photograph of a set, as the store keeps it."""

    name: str
    split: Split
    digest: str
    width: int
    height: int
    source: str
    group: str | None = None  # as it was said; None: by the name
    encoded: str | None = None  # how its file was; None: taken in by an older version
    thumbnail: str | None = None  # digest of a small copy; None: as above

    @property
    def ref(self) -> PhotographRef:
        """How a job names it."""
        return PhotographRef(name=self.name, digest=self.digest)

    @property
    def shown(self) -> str:
        """The digest of what a list shows: the small copy, or the photograph itself where there is none."""
        return self.thumbnail or self.digest


@dataclass(frozen=True, slots=True)
class PhotographSet:
    """A named set, in two parts that never meet."""

    name: str
    train: tuple[PhotographView, ...]
    test: tuple[PhotographView, ...]


@dataclass(frozen=True, slots=True)
class SetView:
    """A set as a list shows it."""

    name: str
    train: int
    test: int
    licence: str  # empty: nobody has said
    source: str
    added_by: str  # empty: at the machine
    added_at: datetime
    removed_at: datetime | None  # None: it can be used


@dataclass(frozen=True, slots=True)
class Part:
    """What a set keeps for training, or for testing."""

    name: str
    digests: frozenset[str]
    removed: bool = False


class UnknownSet(NotFound):
    """There is no set of photographs of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known) or "none yet"
        super().__init__(
            f"There is no set of photographs called {name!r} (the sets are: {names})",
            "choose one of these, or make a set with `beholder photographs add`",
        )


class SetRemoved(Conflict):
    """The set of photographs was removed: what used it stays, and nothing new may."""

    def __init__(self, name: str, at: datetime) -> None:
        super().__init__(
            f"The set of photographs {name!r} was removed on {at:%-d %b %Y}, and nothing new can learn from it",
            f"choose another set, or bring it back with `beholder photographs restore '{name}'`",
        )


def photographs(database: Database, set_name: str, *, removed: bool = False) -> PhotographSet:
    """The set of that name; raises ``UnknownSet``, and ``SetRemoved`` unless ``removed`` ones are wanted, too."""
    with database.read() as db:
        row = db.get(models.PhotographSet, set_name)
        gone = None if row is None else row.removed_at
        rows = db.execute(
            select(Photograph, Picture)
            .join(Picture, Picture.digest == Photograph.picture_digest)
            .where(Photograph.set_name == set_name)
            .order_by(by_code(Photograph.name))
        ).all()
    if not rows:
        raise UnknownSet(set_name, [name for name, _, _ in sets(database)])
    if gone is not None and not removed:
        raise SetRemoved(set_name, gone)
    views = [_view(photograph, picture) for photograph, picture in rows]
    return PhotographSet(
        set_name,
        tuple(view for view in views if view.split is Split.TRAIN),
        tuple(view for view in views if view.split is Split.TEST),
    )


def parts(database: Database, split: Split, *, removed: bool = False) -> tuple[Part, ...]:
    """The digests that each set by name keeps for this; of those that can be used, unless ``removed`` ones count."""
    kept = models.PhotographSet
    query = (
        select(kept.name, kept.removed_at, Photograph.picture_digest)
        .join(Photograph, Photograph.set_name == kept.name)
        .where(Photograph.split == split)
        .order_by(by_code(kept.name))
    )
    found = dict[tuple[str, bool], set[str]]()
    with database.read() as db:
        for name, removed_at, digest in db.execute(query):
            found.setdefault((name, removed_at is not None), set()).add(digest)
    return tuple(
        Part(name, frozenset(digests), gone) for (name, gone), digests in found.items() if removed or not gone
    )  # fmt: skip


def holder(of: Iterable[Part], wanted: AbstractSet[str]) -> Part | None:
    """The set that holds these photographs: exactly these if there is one, otherwise the first that has grown."""
    of = tuple(of)
    exact = next((part for part in of if part.digests == wanted), None)
    return exact or next((part for part in of if wanted < part.digests), None)


def registered(database: Database) -> list[Known]:
    """Every photograph of every set, removed ones included, as the split looks at it: networks have learned from it."""
    with database.read() as db:
        rows = db.scalars(select(Photograph).order_by(Photograph.id))
        return [Known(r.set_name, r.name, r.picture_digest, r.pixels, r.group_name, r.split) for r in rows]


def sets(database: Database) -> list[tuple[str, int, int]]:
    """The name of each set that can be used, with the number of its training and its test photographs."""
    return [(one.name, one.train, one.test) for one in listing(database) if one.removed_at is None]


def listing(database: Database) -> list[SetView]:
    """Every set by name, removed ones that jobs have used included."""
    kept = models.PhotographSet
    with database.read() as db:
        counts = db.execute(
            select(Photograph.set_name, Photograph.split, func.count()).group_by(Photograph.set_name, Photograph.split)
        ).all()
        rows = db.scalars(select(kept).order_by(by_code(kept.name))).all()
    found = {(name, split): count for name, split, count in counts}
    return [
        SetView(
            row.name, found.get((row.name, Split.TRAIN), 0), found.get((row.name, Split.TEST), 0), row.licence,
            row.source, row.added_by, row.added_at, row.removed_at,
        )
        for row in rows
    ]  # fmt: skip


def get(database: Database, set_name: str) -> SetView:
    """The set as a list shows it, removed or not; raises ``UnknownSet``."""
    known = {one.name: one for one in listing(database)}
    if set_name not in known:
        raise UnknownSet(set_name, [name for name, one in known.items() if one.removed_at is None])
    return known[set_name]


def _view(row: Photograph, picture: Picture) -> PhotographView:
    return PhotographView(
        row.name, row.split, row.picture_digest, picture.width, picture.height, row.source, row.group_name,
        row.encoded, row.thumbnail_digest,
    )  # fmt: skip

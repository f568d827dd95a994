"""What measures say of pictures: kept once for each content, so that it is true for every study that shows it.

A value belongs to a picture, its reference, a measure and the measure's form. It is a fact about two files: whoever
brings it a second time brings the same, and a different one means that something is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from types import MappingProxyType

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from app import clock
from app.catalog import MEASURES
from app.db import Database
from app.db.models import ForeignMeasure, MeasureForm, MeasureSource, MeasureValue, Rendering, Stimulus, StimulusRole
from app.errors import Conflict
from app.studies import states

SAME = 1e-8  # relative: tables carry nine digits, and what they tell apart no longer is the same value
_AT_ONCE = 500  # digests in one question
_log = structlog.get_logger()

Key = tuple[str, str, str, MeasureForm]  # digests of picture and reference, measure, form


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: a file, with its name and sha256, or a scoring job."""

    file_name: str | None = None
    file_digest: str | None = None
    job: int | None = None

    def __str__(self) -> str:
        return self.file_name if self.file_name is not None else f"job {self.job}"


@dataclass(frozen=True, slots=True)
class Other:
    """A value that is already there and differs from the one that is brought."""

    key: Key
    there: float
    source: str
    brought: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the values that were brought; ``replaced`` tells the old ones."""

    added: int
    unchanged: int
    replaced: tuple[Other, ...]


class OtherValues(Conflict):
    """A measure has other values for these pictures already."""

    def __init__(self, others: Sequence[Other]) -> None:
        self.others = tuple(others)
        first = others[0]
        more = f", and {len(others) - 1} more differ" if len(others) > 1 else ""
        super().__init__(
            f"{first.key[2]} is {first.brought:g} here and {first.there:g} in {first.source} for the same two "
            f"pictures{more}. Nothing was written.",
            "find out which is right; then leave the wrong ones out, or ask to replace those that are there",
        )


class OtherDirection(Conflict):
    """A measure is said to be better the other way round than it is known to be."""

    def __init__(self, measure: str, higher: bool) -> None:
        known, brought = ("higher", "lower") if higher else ("lower", "higher")
        super().__init__(
            f"{measure!r} is known here as a measure of which a {known} value is better, and the file says {brought}. "
            "Nothing was written.",
            "correct it, or give the other measure another name",
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A value of a study's picture."""

    task: str
    scene: str
    condition: str
    measure: str
    form: MeasureForm
    value: float
    higher_is_better: bool
    source: str


def directions(db: Session) -> dict[str, bool]:
    """Of every measure that values may be of: whether a higher one is better; the catalogue has the last word."""
    foreign = {one.measure: one.higher_is_better for one in db.scalars(select(ForeignMeasure))}
    return foreign | {measure.id: measure.higher_is_better for measure in MEASURES.values()}


def keep(
    database: Database, values: Mapping[Key, float], source: Source, *, higher_is_better: Mapping[str, bool],
    replace: bool = False, alike: Mapping[str, float] = MappingProxyType({}),
    check: Callable[[Session], object] | None = None,
) -> Kept:  # fmt: skip
    """The values are in the database, all or none; bringing the same again changes nothing.

    ``higher_is_better`` says it of every measure that the catalogue does not know. ``alike`` says of a measure how far,
    absolutely or relatively, two values may be apart and still be the same; what is there then stays. ``check`` is
    asked in the same transaction, and what it raises keeps everything from being written.

    Raises
    ------
    OtherValues
        Some are there already and differ, and ``replace`` is not asked for.
    OtherDirection
        A measure is already known as one that is better the other way round.
    """
    with database.write() as db:
        if check is not None:
            check(db)
        kept = keep_in(db, values, source, higher_is_better=higher_is_better, replace=replace, alike=alike)
    if kept.replaced:
        _log.info("measure values replaced", values=len(kept.replaced), source=str(source))
    return kept


def keep_in(
    db: Session, values: Mapping[Key, float], source: Source, *, higher_is_better: Mapping[str, bool],
    replace: bool = False, alike: Mapping[str, float] = MappingProxyType({}),
) -> Kept:  # fmt: skip
    """The same in the caller's transaction, which a refusal must end."""
    _learn(db, {name: higher for name, higher in higher_is_better.items() if name not in MEASURES})
    row = _noted(db, source)
    number = row.id
    names = ("picture_digest", "reference_digest", "measure", "form")
    rows = [
        {**dict(zip(names, key, strict=True)), "value": value, "source_id": number}
        for key, value in sorted(values.items())  # in one order: two who bring the same wait for each other
    ]
    _insert_new(db, MeasureValue, rows)
    others, added = _others(db, values, number, alike)
    if others and not replace:
        raise OtherValues(others)
    _replace(db, others, number)
    if not added and not others:
        db.delete(row)
    return Kept(added, len(values) - added - len(others), tuple(others))


def held(database: Database, study_id: int) -> list[Held]:
    """Every value of the study's pictures, in the order of their names; raises ``StudyNotFound``."""
    with database.read() as db:
        states.find(db, study_id)
        return _held(db, Stimulus, "study_id", [study_id])


def held_by_renderings(database: Database, jobs: Sequence[int]) -> list[Held]:
    """Every value of the pictures of these rendering jobs, whether or not a study shows them, in the order of names.

    Degraded inputs are among them; one that all conditions share is told once.
    """
    with database.read() as db:
        return _held(db, Rendering, "job_id", jobs)


def _held(db: Session, table: type[Stimulus] | type[Rendering], owner: str, owners: Sequence[int]) -> list[Held]:
    shown, reference = aliased(table), aliased(table)
    statement = (
        select(
            shown.task, shown.scene, shown.condition, MeasureValue.measure, MeasureValue.form, MeasureValue.value,
            MeasureSource.file_name, MeasureSource.job_id,
        )
        .join(
            reference,
            (getattr(reference, owner) == getattr(shown, owner))
            & (reference.task == shown.task)
            & (reference.scene == shown.scene)
            & (reference.role == StimulusRole.REFERENCE),
        )
        .join(
            MeasureValue,
            (MeasureValue.picture_digest == shown.picture_digest)
            & (MeasureValue.reference_digest == reference.picture_digest),
        )
        .join(MeasureSource, MeasureSource.id == MeasureValue.source_id)
        .where(getattr(shown, owner).in_(owners), shown.role != StimulusRole.REFERENCE)
    )  # fmt: skip
    higher = directions(db)
    rows = db.connection().execute(statement).all()
    found = {row[:5]: Held(*row[:5], row[5], higher[row[3]], str(Source(row[6], None, row[7]))) for row in rows}
    return sorted(found.values(), key=lambda one: (one.task, one.scene, one.condition, one.measure, one.form))


def _noted(db: Session, source: Source) -> MeasureSource:
    row = MeasureSource(
        file_name=source.file_name, file_digest=source.file_digest, job_id=source.job, added_at=clock.now()
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def _learn(db: Session, wanted: Mapping[str, bool]) -> None:
    """The measures are known with these directions."""
    rows = [{"measure": name, "higher_is_better": higher} for name, higher in sorted(wanted.items())]
    _insert_new(db, ForeignMeasure, rows)
    known = directions(db)
    for name, higher in wanted.items():
        if known[name] is not higher:
            raise OtherDirection(name, known[name])


def _insert_new(
    db: Session, table: type[MeasureValue] | type[ForeignMeasure], rows: Sequence[Mapping[str, object]]
) -> None:
    """Rows whose key is there already stay as they are; who inserts the same meanwhile is waited for."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    if rows:
        db.connection().execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def _others(
    db: Session, values: Mapping[Key, float], mine: int, alike: Mapping[str, float]
) -> tuple[list[Other], int]:  # fmt: skip
    """Which values stood there already and differ, and how many are new, from this source."""
    others, added = list[Other](), 0
    for stored, source in _stored(db, sorted({key[1] for key in values})):
        key = (stored.picture_digest, stored.reference_digest, stored.measure, stored.form)
        if stored.source_id == mine:
            added += 1
        elif key in values and not _same(stored.value, values[key], alike.get(stored.measure)):
            others.append(Other(key, stored.value, str(source), values[key]))
    return others, added


def _same(one: float, other: float, apart: float | None) -> bool:
    return isclose(one, other, rel_tol=max(SAME, apart or 0.0), abs_tol=apart or 0.0)


def _stored(db: Session, references: Sequence[str]) -> Iterator[tuple[MeasureValue, Source]]:
    for start in range(0, len(references), _AT_ONCE):
        rows = db.execute(
            select(MeasureValue, MeasureSource.file_name, MeasureSource.job_id)
            .join(MeasureSource, MeasureSource.id == MeasureValue.source_id)
            .where(MeasureValue.reference_digest.in_(references[start : start + _AT_ONCE]))
        )
        for value, file_name, job in rows:
            yield value, Source(file_name, None, job)


def _replace(db: Session, others: Iterable[Other], mine: int) -> None:
    rows = [
        {"picture": one.key[0], "reference": one.key[1], "of": one.key[2], "its_form": one.key[3], "now": one.brought}
        for one in sorted(others, key=lambda one: one.key)  # in one order: two who replace the same wait for each other
    ]
    if rows:
        statement = (
            update(MeasureValue.__table__)  # type: ignore[arg-type]
            .where(
                MeasureValue.picture_digest == bindparam("picture"),
                MeasureValue.reference_digest == bindparam("reference"),
                MeasureValue.measure == bindparam("of"),
                MeasureValue.form == bindparam("its_form", type_=MeasureValue.form.type),
            )
            .values(value=bindparam("now"), source_id=mine)
        )
        db.connection().execute(statement, rows)

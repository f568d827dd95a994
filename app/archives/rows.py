"""What an archive says of a study's design: the study itself, its pictures, and what measures say of them."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from app.archives.layout import Count, Digest, Number, Read
from app.db.models import MeasureForm, PairKind, StimulusRole, StudyState
from app.studies.plain import is_plain


def _plain(text: str) -> str:
    if not is_plain(text) or text != text.strip():
        raise ValueError("holds characters that do not belong into a name")
    return text


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)  # the logs hash it as Python writes it


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
Task = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_plain)]
Json = dict[str, Any]
_Fact = Annotated[str, StringConstraints(max_length=1000)] | int | Annotated[float, Field(allow_inf_nan=False)]
Facts = Annotated[dict[Annotated[str, StringConstraints(max_length=80)], _Fact], Field(max_length=50)]


class LookRow(Read):
    """A look at the ranking before the study was closed."""

    at: Moment
    votes: Count  # that there were


class StudyRow(Read):
    """The study, as it stood; a design has no dates, no seed and no hash, because it has not been opened."""

    title: Name
    is_demo: bool
    state: StudyState
    protocol: Json
    protocol_hash: Digest | None
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None
    created_at: Moment | None
    opened_at: Moment | None
    closed_at: Moment | None
    archived_at: Moment | None
    imported: Json | None  # from which archive the installation had it
    looks: tuple[LookRow, ...] = ()


class PictureRow(Read):
    """A picture of the study."""

    digest: Digest
    width: Number
    height: Number
    size: Number  # bytes


class StimulusRow(Read):
    """One picture in its place."""

    number: Number
    task: Task
    scene: Name
    condition: Name
    role: StimulusRole
    picture: Digest
    longest: ClassVar[int] = 256 << 10  # what a picture was made of has names of files in it
    origin: Facts | None  # job, recipe hash and seed of a rendering


class SourceRow(Read):
    """One file or job that brought values of measures."""

    number: Number
    file_name: Annotated[str, StringConstraints(max_length=200)] | None
    file_digest: Digest | None
    job: Number | None
    added_at: Moment


class ValueRow(Read):
    """What a measure says of a picture against its reference."""

    picture: Digest
    reference: Digest
    measure: Task
    form: MeasureForm
    value: Annotated[float, Field(allow_inf_nan=False)]
    higher_is_better: bool
    source: Number


class PairRow(Read):
    """Two stimuli that were shown together; the number is the one that seals name."""

    number: Number
    kind: PairKind
    reference: Number
    a: Number
    b: Number


class SubjectRow(Read):
    """Somebody who judged."""

    number: Number
    label: Task
    simulated: bool
    invited: bool  # by a label; false for whoever came by the public link
    created_at: Moment

"""What an archive says of sessions: each line names the session it belongs to, in the order of the sessions."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from app.archives.layout import LONGEST, Count, Digest, Number, Read
from app.archives.rows import Json, Moment
from app.db.models import Check, ExclusionAction, Outcome, Service, Side, TrialKind

Words = Annotated[str, StringConstraints(max_length=500)]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,43}$")]
Whole = Annotated[int, Field(ge=-(2**31), lt=2**31)]


class ExternalRow(Read):
    """Under which number a recruiting service knows a subject."""

    longest: ClassVar[int] = LONGEST
    subject: Number
    service: Service
    participant: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    fields: Json


class SessionRow(Read):
    """One subject's way through the study."""

    number: Number
    subject: Number
    simulated: bool
    pilot: bool
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    comparisons: Count
    planned: Count
    locale: Annotated[str, StringConstraints(max_length=16)]
    started_at: Moment
    last_seen_at: Moment
    sitting_began_at: Moment
    completed_at: Moment | None
    outcome: Outcome | None
    completion_code: Annotated[str, StringConstraints(max_length=64)] | None
    event_count: Count
    event_head: Digest


class OfSession(Read):
    """A line that belongs to a session."""

    session: Number


class ConsentRow(OfSession):
    """The agreement to one exact text."""

    longest: ClassVar[int] = LONGEST
    text_hash: Digest
    text: str | None
    agreed_at: Moment


class QuestionnaireRow(OfSession):
    """What the subject said about themselves."""

    longest: ClassVar[int] = LONGEST
    answers: Json
    answered_at: Moment


class ScreeningRow(OfSession):
    """One look at a viewing condition."""

    longest: ClassVar[int] = LONGEST
    kind: Check
    passed: bool
    result: Json
    at: Moment


class TrialRow(OfSession):
    """One showing of a pair; number and token are those that log, seals and votes name."""

    number: Number
    token: Token
    pair: Number
    block: Whole  # below 0: practice once more
    position: Count
    kind: TrialKind
    a_on_left: bool
    issued_at: Moment
    given_back_at: Moment | None
    probability: Annotated[float, Field(gt=0, le=1)] | None


class VoteRow(OfSession):
    """The answer to a trial."""

    trial: Number
    side: Side
    elapsed_ms: Annotated[int, Field(ge=0, le=24 * 60 * 60 * 1000)] | None
    late: bool
    received_at: Moment
    digest: Digest


class ShowingRow(OfSession):
    """On what screen a trial was answered."""

    trial: Number
    pixel_ratio: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    pane_width: Count
    pane_height: Count
    exact: bool
    gamut: Annotated[str, StringConstraints(max_length=16)] | None
    dynamic_range: Annotated[str, StringConstraints(max_length=16)] | None


class ExclusionRow(OfSession):
    """A decision about the session, in the order in which they were made."""

    action: ExclusionAction
    rule: Annotated[str, StringConstraints(max_length=40)]
    reason: Words
    decided_by: Annotated[str, StringConstraints(max_length=80)]
    decided_at: Moment


class EventRow(OfSession):
    """One line of the session's log; without a payload where that was erased, or left out."""

    longest: ClassVar[int] = LONGEST
    number: Number
    kind: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    at: Moment
    key: Annotated[str, StringConstraints(max_length=40)] | None
    payload: Json | None
    salt: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{32})?$")]
    digest: Digest
    link: Digest

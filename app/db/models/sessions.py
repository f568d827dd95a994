"""What happened: subjects, their sessions, the trials shown and the votes given."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, link_key, word


class TrialKind(StrEnum):
    """Why a trial was shown; only ``test`` trials enter a ranking."""

    PRACTICE = "practice"
    DUMMY = "dummy"  # the first of a block after a break, until the eye has settled again
    TEST = "test"
    CATCH = "catch"
    REPEAT = "repeat"  # a pair that the subject has judged before, with its sides the other way round


class Side(StrEnum):
    """Where the chosen picture stood; ``tie`` only where the protocol allows "can't tell"."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"


class ExclusionAction(StrEnum):
    """An exclusion is taken back by a second row, never by deleting the first."""

    EXCLUDE = "exclude"
    READMIT = "readmit"


class Outcome(StrEnum):
    """How a session ended."""

    COMPLETED = "completed"
    FAILED_CHECKS = "failed_checks"  # to its end, with more wrong answers to catch trials than the protocol allows
    SCREENED_OUT = "screened_out"  # before its first block: by a viewing condition or by practice
    WITHDRAWN = "withdrawn"  # the subject took their answers back


class Service(StrEnum):
    """Who sent a subject to us, and wants to hear how it went."""

    PROLIFIC = "prolific"
    MTURK = "mturk"
    SONA = "sona"


class Check(StrEnum):
    """A viewing condition that is looked at before a session's first trial."""

    DISPLAY = "display"  # window, pixel ratio, browser zoom, gamut, dynamic range
    CARD = "card"  # the size of a bank card on the screen, and how far away the eye is
    BRIGHTNESS = "brightness"
    ACUITY = "acuity"
    COLOUR = "colour"


class Subject(Base):
    """Somebody who judges in one study; known by a label of the experimenter's or by a number."""

    __tablename__ = "subjects"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    simulated: Mapped[bool]
    # by a label; a quota counts the others
    invited: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]
    # what the link proves besides the number; None: written before there were keys
    link_key: Mapped[str | None] = mapped_column(String(22), default=link_key)
    # links are made of the number: that of a deleted draft's subject stays unused
    __table_args__ = (UniqueConstraint("study_id", "label"), {"sqlite_autoincrement": True})


class ExternalId(Base):
    """Under which number a recruiting service knows a subject; apart from the votes, so that it can be erased alone."""

    __tablename__ = "external_ids"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"))
    service: Mapped[Service] = mapped_column(word(Service))
    participant: Mapped[str] = mapped_column(String(128))
    fields: Mapped[dict[str, Any]]  # the service's other parameters, handed back at the end
    __table_args__ = (UniqueConstraint("study_id", "service", "participant"),)


class Session(Base):
    """One subject's way through a study; may be interrupted and resumed on another device, and on another day."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)  # in the address; the cookie must agree with it
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
    simulated: Mapped[bool]
    pilot: Mapped[bool]  # a pilot's votes are kept but never counted
    seed: Mapped[int]
    comparisons: Mapped[int]  # test trials of the whole session, fixed at its start
    # trials of the whole session without practice; fixed at its start, and smaller where slots went to others meanwhile
    planned: Mapped[int]
    locale: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    sitting_began_at: Mapped[datetime]  # of the present day's sitting, where the protocol limits one
    completed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))  # None while it may go on
    completion_code: Mapped[str | None] = mapped_column(String(64))
    event_count: Mapped[int]  # with event_head: a truncated log is noticed too
    event_head: Mapped[str] = mapped_column(String(64))
    original_id: Mapped[int | None]  # its number where an imported study was made; None: here


class Consent(Base):
    """A subject's agreement to one exact text."""

    __tablename__ = "consents"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)  # as it was shown, in the session's language; None in old rows
    agreed_at: Mapped[datetime]


class Questionnaire(Base):
    """What a subject said about themselves, in the fields that the protocol asks for; erased when they withdraw."""

    __tablename__ = "questionnaires"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    answers: Mapped[dict[str, Any]]  # by the field's name
    answered_at: Mapped[datetime]


class Screening(Base):
    """One look at a viewing condition of a session; the latest of each kind holds, and all are erased on withdrawal."""

    __tablename__ = "screenings"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Check] = mapped_column(word(Check))
    passed: Mapped[bool]
    result: Mapped[dict[str, Any]]  # what was measured or answered; the keys belong to the check
    at: Mapped[datetime]


class Trial(Base):
    """One showing of a pair to one subject; stored when its block starts, never scheduled inside a vote."""

    __tablename__ = "trials"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    block: Mapped[int]  # 0 is practice
    position: Mapped[int]  # counts from 0 through the whole session, practice included
    kind: Mapped[TrialKind] = mapped_column(word(TrialKind))
    a_on_left: Mapped[bool]
    issued_at: Mapped[datetime]
    given_back_at: Mapped[datetime | None]  # its slot went to somebody else; an answer that still arrives is kept
    # of a test trial: with which its pair came into its block (app.sessions.drawing); None in older rows
    probability: Mapped[float | None]
    # of an imported study: what log, seals and digests of votes name; links and cookies made there open nothing here
    original_id: Mapped[int | None]
    original_token: Mapped[str | None] = mapped_column(String(43))
    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        CheckConstraint("probability IS NULL OR (probability > 0 AND probability <= 1)", name="probability_in_range"),
    )


class Vote(Base):
    """The answer to a trial; written once, changed never (a trigger sees to it)."""

    __tablename__ = "votes"

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id"), unique=True)
    side: Mapped[Side] = mapped_column(word(Side))
    elapsed_ms: Mapped[int | None]  # from all three pictures decoded to the answer, by the browser's clock
    late: Mapped[bool]  # arrived while the study was paused or closed; counted, and marked
    received_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))  # the event log's ``saved`` event carries the same
    __table_args__ = (CheckConstraint("elapsed_ms IS NULL OR elapsed_ms >= 0", name="time_runs_forward"),)


class Showing(Base):
    """On what screen a trial was answered, as its page measured it; erased when the subject withdraws."""

    __tablename__ = "showings"

    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), primary_key=True)
    pixel_ratio: Mapped[float]  # device pixels per CSS pixel, browser zoom included
    pane_width: Mapped[int]  # device pixels
    pane_height: Mapped[int]
    exact: Mapped[bool]  # whether one picture pixel was one device pixel at 1:1
    gamut: Mapped[str | None] = mapped_column(String(16))  # srgb, p3 or rec2020
    dynamic_range: Mapped[str | None] = mapped_column(String(16))  # standard or high


class Exclusion(Base):
    """A decision about a session, with its rule, reason and author; the latest row holds."""

    __tablename__ = "exclusions"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    action: Mapped[ExclusionAction] = mapped_column(word(ExclusionAction))
    rule: Mapped[str] = mapped_column(String(40))  # "catch", "manual", "screening" or "withdrawn"
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[str] = mapped_column(String(80))  # an account's name, or "protocol"
    decided_at: Mapped[datetime]


class Event(Base):
    """One line of a session's log, chained to the line before it."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    number: Mapped[int]  # from 1, without gaps
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(String(40))  # of a batch that a page sent: sent again, it is no second line
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None once it was erased
    salt: Mapped[str] = mapped_column(String(32))  # empty once the payload was erased: nobody can try out what it said
    digest: Mapped[str] = mapped_column(String(64))  # of salt and payload: the chain outlives an erased payload
    link: Mapped[str] = mapped_column(String(64))  # of the previous link, number, kind, at and digest
    __table_args__ = (
        Index("uq_events_session_number", "session_id", "number", unique=True),
        Index("uq_events_session_key", "session_id", "key", unique=True),
    )

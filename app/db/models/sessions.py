"""What happened: subjects, their sessions, the trials shown and the votes given."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, word


class TrialKind(StrEnum):
    """Why a trial was shown; only ``test`` trials enter a ranking."""

    PRACTICE = "practice"
    TEST = "test"
    CATCH = "catch"


class Side(StrEnum):
    """Where the chosen picture stood; ``tie`` only where the protocol allows "can't tell"."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"


class ExclusionAction(StrEnum):
    """An exclusion is taken back by a second row, never by deleting the first."""

    EXCLUDE = "exclude"
    READMIT = "readmit"


class Subject(Base):
    """Somebody who judges in one study; known by a label of the experimenter's or by a number."""

    __tablename__ = "subjects"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    simulated: Mapped[bool]
    created_at: Mapped[datetime]
    # links are made of the number: that of a deleted draft's subject stays unused
    __table_args__ = (UniqueConstraint("study_id", "label"), {"sqlite_autoincrement": True})


class Session(Base):
    """One sitting of one subject; may be interrupted and resumed on another device."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)  # in the address; the cookie must agree with it
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
    simulated: Mapped[bool]
    pilot: Mapped[bool]  # a pilot's votes are kept but never counted
    seed: Mapped[int]
    planned: Mapped[
        int
    ]  # trials of the whole session without practice, fixed at its start so that progress never moves backwards
    locale: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    completion_code: Mapped[str | None] = mapped_column(String(24))
    event_count: Mapped[int]  # with event_head: a truncated log is noticed too
    event_head: Mapped[str] = mapped_column(String(64))


class Consent(Base):
    """A subject's agreement to one exact text."""

    __tablename__ = "consents"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    agreed_at: Mapped[datetime]


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
    __table_args__ = (UniqueConstraint("session_id", "position"),)


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


class Exclusion(Base):
    """A decision about a session, with its rule, reason and author; the latest row holds."""

    __tablename__ = "exclusions"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    action: Mapped[ExclusionAction] = mapped_column(word(ExclusionAction))
    rule: Mapped[str] = mapped_column(String(40))  # "catch" or "manual"
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
    payload: Mapped[dict[str, Any]]
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))  # of salt and payload: the chain outlives an erased payload
    link: Mapped[str] = mapped_column(String(64))  # of the previous link, number, kind, at and digest
    __table_args__ = (Index("uq_events_session_number", "session_id", "number", unique=True),)

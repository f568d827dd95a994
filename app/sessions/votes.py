"""Recording votes: the one write a subject can make.

Every answer runs through here, so the statements are built once and nothing is scheduled: a block's trials were stored
when it started.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import now
from app.db import Database
from app.db.models import (
    ExclusionAction,
    Outcome,
    Pair,
    Session,
    Showing,
    Side,
    Stimulus,
    StimulusRole,
    Study,
    Trial,
    TrialKind,
    Vote,
)
from app.errors import BadInput, Conflict, NotFound
from app.sessions import events
from app.sessions.exclusions import FAILURES, STANDING, judge_catch
from app.sessions.outcomes import Withdrawn
from app.studies.protocol import Protocol
from app.studies.states import takes_answers

_LONGEST_MS = 24 * 60 * 60 * 1000
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without the letters and digits that look alike

_FIND = (
    select(
        Trial.id, Trial.kind, Trial.a_on_left, Session.id.label("session_id"), Session.planned, Session.outcome,
        Session.pilot, Session.event_count, Session.event_head, Session.study_id, Study.state, Study.protocol_hash,
        Stimulus.role.label("role_of_a"),
    )
    .join(Session, Session.id == Trial.session_id)
    .join(Study, Study.id == Session.study_id)
    .join(Pair, Pair.id == Trial.pair_id)
    .join(Stimulus, Stimulus.id == Pair.a_id)
    .where(Session.token == bindparam("session"), Trial.token == bindparam("trial"))
    .with_for_update(of=Session)  # PostgreSQL: the head that the next line is chained to
)  # fmt: skip
_PROTOCOL = select(Study.protocol).where(Study.id == bindparam("study"))
_INSERT = {
    name: dialect.insert(Vote)
    .on_conflict_do_nothing(index_elements=[Vote.trial_id])
    .inline()
    .execution_options(preserve_rowcount=True)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_SHOW = insert(Showing)
_STORED = select(Vote.side, Vote.late, Vote.received_at).where(Vote.trial_id == bindparam("trial"))
_SEEN = update(Session).where(Session.id == bindparam("session")).values(last_seen_at=bindparam("at"))
_SAVED = _SEEN.values(event_count=bindparam("count"), event_head=bindparam("head"))
_ANSWERED = (
    select(func.count())
    .select_from(Trial)
    .join(Vote, Vote.trial_id == Trial.id)
    .where(
        Trial.session_id == bindparam("session"), Trial.kind != TrialKind.PRACTICE, Trial.given_back_at.is_(None)
    )
)  # fmt: skip
_COMPLETE = (
    update(Session)
    .where(Session.id == bindparam("session"))
    .values(completed_at=bindparam("at"), completion_code=bindparam("code"), outcome=bindparam("outcome"))
)


@dataclass(frozen=True, slots=True)
class Screen:
    """How the page showed a trial's pictures, as it measured that itself."""

    pixel_ratio: float  # device pixels per CSS pixel, browser zoom included
    pane_width: int  # device pixels
    pane_height: int
    exact: bool  # whether one picture pixel was one device pixel at 1:1
    gamut: str | None = None
    dynamic_range: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the subject chose, how long it took by the browser's clock, and on what screen."""

    side: Side
    elapsed_ms: int | None
    screen: Screen | None = None


@dataclass(frozen=True, slots=True)
class StoredVote:
    """The vote as it stands; ``created`` is false for one that was there already."""

    side: Side
    late: bool
    created: bool
    received_at: datetime
    practice_correct: bool | None  # None where nobody can say


class TrialNotFound(NotFound):
    """The session has no such trial."""

    def __init__(self) -> None:
        super().__init__("This session has no such trial", "reload the page to go on where you stopped")


class AlreadyAnswered(Conflict):
    """The trial was answered otherwise before, and that answer stands."""

    def __init__(self, stored: StoredVote) -> None:
        self.stored = stored
        super().__init__(
            f"This trial was answered before, with {stored.side!s}; that answer stands.", "go on with the next"
        )


class AbsurdTime(BadInput):
    """No answer takes less than nothing, or more than a day."""

    def __init__(self) -> None:  # does not repeat the number, which may have thousands of digits
        super().__init__(
            "elapsed_ms counts the milliseconds from all pictures shown to the answer, so it lies "
            f"between 0 and {_LONGEST_MS}",
            "send null where it is not known",
        )


class NoTies(BadInput):
    """The study wants a choice between left and right."""

    def __init__(self) -> None:
        super().__init__('This study has no answer "can\'t tell"', "choose left or right")


def record_vote(database: Database, session_token: str, trial_token: str, answer: Answer) -> StoredVote:
    """The stored vote; the same answer sent again returns the first, another one raises ``AlreadyAnswered``."""
    if answer.elapsed_ms is not None and not 0 <= answer.elapsed_ms <= _LONGEST_MS:
        raise AbsurdTime
    with database.write_connection() as connection:
        at = now()
        trial = connection.execute(_FIND, {"session": session_token, "trial": trial_token}).one_or_none()
        if trial is None:
            raise TrialNotFound
        if trial.outcome is Outcome.WITHDRAWN:
            raise Withdrawn(trial_token)
        protocol = _protocol(database, connection, trial.study_id, trial.protocol_hash)
        if answer.side is Side.TIE and not protocol.allow_tie:
            raise NoTies
        late = not takes_answers(trial.state, pilot=trial.pilot)
        digest = events.vote_digest(trial_token, answer.side, answer.elapsed_ms, late, at)
        row = {"trial_id": trial.id, "side": answer.side, "elapsed_ms": answer.elapsed_ms, "late": late}
        stored = connection.execute(
            _INSERT[connection.dialect.name], {**row, "received_at": at, "digest": digest}
        )  # UNIQUE(trial) decides: a double click, or a retry after a lost reply, stores nothing
        if not stored.rowcount:
            connection.execute(_SEEN, {"session": trial.session_id, "at": at})
            return _again(connection, trial, answer)
        _log(connection, trial, answer.screen if protocol.record_looks else None, digest, at)
        if trial.kind is TrialKind.CATCH:
            allowed, planned = protocol.catch_failures_allowed, protocol.catch_trials
            judge_catch(connection, trial.session_id, allowed=allowed, planned=planned, at=at)
        if trial.kind is not TrialKind.PRACTICE:
            _end(connection, trial, at)
        return StoredVote(answer.side, late, True, at, _practice_correct(trial, answer.side))


def _protocol(database: Database, connection: Connection, study_id: int, protocol_hash: str) -> Protocol:
    """The study's protocol, read once: it was frozen when the study opened. Codes are left out, as the hash does.

    It is the study's own, and no other's of the same hash: one that was imported says what somebody wrote.
    """
    known: Protocol | None = database.frozen.get((study_id, protocol_hash))
    if known is None:
        known = Protocol.model_validate(connection.scalar(_PROTOCOL, {"study": study_id})).without_codes("")
        database.frozen[study_id, protocol_hash] = known
    return known


def _log(connection: Connection, trial: Any, screen: Screen | None, digest: str, at: datetime) -> None:
    """The screen is stored, and the log's next line vouches for the vote."""
    if screen is not None:
        connection.execute(_SHOW, {"trial_id": trial.id, **asdict(screen)})
    said = {"trial": trial.id, "vote": digest}
    line = events.line(trial.session_id, trial.event_count, trial.event_head, events.SAVED, said, at)
    connection.execute(events.APPEND, line)
    moved = {"session": trial.session_id, "at": at, "count": line["number"], "head": line["link"]}
    connection.execute(_SAVED, moved)


def _again(connection: Connection, trial: Any, answer: Answer) -> StoredVote:
    side, late, received_at = connection.execute(_STORED, {"trial": trial.id}).one()
    stored = StoredVote(side, late, False, received_at, _practice_correct(trial, side))
    if side is not answer.side:
        raise AlreadyAnswered(stored)
    return stored


def _end(connection: Connection, trial: Any, at: datetime) -> None:
    """The session ends and gets its completion code if this was its last planned vote."""
    if trial.outcome is None and trial.event_count + 1 >= trial.planned:  # each answer has its line in the log
        protocol = Protocol.model_validate(connection.scalar(_PROTOCOL, {"study": trial.study_id}))
        complete(connection, trial.session_id, trial.planned, protocol, at)


def complete(connection: Connection, session_id: int, planned: int, protocol: Protocol, at: datetime) -> None:
    """Where all that was planned is answered, the session, which has no outcome yet, has one, and its code."""
    if not planned or connection.scalar(_ANSWERED, {"session": session_id}) != planned:
        return  # a code is for answers
    failed = connection.scalar(FAILURES, {"session": session_id}) or 0
    out = failed > protocol.catch_failures_allowed and connection.scalar(STANDING, {"session": session_id})
    outcome = Outcome.FAILED_CHECKS if out is ExclusionAction.EXCLUDE else Outcome.COMPLETED  # or was readmitted
    code = protocol.failed_code if outcome is Outcome.FAILED_CHECKS else protocol.completed_code
    own = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    code = code or protocol.completed_code or own
    connection.execute(_COMPLETE, {"session": session_id, "at": at, "outcome": outcome, "code": code})
    events.append(connection, session_id, events.COMPLETED, {"answered": planned}, at)


def _practice_correct(trial: Any, side: Side) -> bool | None:
    """In practice with a reference against its degraded input, whether the reference was chosen."""
    if trial.kind is not TrialKind.PRACTICE or trial.role_of_a is not StimulusRole.REFERENCE:
        return None
    return side is (Side.LEFT if trial.a_on_left else Side.RIGHT)

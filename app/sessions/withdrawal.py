"""A subject takes back their answers: excluded for good, and what is personal about them erased, in one transaction.

The answers themselves stay, as the event log proves them; nothing of ours names whose they were. A code that was shown
stays too, and the service that it was shown for has it beside a number (docs/keeping-it-well.md).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update, delete, null, select, update
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.audit import Actor, note
from app.db.models import (
    Event,
    ExclusionAction,
    ExternalId,
    Outcome,
    Questionnaire,
    Screening,
    Session,
    Showing,
    Subject,
    Trial,
)
from app.errors import BadInput
from app.sessions import checks, events
from app.sessions.ending import shown_code
from app.sessions.exclusions import WITHDRAWN_RULE, decide
from app.sessions.links import read_personal
from app.sessions.sitting import SessionNotFound
from app.studies import states
from app.studies.states import protocol_of

_AT_ONCE = 20  # labels that are looked up at once: nearly always the first of them is free


class NotConfirmed(BadInput):
    """A withdrawal cannot be taken back, so it is confirmed by the subject's label."""

    def __init__(self) -> None:
        super().__init__(
            "What was typed is not the label of this session's subject, so nothing was withdrawn",
            "type the label exactly as the monitor shows it",
        )


class TickNeeded(BadInput):
    """A subject withdraws by a tick as well as by the button."""

    def __init__(self) -> None:
        super().__init__("Nothing was withdrawn: the box was not ticked", "tick the box if you want to withdraw")


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each kind are gone, or empty."""

    questionnaires: int
    screenings: int
    showings: int
    external_ids: int
    payloads: int


def withdraw(database: Database, session_token: str) -> None:
    """The subject who holds the session has withdrawn; pressing the button twice withdraws once."""
    with database.read() as db:
        found = db.execute(select(Session.study_id, Session.subject_id).where(Session.token == session_token))
        both = found.one_or_none()
    if both is None:
        raise SessionNotFound
    study_id, subject_id = both
    with database.write() as db:
        _withdraw(db, study_id, subject_id, "withdrawn by the subject", events.BY_SUBJECT)


def session_of(database: Database, secret: bytes, personal: str) -> str:
    """The token of the session behind a personal link."""
    with database.read() as db:
        subject = read_personal(db, secret, personal)
        token = db.scalar(
            select(Session.token).where(Session.subject_id == subject.id).order_by(Session.id.desc()).limit(1)
        )
    if token is None:
        raise SessionNotFound
    return token


def carry_out(database: Database, study_id: int, session_id: int, label: str, reason: str, by: Actor) -> None:
    """A withdrawal that was asked for otherwise, by mail for example, has been carried out; the reason is kept.

    The audit log says who did it of which session, and never whose that was.
    """
    told = checks.reasoned(reason)
    with database.write() as db:
        states.hold(db, study_id)
        found = db.execute(
            select(Session, Subject)
            .join(Subject, Subject.id == Session.subject_id)
            .where(Session.id == session_id, Session.study_id == study_id)
        ).one_or_none()
        if found is None:
            raise checks.NoSuchSession(session_id)
        session, subject = found
        if session.outcome is Outcome.WITHDRAWN:
            return  # whoever lost the reply asks again
        if " ".join(label.split()) != " ".join(subject.label.split()):
            raise NotConfirmed
        _withdraw(db, study_id, subject.id, told, checks.signature(by))
        note(db, by, "session withdrawn", study_id=study_id, session=session_id)


def _withdraw(db: OrmSession, study_id: int, subject_id: int, reason: str, by: str) -> None:
    study = states.hold(db, study_id)  # before the sessions, as everywhere
    at = now()
    sessions = db.scalars(
        select(Session).where(Session.subject_id == subject_id).order_by(Session.id).with_for_update()
    ).all()
    if all(session.outcome is Outcome.WITHDRAWN for session in sessions):
        return
    external = _rows(db, delete(ExternalId).where(ExternalId.subject_id == subject_id))
    subject = db.get_one(Subject, subject_id)
    subject.label = _free_label(db, study_id)
    protocol = protocol_of(study)
    for session in sessions:  # a code that its subject was shown stays: what was promised for it is still owed
        session.completion_code = shown_code(protocol, session.outcome, session.completion_code)
        session.outcome = Outcome.WITHDRAWN
        session.last_seen_at = at
        db.flush()
        _log(db, session.id, _erase(db, session.id, external), reason, by, at)


def _erase(db: OrmSession, session_id: int, external: int) -> Erased:
    trials = select(Trial.id).where(Trial.session_id == session_id)
    personal = (Event.session_id == session_id, Event.kind.in_(events.PERSONAL), Event.payload.is_not(None))
    return Erased(
        questionnaires=_rows(db, delete(Questionnaire).where(Questionnaire.session_id == session_id)),
        screenings=_rows(db, delete(Screening).where(Screening.session_id == session_id)),
        showings=_rows(db, delete(Showing).where(Showing.trial_id.in_(trials))),
        external_ids=external,
        payloads=_rows(db, update(Event).where(*personal).values(payload=null(), salt="")),
    )


def _log(db: OrmSession, session_id: int, erased: Erased, reason: str, by: str, at: datetime) -> None:
    connection = db.connection()
    gone = {name: getattr(erased, name) for name in Erased.__dataclass_fields__}
    events.append(connection, session_id, events.WITHDRAWN, {"by": by, "erased": gone}, at)
    decide(connection, session_id, ExclusionAction.EXCLUDE, rule=WITHDRAWN_RULE, reason=reason, by=by, at=at)


def _rows(db: OrmSession, statement: Delete | Update) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount


def _free_label(db: OrmSession, study_id: int) -> str:
    """The first free label of its kind; the number says nothing about whose it was."""
    first = 1
    while True:
        asked = [f"withdrawn {number}" for number in range(first, first + _AT_ONCE)]
        taken = set(db.scalars(select(Subject.label).where(Subject.study_id == study_id, Subject.label.in_(asked))))
        free = next((label for label in asked if label not in taken), None)
        if free:
            return free
        first += _AT_ONCE

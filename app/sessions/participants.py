"""Who came from a recruiting service, and how it went: what an experimenter approves and pays by."""

from datetime import datetime

from sqlalchemy import select

from app.db import Database
from app.db.models import ExternalId, Session, Subject
from app.sessions.ending import shown_code
from app.studies import states
from app.studies.states import protocol_of

COLUMNS = ("service", "participant", "submission", "subject", "pilot", "outcome", "code", "began_at", "completed_at")
Row = tuple[str | bool | datetime | None, ...]


def participants(database: Database, study_id: int) -> list[Row]:
    """The cells of ``COLUMNS`` for each session of a subject whom a service sent; whoever withdrew has none."""
    with database.read() as db:
        protocol = protocol_of(states.find(db, study_id))
        rows = db.execute(
            select(ExternalId, Subject.label, Session)
            .join(Subject, Subject.id == ExternalId.subject_id)
            .join(Session, Session.subject_id == Subject.id)
            .where(ExternalId.study_id == study_id)
            .order_by(Session.id)
        ).all()
    return [
        (
            external.service.value, external.participant, _submission(external), label, session.pilot,
            session.outcome.value if session.outcome else None,
            shown_code(protocol, session.outcome, session.completion_code), session.started_at, session.completed_at,
        )
        for external, label, session in rows
    ]  # fmt: skip


def _submission(external: ExternalId) -> str | None:
    """What the service calls this one visit."""
    return external.fields.get("SESSION_ID") or external.fields.get("assignmentId")

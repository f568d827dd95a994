"""How many the public link takes: a place is held by whoever came by it and counts, or may still come to count."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.models import Session, Study, Subject
from app.errors import Conflict
from app.sessions.loads import ABANDONED_AFTER, counted
from app.studies import states
from app.studies.protocol import Protocol


class StudyFull(Conflict):
    """The public link has as many subjects as its quota allows."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            f"All places of {study.title} that its public link gives away are taken",
            "come back later: the place of a session that is abandoned or excluded becomes free again",
        )


def taken(db: OrmSession, study: Study) -> int:
    """How many sessions of the public link are complete and count, or are under way."""
    alive = or_(
        Session.completed_at.is_not(None),
        (Session.outcome.is_(None)) & (Session.last_seen_at > now() - ABANDONED_AFTER),
    )
    return db.scalars(
        select(func.count())
        .select_from(Session)
        .join(Subject, Subject.id == Session.subject_id)
        .where(*counted(study.id, simulated=study.is_demo), Subject.invited.is_(False), alive)
    ).one()


def is_full(db: OrmSession, study: Study, protocol: Protocol) -> bool:
    """Whether the public link takes nobody new; whoever acts on it holds the study's row."""
    return protocol.public_quota is not None and taken(db, study) >= protocol.public_quota


def places_taken(database: Database, study_id: int) -> int:
    """How many places of the public link are taken, whether or not a quota bounds them."""
    with database.read() as db:
        return taken(db, states.find(db, study_id))

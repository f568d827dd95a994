"""Looks at the ranking of a study that is not over: each is written down before anybody sees it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.audit import Actor, note
from app.db.models import AuditEntry

DEED = "results looked at"


@dataclass(frozen=True, slots=True)
class Peek:
    """One look: whose, when, and after how many votes."""

    at: datetime
    by: str
    votes: float


def write_down(database: Database, study_id: int, votes: float, by: Actor) -> None:
    """That the ranking was looked at, and after how many votes, stands in the audit log."""
    with database.write() as db:
        note(db, by, DEED, study_id=study_id, votes=round(votes))


def peeks(database: Database, study_id: int) -> tuple[Peek, ...]:
    """Every look at the study's ranking while it ran, the first one first."""
    with database.read() as db:
        return peeks_in(db, study_id)


def peeks_in(db: OrmSession, study_id: int, before: datetime | None = None) -> tuple[Peek, ...]:
    """The same within a transaction; those ``before`` a moment, where one is given."""
    early = () if before is None else (AuditEntry.at < before,)
    rows = db.scalars(
        select(AuditEntry)
        .where(AuditEntry.study_id == study_id, AuditEntry.deed == DEED, *early)
        .order_by(AuditEntry.id)
    )
    return tuple(Peek(row.at, row.account, float(row.details.get("votes", 0))) for row in rows)

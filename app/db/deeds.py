"""The log of what people changed, read: the newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.db.engine import Database
from app.db.models import AuditEntry, Through


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that somebody made."""

    id: int
    at: datetime
    account: str  # the name at the time; empty where it was nobody's account
    through: Through
    deed: str
    study_id: int | None
    job_id: int | None
    details: dict[str, Any]


def deeds(
    database: Database,
    limit: int,
    *,
    study_id: int | None = None,
    deed: str = "",
    account: str = "",
    before: int | None = None,
) -> list[Deed]:
    """Changes, the newest first: of one study, of one kind, by one account, older than the entry ``before``."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if study_id is not None:
        query = query.where(AuditEntry.study_id == study_id)
    if deed:
        query = query.where(AuditEntry.deed == deed)
    if account:
        query = query.where(AuditEntry.account == account)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    with database.read() as db:
        return [
            Deed(row.id, row.at, row.account, row.through, row.deed, row.study_id, row.job_id, row.details)
            for row in db.scalars(query)
        ]


def kinds(database: Database, study_id: int | None = None) -> list[str]:
    """Every kind of change in the log, in the order of their names."""
    return _distinct(database, AuditEntry.deed, study_id)


def doers(database: Database, study_id: int | None = None) -> list[str]:
    """The name of every account in the log."""
    return [name for name in _distinct(database, AuditEntry.account, study_id) if name]


def _distinct(database: Database, column: InstrumentedAttribute[str], study_id: int | None) -> list[str]:
    query = select(column).distinct().order_by(column)
    if study_id is not None:
        query = query.where(AuditEntry.study_id == study_id)
    with database.read() as db:
        return list(db.scalars(query))

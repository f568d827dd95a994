"""Looks at the ranking of a study that is not over: each is written down before anybody sees it.

An imported study brings those of the study it came from, without a name: its row keeps what the archive told of them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.audit import Actor, note
from app.db.models import AuditEntry, Study

DEED = "results looked at"


@dataclass(frozen=True, slots=True)
class Peek:
    """One look: whose, when, and after how many votes."""

    at: datetime
    by: str  # the account's name; empty for whoever sat at the machine, and where it was made elsewhere
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
    here = tuple(Peek(row.at, row.account, float(row.details.get("votes", 0))) for row in rows)
    return (*_elsewhere(db, study_id), *here)


def _elsewhere(db: OrmSession, study_id: int) -> tuple[Peek, ...]:
    """Those before the study was closed where it was made; an imported study is never open."""
    study = db.get(Study, study_id)
    told = (study.imported if study else None) or {}
    return tuple(Peek(datetime.fromisoformat(one["at"]), "", float(one["votes"])) for one in told.get("looks", ()))

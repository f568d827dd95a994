"""Looks at the results of a study that is not over: each is written down before anybody sees them.

The log is also what remembers that somebody has said so: for some hours they need not say it again, and within an hour
what they take away belongs to the look that stands there. An imported study brings the looks of the study it came from,
without a name: its row keeps what the archive told of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.audit import Actor, note
from app.db.models import AuditEntry, Study, StudyState
from app.results.tally import tally
from app.studies.states import find, hold

DEED = "results looked at"
SHOWN_HOURS = 4  # for which results stay open to whoever has said that they look
_ONE_LOOK = timedelta(hours=1)
_RUNNING = (StudyState.OPEN, StudyState.PAUSED)  # what a pilot answers never counts, so that it has no results to hide


@dataclass(frozen=True, slots=True)
class Peek:
    """One look: whose, at what, when, and after how many votes."""

    at: datetime
    by: str  # the account's name; empty for whoever sat at the machine, and where it was made elsewhere
    votes: float
    what: str = ""  # a page, or what was taken away; empty where it was made elsewhere


def write_down(database: Database, study_id: int, votes: float, by: Actor, what: str = "ranking") -> None:
    """That somebody looks, at what, and after how many votes, stands in the audit log."""
    with database.write() as db:
        note(db, by, DEED, study_id=study_id, votes=round(votes), what=what)


def looked(database: Database, study_id: int, what: str, by: Actor) -> None:
    """The same where the study runs, once in an hour for each account: so that one sitting is one look.

    Whoever sits at the machine counts as one account. Raises ``StudyNotFound``.
    """
    with database.read() as db:
        if find(db, study_id).state not in _RUNNING or _has_looked(db, study_id, by, _ONE_LOOK):
            return
    votes = round(sum(task.votes for task in tally(database, study_id)))
    with database.write() as db:
        hold(db, study_id)  # two requests of one page come at once
        if not _has_looked(db, study_id, by, _ONE_LOOK):
            note(db, by, DEED, study_id=study_id, votes=votes, what=what)


def is_hidden(database: Database, study_id: int, by: Actor) -> bool:
    """Whether the study runs, and this account has not said for some hours that it looks at its results.

    Raises ``StudyNotFound``.
    """
    shown = timedelta(hours=SHOWN_HOURS)
    with database.read() as db:
        return find(db, study_id).state in _RUNNING and not _has_looked(db, study_id, by, shown)


def peeks(database: Database, study_id: int) -> tuple[Peek, ...]:
    """Every look at the study's results while it ran, the first one first."""
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
    here = tuple(
        Peek(row.at, row.account, float(row.details.get("votes", 0)), row.details.get("what", "")) for row in rows
    )
    return (*_elsewhere(db, study_id), *here)


def _has_looked(db: OrmSession, study_id: int, by: Actor, within: timedelta) -> bool:
    theirs = (AuditEntry.study_id == study_id, AuditEntry.deed == DEED, AuditEntry.account_id == by.account_id)
    return db.scalars(select(AuditEntry.id).where(*theirs, AuditEntry.at > now() - within).limit(1)).first() is not None


def _elsewhere(db: OrmSession, study_id: int) -> tuple[Peek, ...]:
    """Those before the study was closed where it was made; an imported study is never open."""
    study = db.get(Study, study_id)
    told = (study.imported if study else None) or {}
    return tuple(Peek(datetime.fromisoformat(one["at"]), "", float(one["votes"])) for one in told.get("looks", ()))

"""Which archives were made of a study, and from which it came itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import Database
from app.db.models import AuditEntry
from app.studies import states

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive that somebody took away."""

    at: datetime
    by: str  # the account's name; empty for whoever sat at the machine
    digest: str
    content: str
    personal: bool


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where an imported study was made."""

    digest: str
    study: int  # its number there
    program: str
    at: datetime  # of the import
    personal: bool


def exports(database: Database, study_id: int) -> list[Exported]:
    """The latest archives of the study, the newest first."""
    asked = (
        select(AuditEntry)
        .where(AuditEntry.study_id == study_id, AuditEntry.deed == "study exported")
        .order_by(AuditEntry.id.desc())
        .limit(_SHOWN)
    )
    with database.read() as db:
        return [
            Exported(row.at, row.account, *(row.details[name] for name in ("archive", "content", "personal")))
            for row in db.scalars(asked)
        ]


def origin(database: Database, study_id: int) -> CameFrom | None:
    """The archive that the study came from; None where it was made here. Raises ``StudyNotFound``."""
    with database.read() as db:
        said = states.find(db, study_id).imported
    if said is None:
        return None
    at = datetime.fromisoformat(said["at"])
    return CameFrom(said["archive"], said["study"], said["program"], at, said["personal"])

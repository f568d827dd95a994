"""The log of what people changed: an entry in the same transaction as the change itself."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.clock import now
from app.db.models import AuditEntry, Through


@dataclass(frozen=True, slots=True)
class Actor:
    """In whose name something is done, and where it came from."""

    account_id: int | None
    name: str
    through: Through


AT_THE_MACHINE = Actor(None, "", Through.CLI)  # whoever may read the database's file needs no account
THE_PROGRAM = Actor(None, "", Through.PROGRAM)


def note(
    db: Session, by: Actor, deed: str, *, study_id: int | None = None, job_id: int | None = None, **details: Any
) -> None:
    """Adds an entry to the transaction of the change that it tells of.

    ``deed`` is what has happened, as "study opened"; ``details`` are plain JSON and never hold a secret.
    """
    db.add(
        AuditEntry(
            at=now(), account_id=by.account_id, account=by.name, through=by.through, deed=deed, study_id=study_id,
            job_id=job_id, details=details,
        )
    )  # fmt: skip

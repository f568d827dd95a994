"""The log of what people changed: an entry in the same transaction as the change itself.

So this is the one place through which every change comes that anybody makes, and where it is asked once more whether
they still may: what the door had looked at may be minutes old when a large upload has arrived.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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
    # Raises where they may not act any more; what it has looked at is held until the transaction ends.
    still: Callable[[Session], None] | None = field(default=None, compare=False, repr=False)


AT_THE_MACHINE = Actor(None, "", Through.CLI)  # whoever may read the database's file needs no account
THE_PROGRAM = Actor(None, "", Through.PROGRAM)
_ASKED = "who may act in this transaction"


def note(
    db: Session, by: Actor, deed: str, *, study_id: int | None = None, job_id: int | None = None, **details: Any
) -> None:
    """Adds an entry to the transaction of the change that it tells of, if whoever makes it still may.

    ``deed`` is what has happened, as "study opened"; ``details`` are plain JSON and never hold a secret, nor words by
    which a subject can be known. The call comes before a change that may take from the actor what lets them make it.
    """
    if by.still is not None and db.info.get(_ASKED) is not by:
        by.still(db)
        db.info[_ASKED] = by
    db.add(
        AuditEntry(
            at=now(), account_id=by.account_id, account=by.name, through=by.through, deed=deed, study_id=study_id,
            job_id=job_id, details=details,
        )
    )  # fmt: skip

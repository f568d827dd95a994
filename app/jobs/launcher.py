"""Who launched a job: the log of changes knows."""

from dataclasses import dataclass

from sqlalchemy import select

from app.db import Database
from app.db.models import AuditEntry, Through


@dataclass(frozen=True, slots=True)
class Launcher:
    """Whose job it is."""

    account: str  # the name at the time; empty where it was nobody's account
    through: Through

    @property
    def in_words(self) -> str:
        """For people: ``ada``, or where somebody without an account was."""
        return self.account or {Through.CLI: "somebody at the machine"}.get(self.through, f"the {self.through}")


def launcher(database: Database, job_id: int) -> Launcher | None:
    """Who launched the job; None where the log does not tell."""
    entry = select(AuditEntry.account, AuditEntry.through).where(
        AuditEntry.job_id == job_id, AuditEntry.deed == "job launched"
    )
    with database.read() as db:
        found = db.execute(entry.order_by(AuditEntry.id).limit(1)).one_or_none()
    return None if found is None else Launcher(*found)

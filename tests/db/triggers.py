"""Ways past the triggers that keep votes and events as they were written: what a tamperer would do."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def allow_changes(db: Session) -> None:
    """Votes and events may be changed and deleted from now on."""
    for table in ("events", "votes"):
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            for verb in ("update", "delete"):
                db.execute(text(f"DROP TRIGGER {table}_no_{verb}"))

"""Which rows a transaction locks on PostgreSQL; SQLite, which lets one writer in at a time, says nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ClauseElement, Connection, event
from sqlalchemy.dialects import postgresql

from app.db import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the writing transactions of the block execute, in PostgreSQL's words."""
    said = list[str]()

    def note(connection: Connection, statement: Any, *_: object) -> None:
        if isinstance(statement, ClauseElement) and connection.get_execution_options().get("beholder_write"):
            said.append(str(statement.compile(dialect=postgresql.dialect())))

    event.listen(database.engine, "before_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_execute", note)

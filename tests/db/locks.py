"""Which rows a transaction locks on PostgreSQL; SQLite, which lets one writer in at a time, says nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ClauseElement, Connection, event
from sqlalchemy.dialects import postgresql

from app.db import Database


@contextmanager
def statements(database: Database, *, reading: bool = False) -> Iterator[list[str]]:
    """What the writing transactions of the block execute, or the reading ones, in PostgreSQL's words."""
    said = list[str]()

    def note(connection: Connection, statement: Any, *_: object) -> None:
        writes = bool(connection.get_execution_options().get("beholder_write"))
        if isinstance(statement, ClauseElement) and writes != reading:
            said.append(str(statement.compile(dialect=postgresql.dialect())))

    event.listen(database.engine, "before_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_execute", note)

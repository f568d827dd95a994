"""Which rows a transaction would lock on PostgreSQL; SQLite, on which the tests run, lets one writer in at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ClauseElement, Connection, event
from sqlalchemy.dialects import postgresql

from app.db import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is executed in the block, in PostgreSQL's words."""
    said = list[str]()

    def note(_connection: Connection, statement: Any, *_: object) -> None:
        if isinstance(statement, ClauseElement):
            said.append(str(statement.compile(dialect=postgresql.dialect())))

    event.listen(database.engine, "before_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_execute", note)

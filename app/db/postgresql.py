"""What a connection to PostgreSQL is told: which states its transactions see, and how long it waits for anything."""

from typing import Any

from sqlalchemy import URL

READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WRITING: dict[str, Any] = {"isolation_level": "READ COMMITTED"}  # whatever the server's own default is
CONNECT: dict[str, Any] = {"connect_timeout": 10, "application_name": "beholder"}

_TOLD = {
    "TimeZone": "UTC",
    "lock_timeout": "30s",  # as long as SQLite waits
    "statement_timeout": "120s",  # the largest study's results take seconds
    "idle_in_transaction_session_timeout": "600s",  # a process that hangs must not hold a study's lock for ever
}
_TELL = "SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _TOLD.items())


def spelled_out(url: URL) -> URL:
    """The URL with our driver in it: ``postgresql://`` and ``postgres://`` are what people and providers write."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def prepare(connection: Any, _record: object) -> None:
    """The new connection waits for nothing without end, and speaks of moments in UTC."""
    connection.autocommit = True
    connection.execute(_TELL)
    connection.autocommit = False

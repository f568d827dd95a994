"""Whether a failure says that the database is away or overburdened, rather than that a statement is wrong."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.errors import AppError

_POSTGRES = ("08", "25P03", "40", "53", "55P03", "57")  # no connection, idle, deadlock, no room, lock timeout, shutdown
_SQLITE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}  # fmt: skip


class DatabaseSilent(AppError):
    """The database gives no answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The database does not answer; nothing that was saved is lost.",
            "try again in a minute; whoever runs this server should see that the database runs and its disk is there",
        )


def is_silent(error: SQLAlchemyError) -> bool:
    """Whether trying the same again may help once the database is back."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) if state is None else state.startswith(_POSTGRES)

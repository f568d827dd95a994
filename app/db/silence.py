"""Whether a failure says that the database is away or overburdened, rather than that a statement is wrong."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.errors import AppError

_POSTGRES = ("08", "25P03", "53", "55P03", "57")  # no connection, idle, no room, lock timeout, shutdown
_COLLISION = "40"  # deadlock, serialization failure
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


class DatabaseCollision(AppError):
    """The database gave way to somebody who was changing the same at the same moment."""

    status = 503  # and no conflict: sent again as it is, it will be taken, and a subject's browser does send it again

    def __init__(self) -> None:
        super().__init__(
            "Somebody was changing the same at the same moment, and the database let them go first; nothing of yours "
            "was changed.",
            "try again",
        )


def said_of(error: SQLAlchemyError) -> AppError | None:
    """What a person is told of a failure after which the same may succeed; nothing where a statement is wrong."""
    if str(getattr(getattr(error, "orig", None), "sqlstate", None) or "").startswith(_COLLISION):
        return DatabaseCollision()
    return DatabaseSilent() if is_silent(error) else None


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


def reason(error: Exception) -> str:
    """The first line of what the database itself says; those below it hold statements and parameters."""
    told = str(getattr(error, "orig", None) or error).strip()
    return told.splitlines()[0] if told else type(error).__name__

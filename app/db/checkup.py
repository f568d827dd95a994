"""What a database says about itself; only looks, and makes nothing, not even the file."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func, select, text

from app.db.engine import Database
from app.db.models import Event, Job, Login, Session, Study, StudyState, Vote, Worker


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    """A SQLite file, as SQLite sees it."""

    version: str
    journal: str  # "wal" where readers and a writer get on
    damage: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """A PostgreSQL server, as it describes itself."""

    version: str
    number: int  # 150004 is 15.4
    isolation: str
    read_only: bool
    free: int  # connections
    at: datetime  # what time the server has


def sqlite_facts(path: Path, *, thorough: bool) -> SqliteFacts:
    """The state of the file; ``thorough`` also compares every index with its table. Raises ``sqlite3.Error``."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=30)) as connection:
        connection.execute("PRAGMA query_only=ON")
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        said = connection.execute("PRAGMA integrity_check(5)" if thorough else "PRAGMA quick_check(5)").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(5) if thorough else []
    return SqliteFacts(sqlite3.sqlite_version, str(journal), _damage(said, broken))


def backup_damage(path: Path, *, thorough: bool) -> tuple[str, ...]:
    """What is wrong with a backup, which nobody writes to; raises ``sqlite3.Error`` where it is no database."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as connection:
        said = connection.execute("PRAGMA integrity_check(5)" if thorough else "PRAGMA quick_check(5)").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(5) if thorough else []
        stamp = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    return _damage(said, broken) or (() if stamp[0] else ("it holds no tables of Beholder",))


def studies(database: Database) -> list[tuple[int, StudyState]]:
    """Number and state of every study, the newest first; what else its row holds may be damaged.

    Rehearsals are left out: nobody counts what was answered there.
    """
    query = select(Study.id, Study.state).where(Study.rehearsal_of.is_(None)).order_by(Study.id.desc())
    with database.read() as db:
        return [(row.id, row.state) for row in db.execute(query)]


def sessions(database: Database, study_id: int) -> list[int]:
    """The numbers of the study's sessions, the newest first."""
    with database.read() as db:
        return list(db.scalars(select(Session.id).where(Session.study_id == study_id).order_by(Session.id.desc())))


def _damage(said: list[tuple[str]], broken: list[tuple[str, int, str, int]]) -> tuple[str, ...]:
    damage = [line for (line,) in said if line != "ok"]
    damage += [f"row {row} of {table} points to a row of {parent} that is gone" for table, row, parent, _ in broken]
    return tuple(damage)


def postgres_facts(database: Database) -> PostgresFacts:
    """The state of the server."""
    asked = text(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
        " current_setting('default_transaction_isolation'),"
        " pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool,"
        " current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        " - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), clock_timestamp()"
    )
    with database.engine.connect() as connection:
        version, number, isolation, read_only, free, at = connection.execute(asked).one()
    return PostgresFacts(version, number, isolation, read_only, free, at)


def size(database: Database) -> int | None:
    """The database's size in bytes, what SQLite has written ahead included; None where it does not say."""
    if not database.is_sqlite:
        with database.read() as db:
            found: int | None = db.scalar(text("SELECT pg_database_size(current_database())"))
            return found
    path = Path(database.url.database or "")
    files = [file for file in (path, path.with_name(f"{path.name}-wal")) if file.is_file()]
    return sum(file.stat().st_size for file in files) if files else None


def newest(database: Database) -> datetime | None:
    """The latest moment that any row names; None in an empty database."""
    columns = (Vote.received_at, Event.at, Job.created_at, Worker.seen_at, Login.created_at, Study.created_at)
    with database.read() as db:
        moments = [db.scalar(select(func.max(column))) for column in columns]
    return max((moment for moment in moments if moment is not None), default=None)

"""Brings a database's tables up to date."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from app.clock import now
from app.db import models  # noqa: F401 - fills the metadata
from app.db.backup import back_up
from app.db.base import Base
from app.db.engine import Database
from app.db.silence import reason
from app.errors import AppError, Conflict
from app.resources import MIGRATIONS

TURN = 5_071_965  # the number of the lock under which PostgreSQL lets one migrate at a time
PATIENCE = 30  # seconds; for that lock, and for every table that a migration changes
_LOCK_NOT_AVAILABLE = "55P03"


class NotMigrated(AppError):
    """The database is older than this program."""

    status = 503

    def __init__(self, found: str | None, wanted: str | None) -> None:
        super().__init__(
            f"The database is at revision {found or 'none'}, this program needs {wanted}", "run `beholder migrate`"
        )


class UnknownRevision(AppError):
    """The database was last changed by another version of this program."""

    status = 503

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database is at revision {found}, which this version of Beholder does not know",
            "install the version that wrote it, or a newer one",
        )


class TablesDisagree(AppError):
    """The tables are not those of the revision that the database says it is at."""

    status = 503

    def __init__(self, found: str | None, there: frozenset[str], wanted: frozenset[str]) -> None:
        says = f"says that it is at revision {found}" if found else "does not say at which revision it is"
        odd = [f"it has {_few(there - wanted)}"] if there - wanted else []
        odd += [f"it has no {_few(wanted - there)}"] if wanted - there else []
        super().__init__(
            f"The database {says}, and its tables are others: {' and '.join(odd)}. Nothing was changed.",
            "put the newest backup back as docs/keeping-it-well.md shows, or name another database",
        )


class MigrationFailed(AppError):
    """The database refused a step of the migration, so the tables are as they were."""

    status = 500

    def __init__(self, why: str, kept: Path | None) -> None:
        copied = f", and a copy from before is {kept}" if kept else ""
        super().__init__(
            f"The tables could not be brought up to date ({why}). They are as they were{copied}.",
            "see that `beholder doctor` finds the database sound, and try again; if it stays, go on with the version "
            "you had and report this",
        )


class TablesInUse(Conflict):
    """The tables cannot be changed while somebody else changes or holds them."""

    def __init__(self, patience: int) -> None:
        super().__init__(
            f"The tables were not changed: for {patience} seconds another command was changing them, or something held "
            "one of them.",
            "wait until the other command is done, stop servers and workers, and run `beholder migrate` again",
        )


def migrate(
    database: Database, revision: str = "head", *, backups: Path | None = None, patience: int = PATIENCE
) -> Path | None:
    """All tables stand as this program needs them; a no-op where they already do.

    Where ``backups`` names a folder, a SQLite database that has tables and is about to change is kept there first, and
    the copy is returned.
    """
    found, there = _found(database), _tables(database)
    if found != _newest():
        _require_agreement(found, there)
    kept = None
    if backups is not None and database.is_sqlite and database.url.database and there and found != _newest():
        kept = back_up(Path(database.url.database), backups, found or "unknown", now())
    _move(command.upgrade, database, revision, patience, kept)
    return kept


def downgrade(database: Database, revision: str, *, patience: int = PATIENCE) -> None:
    """The tables as they were at ``revision``."""
    _move(command.downgrade, database, revision, patience)


def require_current(database: Database) -> None:
    """Nothing, where the tables are those of this program.

    Raises ``NotMigrated`` where `beholder migrate` would help, ``UnknownRevision`` or ``TablesDisagree`` otherwise.
    """
    found, there = _found(database), _tables(database)
    _require_agreement(found, there)
    if found != _newest():
        raise NotMigrated(found, _newest())


def _found(database: Database) -> str | None:
    with database.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    if any(head not in _known() for head in heads) or len(heads) > 1:
        raise UnknownRevision(" and ".join(heads))
    return heads[0] if heads else None


def _tables(database: Database) -> frozenset[str]:
    with database.engine.connect() as connection:
        return frozenset(inspect(connection).get_table_names()) - {"alembic_version"}


def _require_agreement(found: str | None, there: frozenset[str]) -> None:
    """Tables of other programs may stand beside ours, as extensions of PostgreSQL leave them."""
    ours, wanted = there & frozenset(Base.metadata.tables), _tables_at(found)
    if ours != wanted:
        raise TablesDisagree(found, ours, wanted)


@cache
def _tables_at(revision: str | None) -> frozenset[str]:
    """Those of our tables that stand at a revision; for an older one, found by migrating a database in memory."""
    ours = frozenset(Base.metadata.tables)
    if revision in (None, _newest()):
        return ours if revision else frozenset()
    trial = Database("sqlite://")
    try:
        command.upgrade(_config(trial), str(revision))
        return _tables(trial) & ours
    finally:
        trial.close()


def _few(tables: frozenset[str]) -> str:
    names = sorted(tables)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _move(
    step: Callable[[Config, str], None], database: Database, revision: str, patience: int, kept: Path | None = None
) -> None:
    config = _config(database)
    config.attributes["patience"] = patience
    try:
        step(config, revision)
    except SQLAlchemyError as error:
        if getattr(getattr(error, "orig", None), "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise TablesInUse(patience) from error
        raise MigrationFailed(reason(error), kept) from error


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    return config


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


@cache
def _newest() -> str | None:
    """The revision that this program needs; found by running all migration files, so not at every look."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()

"""Brings a database's tables up to date."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from app.clock import now
from app.db.backup import back_up
from app.db.engine import Database
from app.errors import AppError, Conflict
from app.resources import MIGRATIONS

TURN = 5_071_965  # the number of the lock under which PostgreSQL lets one migrate at a time
PATIENCE = 30  # seconds; for that lock, and for every table that a migration changes
_LOCK_NOT_AVAILABLE = "55P03"


class NotMigrated(AppError):
    """The database is older, or newer, than this program."""

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
    found = _found(database)
    if found is not None and found not in _known():
        raise UnknownRevision(found)
    kept = None
    if backups is not None and database.is_sqlite and database.url.database and found not in (None, _newest()):
        kept = back_up(Path(database.url.database), backups, str(found), now())
    _move(command.upgrade, database, revision, patience)
    return kept


def downgrade(database: Database, revision: str, *, patience: int = PATIENCE) -> None:
    """The tables as they were at ``revision``."""
    _move(command.downgrade, database, revision, patience)


def require_current(database: Database) -> None:
    """Nothing, where the tables are those of this program; raises ``NotMigrated`` otherwise."""
    found, wanted = _found(database), _newest()
    if found != wanted:
        raise NotMigrated(found, wanted)


def _found(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _move(step: Callable[[Config, str], None], database: Database, revision: str, patience: int) -> None:
    config = _config(database)
    config.attributes["patience"] = patience
    try:
        step(config, revision)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise TablesInUse(patience) from error
        raise


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

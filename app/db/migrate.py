"""Brings a database's tables up to date."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db.engine import Database
from app.errors import AppError
from app.resources import MIGRATIONS


class NotMigrated(AppError):
    """The database is older, or newer, than this program."""

    status = 503

    def __init__(self, found: str | None, wanted: str | None) -> None:
        super().__init__(
            f"The database is at revision {found or 'none'}, this program needs {wanted}", "run `beholder migrate`"
        )


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """All tables stand as this program needs them; a no-op where they already do."""
    command.upgrade(_config(database), revision)


def downgrade(database: Database, revision: str) -> None:
    """The tables as they were at ``revision``."""
    command.downgrade(_config(database), revision)


def require_current(database: Database) -> None:
    """Nothing, where the tables are those of this program; raises ``NotMigrated`` otherwise."""
    wanted = _newest()
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise NotMigrated(found, wanted)


@cache
def _newest() -> str | None:
    """The revision that this program needs; found by running all migration files, so not at every look."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()

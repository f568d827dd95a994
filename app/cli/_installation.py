"""What every command begins with: the settings, the database and the store."""

import fcntl
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app import clock
from app.cli._environment import read_settings
from app.db import Database
from app.db.backup import BackupFailed, back_up, keep
from app.db.engine import sqlite_file
from app.db.migrate import migrate, require_current
from app.errors import AppError
from app.media import Media, MediaRefused
from app.settings import Settings


class NoDatabase(AppError):
    """The database cannot be opened."""

    status = 503

    def __init__(self, where: str, error: Exception) -> None:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        super().__init__(
            f"The database {where} cannot be opened ({reason})",
            "see that it runs and may be written to, or correct BEHOLDER_DATA_DIR or BEHOLDER_DATABASE_URL",
        )


class BackedUpElsewhere(AppError):
    """A database on a server is backed up by the server's own tools."""

    def __init__(self, url: URL, kept: Path) -> None:
        bare = url.set(drivername="postgresql")._replace(password=None)  # set() takes None for: as it is
        bare = bare.difference_update_query(("password", "sslpassword"))
        told = shlex.join(["pg_dump", "--format=custom", f"--file={kept}", bare.render_as_string(hide_password=False)])
        super().__init__("The database is on PostgreSQL, which is backed up by its own tools", f"run `{told}`")


class StoreRefuses(AppError):
    """The store of pictures and checkpoints takes nothing in."""

    status = 503

    def __init__(self, settings: Settings, error: MediaRefused) -> None:
        super().__init__(
            f"The store {settings.public_media} takes nothing in ({error.reason})",
            "see that it is there, has room and may be written to, or correct BEHOLDER_DATA_DIR or BEHOLDER_MEDIA_URL",
        )


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation of Beholder, opened."""

    settings: Settings
    database: Database
    media: Media


@contextmanager
def installation(settings: Settings | None = None) -> Iterator[Installation]:
    """The installation, its tables those of this program; closed at the end.

    A SQLite file that does not exist yet is made, and the secret with it; any other database must have been migrated.
    """
    settings = settings or read_settings()
    with opened(settings) as database:
        _stand_up(database, settings)
        yield Installation(settings, database, Media(settings.media))


@contextmanager
def at_work(settings: Settings | None = None) -> Iterator[Installation]:
    """The installation of a command that will keep pictures: its store has just taken a probe in."""
    with installation(settings) as place:
        try:
            place.media.check_writable()
        except MediaRefused as error:
            raise StoreRefuses(place.settings, error) from error
        yield place


@contextmanager
def migrated(settings: Settings) -> Iterator[Installation]:
    """The installation, its tables brought up to date first, whatever they were; closed at the end."""
    with opened(settings) as database:
        bring_up(database, settings)
        yield Installation(settings, database, Media(settings.media))


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, whatever its tables; where it cannot be opened that is said in a sentence.

    The data folder is made where it was not, and a secret that cannot be used is refused before anything is written.
    """
    settings.kept_secret()
    try:
        settings.make_data_dir()
        database = Database(settings.database)
    except (ArgumentError, ImportError, OSError) as error:
        raise NoDatabase(settings.database.rpartition("@")[2], error) from error
    try:
        with _alone(sqlite_file(database.url)), database.engine.connect():
            pass
    except (DBAPIError, OSError) as error:  # a file that is no database is no OperationalError
        database.close()
        raise NoDatabase(database.url.render_as_string(hide_password=True), error) from error
    try:
        yield database
    finally:
        database.close()


def bring_up(database: Database, settings: Settings) -> Path | None:
    """The tables are those of this program; of two commands that want this at once, one waits for the other.

    Returns the backup that was made first, where one was: of a SQLite database that changes.
    """
    with _alone(sqlite_file(database.url)):
        new = database.is_sqlite and _is_empty(database)
        kept = migrate(database, backups=settings.data_dir / "backups")
        if new:
            settings.secret()
        return kept


def copy_database(settings: Settings, kept: Path) -> Path:
    """A checked copy of the SQLite database, as ``kept`` or, where that is a folder, in it under a name of its own."""
    settings.kept_secret()  # whoever copies the secret next would put a bad one over the good one of last week
    path = sqlite_file(settings.database)
    if path is None:
        raise BackedUpElsewhere(make_url(settings.database), kept)
    if not path.is_file():
        raise BackupFailed(kept, f"there is no database {path}")
    with _alone(path):
        return back_up(path, kept, "backup", clock.now()) if kept.is_dir() else keep(path, kept)


def _stand_up(database: Database, settings: Settings) -> None:
    with _alone(sqlite_file(database.url)):
        if database.is_sqlite and _is_empty(database):
            migrate(database)
            settings.secret()  # so that one which is missing later on was lost
        else:
            require_current(database)


@contextmanager
def _alone(path: Path | None) -> Iterator[None]:
    """No other command is just making the same SQLite file: a server and a worker may be started in the same moment."""
    if path is None:
        yield
        return
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_empty(database: Database) -> bool:
    with database.engine.connect() as connection:
        return not inspect(connection).get_table_names()

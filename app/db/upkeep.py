"""Whether there is room for what may come, and whether the last backup is young enough.

One judgement, which the System page, the API, ``beholder doctor`` and the alarms of a running study tell.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app import clock
from app.db.checkup import newest
from app.db.engine import Database, sqlite_file
from app.reserve import RESERVE
from app.settings import Settings

_UPLOAD = 1 << 30  # what an uploaded archive may take in the temporary folder
_EASY = 5  # times what is needed: then trainings and uploads go on without worry
_STALE = timedelta(days=7)  # a backup older than this, with work done since


class Health(StrEnum):
    """How something is; only ``ill`` is a failure."""

    WELL = "well"
    NOTE = "note"  # works, but somebody should know
    ILL = "ill"  # does not work, or will not for long


@dataclass(frozen=True, slots=True)
class Room:
    """The disk on which something lies, bytes."""

    name: str
    path: str
    free: int
    total: int
    health: Health
    finding: str
    fix: str = "make room, or move it to a larger disk"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup in the data folder, and whether it is enough."""

    folder: Path
    file: Path | None
    at: datetime | None
    health: Health
    finding: str
    fix: str = "run `beholder backup` every day, and keep the store and the secret as docs/keeping-it-well.md shows"


def rooms(told: Settings) -> Iterator[Room]:
    """The disks of the data folder, of the store where it lies elsewhere on this machine, and of temporary files.

    For the data folder a copy of a SQLite database and its write-ahead log must find room, too.
    """
    file = sqlite_file(told.database)
    copy = 2 * (file.stat().st_size if file is not None and file.is_file() else 0)
    yield _room("data folder", told.data_dir, RESERVE + copy)
    store = store_folder(told)
    if store is not None and not store.is_relative_to(told.data_dir):
        yield _room("store of pictures", store, RESERVE)
    yield _room("temporary files", Path(tempfile.gettempdir()), _UPLOAD, worst=Health.NOTE)


def store_folder(told: Settings) -> Path | None:
    """The store's folder on this machine; None where the store is a service."""
    parts = urlsplit(told.media)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def last_backup(told: Settings, database: Database) -> LastBackup | None:
    """How old the newest backup is, work done since considered; None of a server, which its own tools back up."""
    if not database.is_sqlite:
        return None
    folder = told.data_dir / "backups"
    file = max(folder.glob("*.sqlite3"), key=lambda one: one.stat().st_mtime, default=None) if folder.is_dir() else None
    work = newest(database)
    if file is None:
        if work is None:
            return LastBackup(folder, None, None, Health.WELL, "nothing to back up yet")
        return LastBackup(folder, None, None, Health.NOTE, f"there is no backup of the database in {folder}")
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    days = max(0, (clock.now() - at).days)
    said = f"the newest backup in {folder} is {days} day{'' if days == 1 else 's'} old"
    if work is not None and work > at and clock.now() - at > _STALE:
        return LastBackup(folder, file, at, Health.NOTE, f"{said}, and work was done since")
    return LastBackup(folder, file, at, Health.WELL, said)


def _room(name: str, folder: Path, needed: int, *, worst: Health = Health.ILL) -> Room:
    there = next(part for part in (folder, *folder.parents) if part.exists())
    usage = shutil.disk_usage(there)
    said = f"{name}: {usage.free / 1e9:,.1f} GB are free in {folder}"
    if usage.free < needed:
        health, said = worst, f"{said}, and {needed / 1e9:,.1f} may be needed at any moment"
    elif usage.free < _EASY * needed:
        health = Health.NOTE
        said = f"{said}; {_EASY * needed / 1e9:,.1f} let trainings and uploads go on without worry"
    else:
        health = Health.WELL
    return Room(name, str(folder), usage.free, usage.total, health, said)

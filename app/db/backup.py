"""Backups of the SQLite file, each a whole database of its own, made while others read and write."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from app.errors import AppError

_TO_SPARE = 50_000_000  # bytes that stay free: the migration itself needs room in the write-ahead log


class NoRoomForBackup(AppError):
    """The disk has no room for a backup of the database, so the tables were left as they are."""

    status = 507

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        super().__init__(
            f"A backup of the database needs {needed / 1e6:,.0f} MB in {folder}, and {free / 1e6:,.0f} MB are free; "
            "the tables were left as they are.",
            "make room, for example by moving older backups to another disk, and run `beholder migrate` again",
        )


class BackupFailed(AppError):
    """The backup of the database could not be made, so the tables were left as they are."""

    status = 500

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"The backup of the database in {folder} failed ({why}); the tables were left as they are.",
            "see that the folder may be written to and that the disk is sound, and run `beholder migrate` again",
        )


def back_up(path: Path, folder: Path, revision: str, at: datetime) -> Path:
    """A new file in ``folder`` that holds what the database at ``path`` holds now, readable by its owner alone.

    It is written aside, read through, and only then gets its name. Whatever is in the write-ahead log is in it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_room(path, folder)
        name = f"beholder-{revision}-{at:%Y%m%dT%H%M%SZ}"
        aside = folder / f"{name}.part"
        aside.unlink(missing_ok=True)  # of a backup that was interrupted
        try:
            os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _copy(path, aside)
            _sync(aside)
            kept = _free_name(folder, name)
            aside.rename(kept)
            _sync(folder)
        finally:
            aside.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(folder, str(error)) from error
    return kept


def _require_room(path: Path, folder: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    needed = path.stat().st_size + (log.stat().st_size if log.exists() else 0) + _TO_SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoomForBackup(folder, needed, free)


def _copy(path: Path, aside: Path) -> None:
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(aside)) as target:
        source.backup(target)  # in one step, hence one state, whoever writes meanwhile
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with no log beside it
        (found,) = target.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def _free_name(folder: Path, name: str) -> Path:
    number, path = 1, folder / f"{name}.sqlite3"
    while path.exists():  # nobody else makes one now: commands migrate one by one
        number += 1
        path = folder / f"{name}-{number}.sqlite3"
    return path


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

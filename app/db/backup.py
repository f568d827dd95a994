"""Backups of the SQLite file, each a whole database of its own, made while others read and write."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from app.errors import AppError

_TO_SPARE = 50_000_000  # bytes that stay free: a migration itself needs room in the write-ahead log


class NoRoomForBackup(AppError):
    """The disk has no room for a backup of the database, so nothing was changed."""

    status = 507

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        super().__init__(
            f"A backup of the database needs {needed / 1e6:,.0f} MB in {folder}, and {free / 1e6:,.0f} MB are free; "
            "nothing was changed.",
            "make room, for example by moving older backups to another disk, and try again",
        )


class BackupFailed(AppError):
    """The backup of the database could not be made, so nothing was changed."""

    status = 500

    def __init__(self, where: Path, why: str) -> None:
        super().__init__(
            f"The backup of the database in {where} failed ({why}); nothing was changed.",
            "see that the folder may be written to and that `beholder doctor` finds the database and its disk sound, "
            "and try again",
        )


def back_up(path: Path, folder: Path, revision: str, at: datetime) -> Path:
    """A new file in ``folder`` that holds what the database at ``path`` holds now, readable by its owner alone."""
    name = f"beholder-{revision}-{at:%Y%m%dT%H%M%SZ}"
    return keep(path, _free_name(folder, name))


def keep(path: Path, kept: Path) -> Path:
    """``kept`` holds what the database at ``path`` holds now, readable by its owner alone; an older one is replaced.

    It is written aside, read through, and only then gets its name: whatever fails, an older backup of that name stays.
    What is in the write-ahead log is in it. Callers see to it that nobody else makes the same one at once.
    """
    folder, aside = kept.parent, kept.with_name(f"{kept.name}.part")
    try:
        _require_no_database(path, kept)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_room(path, folder)
        aside.unlink(missing_ok=True)  # of a backup that was interrupted
        try:
            os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _copy(path, aside)
            _sync(aside)
            aside.replace(kept)
            _sync(folder)
        finally:
            aside.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(kept, str(error)) from error
    return kept


def _require_no_database(path: Path, kept: Path) -> None:
    if kept.exists() and kept.samefile(path):
        raise BackupFailed(kept, "that is the database itself")
    for log in (kept.with_name(f"{kept.name}{ending}") for ending in ("-wal", "-journal")):
        if log.exists():  # SQLite would play it into the new file
            raise BackupFailed(kept, f"a database is at work there, or was: see {log}")


def _require_room(path: Path, folder: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    needed = path.stat().st_size + (log.stat().st_size if log.exists() else 0) + _TO_SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoomForBackup(folder, needed, free)


def _copy(path: Path, aside: Path) -> None:
    there = f"file:{quote(str(path.absolute()))}?mode=rw"  # a database that is not there is not made
    with closing(sqlite3.connect(there, uri=True, timeout=30)) as source, closing(sqlite3.connect(aside)) as target:
        source.backup(target)  # in one step, hence one state, whoever writes meanwhile
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with no log beside it
        (found,) = target.execute("PRAGMA integrity_check(1)").fetchone()
        if not target.execute("SELECT 1 FROM sqlite_master").fetchone():
            found = f"{path} holds no tables"
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

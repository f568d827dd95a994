"""The backup that a migration of SQLite leaves behind."""

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from app.clock import now
from app.db import Database, backup
from app.db.backup import BackupFailed, NoRoomForBackup
from app.db.migrate import downgrade, migrate, require_current
from app.db.models import FailedAttempt
from app.resources import MIGRATIONS
from app.settings import Settings
from tests.cli.conftest import Run, beholder, environment

__all__ = ["beholder", "environment"]

pytestmark = pytest.mark.sqlite_only  # a PostgreSQL server is backed up with its own tools


BEFORE = ScriptDirectory(str(MIGRATIONS)).get_revision("head").down_revision  # type: ignore[union-attr]


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.data_dir / "backups"


@pytest.fixture
def old(database: Database) -> Iterator[Database]:
    """A database at the revision before the last, with rows of which some are in the write-ahead log alone."""
    downgrade(database, "-1")
    with closing(sqlite3.connect(database.url.database or "")) as reader:  # while it is there, the log stays
        reader.execute("SELECT count(*) FROM failed_attempts").fetchone()
        _fail(database, "first")
        assert Path(f"{database.url.database}-wal").stat().st_size > 0
        yield database


def _fail(database: Database, who: str) -> None:
    with database.write() as db:
        db.add(FailedAttempt(door="login", who=who, at=now()))


def _inside(path: Path) -> tuple[str, str, int]:
    with closing(sqlite3.connect(path)) as kept:
        (sound,) = kept.execute("PRAGMA integrity_check").fetchone()
        (revision,) = kept.execute("SELECT version_num FROM alembic_version").fetchone()
        (rows,) = kept.execute("SELECT count(*) FROM failed_attempts").fetchone()
    return sound, revision, rows


def test_a_migration_keeps_the_database_as_it_was(old: Database, folder: Path) -> None:
    kept = migrate(old, backups=folder)
    assert kept is not None
    require_current(old)
    assert list(folder.iterdir()) == [kept]  # one file, without a log beside it
    assert _inside(kept) == ("ok", BEFORE, 1)
    assert kept.name.startswith(f"beholder-{BEFORE}-2")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_backup_holds_one_state_while_a_writer_is_at_work(old: Database, folder: Path) -> None:
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            with old.write() as db:  # two rows or none
                db.add_all(FailedAttempt(door="login", who=f"{number}{half}", at=now()) for half in "ab")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        kept = [backup.back_up(Path(old.url.database or ""), folder, "0002", now()) for _ in range(5)]
    finally:
        done.set()
        writer.join()
    assert len(set(kept)) == 5
    for path in kept:
        sound, _, rows = _inside(path)
        assert (sound, rows % 2) == ("ok", 1)  # the first, and pairs
    migrate(old)


def test_where_nothing_changes_nothing_is_copied(database: Database, folder: Path) -> None:
    assert migrate(database, backups=folder) is None
    downgrade(database, "base")
    assert migrate(database, backups=folder) is None  # nor where there are no tables yet
    assert not folder.exists()


def test_without_room_nothing_is_migrated(old: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(NoRoomForBackup, match="0 MB are free; nothing was changed"):
        migrate(old, backups=folder)
    assert list(folder.iterdir()) == []
    monkeypatch.undo()
    migrate(old)


def test_a_backup_that_fails_leaves_nothing_and_the_tables_alone(
    old: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(BackupFailed, match="No space left on device"):
        migrate(old, backups=folder)
    monkeypatch.undo()
    assert list(folder.iterdir()) == []
    assert migrate(old, backups=folder) is not None  # there was still something to migrate


def test_the_command_says_where_the_backup_is(beholder: Run, old: Database, folder: Path) -> None:
    said = beholder("migrate")
    assert (said.returncode, said.stderr) == (0, "")
    (kept,) = folder.iterdir()
    assert said.stdout.splitlines()[0] == f"The database as it was is kept in {kept}"
    with old.read() as db:
        assert db.scalar(select(func.count()).select_from(FailedAttempt)) == 1

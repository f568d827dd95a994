"""``beholder backup`` makes a copy that can be put back, or leaves what was there as it was."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import cli, clock
from app.db import Database
from app.db.backup import BackupFailed
from app.db.models import FailedAttempt
from app.settings import Settings


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "weekly.sqlite3"


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment names the installation of this test."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    return settings


def _backup(dest: Path) -> Result:
    return CliRunner().invoke(cli.program(), ["backup", str(dest)])


def _fail(database: Database) -> None:
    with database.write() as db:
        db.add(FailedAttempt(door="login", who="ada", at=clock.now()))


def _rows(kept: Path) -> int:
    with closing(sqlite3.connect(kept)) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM failed_attempts").fetchone()
    return int(rows)


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("here")
def test_a_database_at_work_is_copied_for_its_owner_alone_and_an_older_copy_replaced(
    database: Database, dest: Path
) -> None:
    for rows in (1, 2):
        _fail(database)  # stays in the write-ahead log: the database is open
        said = _backup(dest)
        assert (said.exit_code, said.output) == (0, f"The database is kept in {dest}\n")
        assert _rows(dest) == rows
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert stat.S_IMODE(dest.parent.stat().st_mode) == 0o700
    assert [path.name for path in dest.parent.iterdir()] == [dest.name]


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("here")
def test_what_an_interrupted_backup_left_stands_in_no_way(database: Database, dest: Path) -> None:
    dest.parent.mkdir()
    dest.with_name(f"{dest.name}.part").write_bytes(b"half of it")
    assert _backup(dest).exit_code == 0
    assert [path.name for path in dest.parent.iterdir()] == [dest.name]


@pytest.mark.sqlite_only
def test_a_backup_that_fails_leaves_the_one_before_it(here: Settings, database: Database, dest: Path) -> None:
    assert _backup(dest).exit_code == 0
    before = dest.read_bytes()
    database.close()
    file = here.data_dir / "beholder.sqlite3"
    whole = file.read_bytes()
    for broken in (b"", b"not a database at all" * 100, whole[: len(whole) // 2]):
        file.write_bytes(broken)
        for log in ("-wal", "-shm"):
            file.with_name(f"{file.name}{log}").unlink(missing_ok=True)
        assert isinstance(_backup(dest).exception, BackupFailed)
        assert dest.read_bytes() == before
    file.unlink()
    assert isinstance(_backup(dest).exception, BackupFailed)
    assert not file.exists()  # looking for it has not made it


@pytest.mark.sqlite_only
def test_the_database_itself_and_one_at_work_are_not_overwritten(
    here: Settings, database: Database, dest: Path
) -> None:
    _fail(database)
    assert "the database itself" in str(_backup(here.data_dir / "beholder.sqlite3").exception)
    dest.parent.mkdir()
    dest.with_name(f"{dest.name}-wal").touch()
    assert "a database is at work there" in str(_backup(dest).exception)


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("here")
def test_in_a_folder_each_backup_has_a_name_of_its_own(database: Database, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    for _ in range(2):
        assert _backup(tmp_path / "kept").exit_code == 0
    assert [_rows(path) for path in (tmp_path / "kept").iterdir()] == [0, 0]


def test_on_postgresql_the_command_that_does_it_is_told_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgres://ada:tortoise@db.example/beholder?sslmode=require&sslpassword=tortoise"
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", url)
    said = str(_backup(tmp_path / "a b.dump").exception)
    address = "'postgresql://ada@db.example/beholder?sslmode=require'"
    assert f"run `pg_dump --format=custom '--file={tmp_path}/a b.dump' {address}`" in said
    assert "tortoise" not in said

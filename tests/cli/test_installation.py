"""The one place where commands open an installation."""

import fcntl
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import _installation, program
from app.db import Database
from app.db.migrate import require_current
from app.settings import BadSecret, Settings
from tests.cli.conftest import Run


def _is_locked(settings: Settings) -> bool:
    with Path(settings.data_dir / "beholder.sqlite3.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["worker", "--until-idle"],
        ["account", "create", "ada", "--link"],
        ["token", "list", "ada"],
        ["migrate"],
        ["backup", "kept"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_goes_on_with_a_secret_that_is_not_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    settings.make_data_dir()
    (settings.data_dir / "secret").write_bytes(b"")
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    result = CliRunner().invoke(program(), command)
    assert isinstance(result.exception, BadSecret)
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret"]


def test_migrate_makes_a_data_folder_for_its_owner_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    assert CliRunner().invoke(program(), ["migrate"]).exit_code == 0
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize("first", [["study", "list"], ["migrate"]], ids=lambda command: command[0])
def test_the_secret_is_made_with_the_tables_and_never_in_place_of_a_lost_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, first: list[str]
) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", f"sqlite:///{settings.data_dir}/beholder.sqlite3")
    assert CliRunner().invoke(program(), first).exit_code == 0
    assert settings.kept_secret() is not None
    (settings.data_dir / "secret").unlink()
    for command in (first, ["study", "list"], ["migrate"]):
        assert CliRunner().invoke(program(), command).exit_code == 0
    assert settings.kept_secret() is None


def test_migrate_alone_refuses_tables_without_a_record(beholder: Run, database: Database, settings: Settings) -> None:
    with database.write() as db:
        db.execute(text("DELETE FROM alembic_version"))
    said = beholder("migrate")  # a process of its own, which has imported nothing else
    assert (said.returncode, len(said.stderr.splitlines())) == (2, 1)
    assert "does not say at which revision it is" in said.stderr
    assert not (settings.data_dir / "backups").exists()


@pytest.mark.sqlite_only
def test_a_file_that_is_no_database_is_a_sentence(settings: Settings) -> None:
    settings.make_data_dir()
    (settings.data_dir / "beholder.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(_installation.NoDatabase, match="file is not a database"), _installation.installation(settings):
        pass


@pytest.mark.sqlite_only  # on PostgreSQL migrations take turns by its own lock: see tests/db/test_migrations.py
@pytest.mark.parametrize(
    "stand_up", [_installation.migrated, _installation.installation], ids=["migrate", "first start"]
)
def test_tables_are_changed_by_one_command_at_a_time(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    stand_up: Callable[[Settings], AbstractContextManager[_installation.Installation]],
) -> None:
    seen, really = list[bool](), _installation.migrate

    def watched(database: Database, *, backups: Path | None = None) -> None:
        seen.append(_is_locked(settings))
        really(database, backups=backups)

    monkeypatch.setattr(_installation, "migrate", watched)
    with stand_up(settings) as place:
        require_current(place.database)
        assert not _is_locked(settings)
    assert seen == [True]

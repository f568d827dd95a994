"""What the doctor finds in the database, its revisions, its backups and its clocks."""

import os
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app import clock
from app.cli import program
from app.cli._doctor import Health, examine, tables
from app.db import Database, checkup, upkeep
from app.db.backup import keep
from app.db.migrate import downgrade, migrate
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from app.web import login
from tests.cli.doctor.asking import doctor, the_ill, worst


@pytest.mark.sqlite_only
def test_a_damaged_database_is_ill_and_hides_nothing_else(study: int, settings: Settings, database: Database) -> None:
    database.close()
    file = settings.data_dir / "beholder.sqlite3"
    with file.open("r+b") as damaged:
        damaged.write(b"not a database at all")
    result = doctor()
    assert result.exit_code == 1
    assert "cannot be read (file is not a database)" in result.output
    assert "keeping-it-well.md" in result.output
    assert "well  engine" in result.output


@pytest.mark.sqlite_only
def test_an_index_that_has_come_apart_is_found_by_verify(settings: Settings, database: Database) -> None:
    service.create(database, "Indexed", Protocol(), seed=1)
    login.create_account(database, "ada", None)
    database.close()
    with sqlite3.connect(settings.data_dir / "beholder.sqlite3", isolation_level=None) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO login_links (account_id, token_digest, expires_at) VALUES (77, 'x', '2030-01-01')")
    raw.close()
    assert worst(tables.engine(settings, None, verify=False)) is Health.WELL
    assert "points to a row of accounts that is gone" in the_ill(tables.engine(settings, None, verify=True)).finding


@pytest.mark.sqlite_only
def test_a_database_without_a_write_ahead_log_is_ill_and_stays_so(here: Settings, database: Database) -> None:
    database.close()
    file = here.data_dir / "beholder.sqlite3"
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    raw.close()
    found = the_ill(examine(verify=False))
    assert "its journal is delete" in found.finding
    assert checkup.sqlite_facts(file, thorough=False).journal == "delete"
    assert found.fix.startswith("if it is a fresh copy, run `beholder migrate`")
    assert CliRunner().invoke(program(), ["migrate"]).exit_code == 0  # and that is so
    assert checkup.sqlite_facts(file, thorough=False).journal == "wal"


def test_tables_of_another_version_are_ill_and_the_rest_is_looked_at(study: int, database: Database) -> None:
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    found = list(examine(verify=True))
    assert the_ill(iter(found)).fix == "install the version that wrote it, or a newer one"
    assert "engine" in {finding.check for finding in found}
    assert "pictures" not in {finding.check for finding in found}


def test_tables_without_a_record_of_their_revision_are_ill(database: Database) -> None:
    with database.write() as db:
        db.execute(text("DROP TABLE alembic_version"))
    assert "does not say at which revision it is" in the_ill(tables.migrations(database)).finding


def test_older_tables_are_to_be_migrated(database: Database) -> None:
    downgrade(database, "-1")
    assert the_ill(tables.migrations(database)).fix == "run `beholder migrate`"
    migrate(database)


@pytest.mark.parametrize("damage", ['{"blocks": "many"}', "7", "not json"])
def test_one_damaged_study_is_named_and_hides_nothing_else(study: int, database: Database, damage: str) -> None:
    if not database.is_sqlite and damage == "not json":
        pytest.skip("PostgreSQL keeps nothing in the column that is not JSON")
    service.create(database, "Sound", Protocol(), seed=1)
    with database.write() as db:
        db.execute(text("UPDATE studies SET protocol = :damage WHERE id = :id"), {"damage": damage, "id": study})
    found = list(examine(verify=True))
    assert the_ill(iter(found)).check == "studies"
    assert the_ill(iter(found)).finding.startswith(f"study {study} cannot be read")
    assert {"secret", "pictures", "logs"} <= {finding.check for finding in found if finding.state is Health.WELL}


def test_a_server_that_does_not_answer_is_told_without_its_password(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.data_dir.mkdir()
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", "postgresql://beholder:tortoise@127.0.0.1:1/beholder")
    result = doctor()
    assert result.exit_code == 1
    assert "ill   database: " in result.output
    assert "tortoise" not in result.output
    assert "Traceback" not in result.output
    assert "ill   migrations: the tables cannot be read while the database does not answer" in result.output
    assert "backup" not in result.output.partition("migrations")[2].partition("\nnote")[0]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"number": 130004, "version": "13.4"}, "13.4 is older"),
        ({"read_only": True}, "takes no writes"),
        ({"free": 3}, "only 3 connections are free"),
    ],
)
def test_a_server_that_will_not_do_is_ill(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object], says: str
) -> None:
    good = checkup.PostgresFacts("16.1", 160001, "read committed", False, 90, clock.now())
    monkeypatch.setattr(tables, "postgres_facts", lambda _: good)
    assert worst(tables._postgres(database)) is Health.WELL
    monkeypatch.setattr(tables, "postgres_facts", lambda _: replace(good, **changed))  # type: ignore[arg-type]
    assert says in the_ill(tables._postgres(database)).finding


@pytest.mark.sqlite_only
def test_an_old_backup_is_noted_where_work_was_done_since(study: int, settings: Settings, database: Database) -> None:
    assert worst(tables.backups(settings, database, verify=False)) is Health.NOTE
    backup = keep(settings.data_dir / "beholder.sqlite3", settings.data_dir / "backups" / "before.sqlite3")
    assert worst(tables.backups(settings, database, verify=True)) is Health.WELL
    long_ago = (clock.now() - timedelta(days=9)).timestamp()
    os.utime(backup, (long_ago, long_ago))
    (found,) = tables.backups(settings, database, verify=False)
    assert (found.state, "9 days old" in found.finding) == (Health.NOTE, True)


@pytest.mark.sqlite_only
def test_a_backup_that_could_not_be_put_back_is_ill(settings: Settings, database: Database) -> None:
    whole = keep(settings.data_dir / "beholder.sqlite3", settings.data_dir / "backups" / "weekly.sqlite3")
    good = whole.read_bytes()
    for broken, says in (
        (b"", "it holds no tables of Beholder"),
        (b"not a database" * 100, "file is not a database"),
        (good[: len(good) // 2], "malformed"),
    ):
        whole.write_bytes(broken)
        assert says in the_ill(tables.backups(settings, database, verify=False)).finding
    assert [path.name for path in whole.parent.iterdir()] == [whole.name]  # looking left nothing beside it


@pytest.mark.sqlite_only
def test_a_database_that_the_environment_puts_elsewhere_is_the_one_that_is_looked_at(
    settings: Settings, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "of the lab.sqlite3"
    file.write_bytes(bytes(1 << 20))
    elsewhere = settings.model_copy(update={"database_url": f"sqlite:///{file}"})
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    assert any(f"the file {file} is" in found.finding for found in tables.clocks(elsewhere, database))
    monkeypatch.setattr(upkeep, "RESERVE", 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, free=(2 << 20) - 1))
    assert next(upkeep.rooms(elsewhere)).health is Health.ILL, "a copy of it and of its log would find no room"


def test_rows_from_the_future_are_ill(
    study: int, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worst(tables.clocks(settings, database)) is Health.WELL
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    found = list(tables.clocks(settings, database))
    assert any(
        "the newest row is" in finding.finding and "ahead of this machine" in finding.finding for finding in found
    )
    assert any("the file " in finding.finding for finding in found)
    assert worst(iter(found)) is Health.ILL
    assert all("NTP" in finding.fix for finding in found)

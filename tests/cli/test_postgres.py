"""Commands that find a PostgreSQL database, or cannot: whatever the rest of the tests run on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.db import Database
from app.db.migrate import require_current
from app.db.postgresql import spelled_out
from tests.postgres import Server


def _beholder(*arguments: str, data: Path, url: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=os.environ | {"BEHOLDER_DATA_DIR": str(data), "BEHOLDER_DATABASE_URL": url} | variables,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_an_empty_database_is_told_of_migrate_and_migrated_by_it(postgres: Server, tmp_path: Path) -> None:
    with postgres.database(migrated=False) as url:
        said = _beholder("worker", "--until-idle", data=tmp_path, url=url)
        assert said.returncode == 2
        assert "is at revision none" in said.stderr
        assert "run `beholder migrate`" in said.stderr
        said = _beholder("migrate", data=tmp_path, url=url)
        assert (said.returncode, said.stderr) == (0, "")
        assert not (tmp_path / "backups").exists()
        database = Database(url)
        require_current(database)
        database.close()
        assert _beholder("worker", "--until-idle", data=tmp_path, url=url, BEHOLDER_GPUS="none").returncode == 0


def test_a_database_that_is_not_there_is_one_sentence(postgres: Server, tmp_path: Path) -> None:
    said = _beholder("migrate", data=tmp_path, url=postgres.url("nowhere"))
    assert said.returncode == 2
    assert 'database "nowhere" does not exist' in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_without_its_driver_postgresql_is_refused_with_what_to_install(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "psycopg.py").write_text("raise ModuleNotFoundError(\"No module named 'psycopg'\", name='psycopg')\n")
    said = _beholder(
        "migrate", data=tmp_path, url="postgresql://ada@localhost/beholder", PYTHONPATH=f"{hidden}:{Path.cwd()}"
    )
    assert said.returncode == 2
    assert "install it with `pip install '.[postgres]'` in Beholder's checkout" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("written", ["postgresql", "postgres", "postgresql+psycopg"])
def test_urls_are_taken_as_people_and_providers_write_them(written: str) -> None:
    assert spelled_out(make_url(f"{written}://ada@db.example/beholder")).drivername == "postgresql+psycopg"

"""What most tests need: a migrated database of their own, a store, and settings that point at a temporary folder."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from app.db import Database
from app.db.migrate import migrate
from app.media import Media
from app.settings import Settings

hypothesis_settings.register_profile("tests", deadline=None)  # a busy machine is no failure
hypothesis_settings.load_profile("tests")

os.environ["OMP_NUM_THREADS"] = "1"  # two processes × two threads on two cores run 3× slower
for _name in [name for name in os.environ if name.startswith("BEHOLDER_")]:
    del os.environ[_name]  # no test may touch the installation that the developer's shell points at


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file as the migrations make it; tests copy it instead of migrating again."""
    path = tmp_path_factory.mktemp("migrated") / "beholder.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """A command under test sets up the logs of this process; the next test begins without that."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation in a temporary folder."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def database(settings: Settings, migrated: Path) -> Iterator[Database]:
    """A database with all tables and no rows."""
    settings.data_dir.mkdir(parents=True)
    shutil.copyfile(migrated, settings.data_dir / "beholder.sqlite3")
    database = Database(settings.database)
    yield database
    database.close()


@pytest.fixture
def media(settings: Settings) -> Media:
    """A content-addressed store in the temporary folder."""
    return Media(settings.media)

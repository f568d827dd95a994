"""What most tests need: a migrated database of their own, a store, and settings that point at a temporary folder.

``pytest --database postgresql`` runs those that touch a database on a PostgreSQL server that it starts itself.
"""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app.db import Database
from app.db.migrate import migrate
from app.media import Media
from app.settings import Settings
from tests import chance
from tests.postgres import Server, chosen_url
from tests.warm import Commands

_EXPLORE = "explore"

# A busy machine is no failure, and no run fails by chance: examples are the same ones until a test is changed.
hypothesis_settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
# `make explore` looks for what nobody has met yet, in every run elsewhere.
hypothesis_settings.register_profile(
    _EXPLORE, hypothesis_settings.get_profile("tests"), derandomize=False, max_examples=1000
)
hypothesis_settings.load_profile("tests")

os.environ["OMP_NUM_THREADS"] = "1"  # two processes × two threads on two cores run 3× slower
for _name in [name for name in os.environ if name.startswith("BEHOLDER_")]:
    del os.environ[_name]  # no test may touch the installation that the developer's shell points at
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background jobs, and all that they start, ignore it
    signal.signal(signal.SIGINT, signal.default_int_handler)


_TOUCH_A_DATABASE = {"settings", "house"}  # the fixtures that every test with a database stands on


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite",
        help="what the tests run on; with postgresql only those that touch a database",
    )  # fmt: skip


@pytest.hookimpl(trylast=True)  # -m has left out what it does
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = items[:] if config.getoption("database") == "sqlite" else [item for item in items if _asks_postgres(item)]
    long = {_function(item) for item in wanted if item.get_closest_marker("slow")}
    kept = [item for item in wanted if not (item.get_closest_marker("quick_twin") and _function(item) in long)]
    config.hook.pytest_deselected(items=sorted(set(items) - set(kept), key=lambda item: item.nodeid))
    longest = {item.path for item in kept if any(map(item.get_closest_marker, ("slow", "quick_twin")))}
    items[:] = sorted(kept, key=lambda item: item.path not in longest)  # or one worker ends long after the other


def _asks_postgres(item: pytest.Item) -> bool:
    touches = "trainer" not in item.path.parts and not _TOUCH_A_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
    return touches and not any(item.get_closest_marker(name) for name in ("sqlite_only", "one_database"))


def _function(item: pytest.Item) -> tuple[Path, str]:
    return item.path, getattr(item, "originalname", item.name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test asks for it; each xdist worker has its own."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """Runs commands in processes that need not load the program first; each xdist worker has its own."""
    commands = Commands()
    yield commands
    commands.close()


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


@pytest.fixture(autouse=True)
def same_chance(request: pytest.FixtureRequest) -> Iterator[None]:
    """The seeds of studies, tokens and codes that a test meets are the same in every run, except where we explore."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        if hypothesis_settings.get_current_profile_name() != _EXPLORE:
            random = Random(request.node.nodeid)
            chance.deal(monkeypatch, lambda: random)
        yield


@pytest.fixture
def blank_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages of results are whole, but their figures empty sheets: drawing them takes seconds for each package."""
    from app.results.sheet import INKS, Sheet

    monkeypatch.setattr("app.results.figure_files.figure_sheet", lambda *_, **__: Sheet(8, 8, INKS["light"]))


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of an installation in a temporary folder; on PostgreSQL with an empty, migrated database."""
    with chosen_url(request) as url:
        yield Settings(data_dir=tmp_path / "data", database_url=url)


@pytest.fixture
def database(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with all tables and no rows."""
    settings.data_dir.mkdir(parents=True)
    if not settings.database_url:
        shutil.copyfile(request.getfixturevalue("migrated"), settings.data_dir / "beholder.sqlite3")
    database = Database(settings.database)
    yield database
    database.close()


@pytest.fixture
def media(settings: Settings) -> Media:
    """A content-addressed store in the temporary folder."""
    return Media(settings.media)

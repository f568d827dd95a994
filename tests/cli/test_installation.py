"""The one place where commands open an installation."""

import fcntl
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app.cli import _installation
from app.db import Database
from app.db.migrate import require_current
from app.settings import Settings


def _is_locked(settings: Settings) -> bool:
    with Path(settings.data_dir / "beholder.sqlite3.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


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

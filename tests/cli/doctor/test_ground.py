"""What an installation stands on: settings, folders, secret, disks, store."""

import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli._doctor import Health, examine, ground, tables
from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web.pages import Context
from app.web.standing import standing
from tests.cli.doctor.asking import the_ill, worst


@pytest.mark.parametrize(("mode", "state"), [(0o700, "well"), (0o750, "well"), (0o755, "note"), (0o777, "ill")])
def test_who_may_see_and_change_the_data_folder(settings: Settings, mode: int, state: str) -> None:
    settings.data_dir.mkdir()
    settings.data_dir.chmod(mode)
    (found,) = ground.data_folder(settings)
    assert found.state == state
    assert found.fix.startswith("chmod") or state == "well"


def test_a_secret_that_others_may_read_is_ill(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.secret()
    path = settings.data_dir / "secret"
    assert worst(ground.secret(settings, needed=True)) is Health.WELL
    path.chmod(0o644)
    assert the_ill(ground.secret(settings, needed=True)).fix == f"chmod 600 {path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644  # told, not mended


@pytest.mark.parametrize("kept", ["", "beef", "not hexadecimal", "ä"])
def test_a_secret_that_is_not_whole_is_ill(settings: Settings, kept: str) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "secret").write_text(kept, encoding="utf-8")
    assert "back from the backup" in the_ill(ground.secret(settings, needed=False)).fix


def test_a_lost_secret_is_ill_once_there_are_studies(study: int, settings: Settings) -> None:
    (settings.data_dir / "secret").unlink()
    assert the_ill(examine(verify=False)).check == "secret"
    assert not (settings.data_dir / "secret").exists()


def test_a_full_disk_is_ill_and_a_filling_one_noted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [0]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free[0], total=0))
    assert "make room" in the_ill(ground.disk(settings)).fix
    free[0] = 3 << 30
    assert worst(ground.disk(settings)) is Health.NOTE
    free[0] = 30 << 30
    assert worst(ground.disk(settings)) is Health.WELL


def test_a_store_on_a_disk_of_its_own_is_looked_at_too(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"media_url": (tmp_path / "elsewhere").as_uri()})
    assert len(list(ground.disk(elsewhere))) == len(list(ground.disk(settings))) + 1


def test_a_store_that_takes_nothing_is_ill(settings: Settings, media: Media) -> None:
    assert worst(ground.store(settings, media)) is Health.WELL
    shutil.rmtree(settings.data_dir / "media" / "probe", ignore_errors=True)
    (settings.data_dir / "media" / "probe").write_text("a file where the store wants a folder")
    assert "did not take object" in the_ill(ground.store(settings, media)).finding


def test_a_store_that_is_not_mounted_is_told_and_not_made(study: int, settings: Settings) -> None:
    shutil.rmtree(settings.data_dir / "media")
    found = list(examine(verify=False))
    assert the_ill(iter(found)).check == "pictures"
    assert [finding.state for finding in found if finding.check == "store"] == [Health.NOTE]
    assert not (settings.data_dir / "media").exists()


@pytest.mark.sqlite_only("PostgreSQL is backed up by its own tools")
def test_the_doctor_and_the_system_page_say_the_same_of_disks_and_backups(
    study: int, settings: Settings, database: Database, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2 << 30, total=0))
    doctor = [*ground.disk(settings), *tables.backups(settings, database, verify=False)]
    shown = standing(Context(settings, database, media, settings.secret())).troubles
    mine = {(one.health.value, one.finding, one.fix) for one in shown if one.check in ("disk", "backups")}
    assert mine == {(one.state.value, one.finding, one.fix) for one in doctor if one.state is not Health.WELL}
    assert len(mine) == 3

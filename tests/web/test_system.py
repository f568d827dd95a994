"""The System page: what is wrong stands first, and no secret stands anywhere."""

import os
import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.clock import now
from app.db import Database
from app.db.models import Account, Job, JobState
from app.db.upkeep import Health
from app.jobs import store
from app.media import Media
from app.settings import Settings
from app.web.pages import Context
from app.web.standing import Standing, standing
from tests.jobs.build import reported
from tests.web import trained

pytestmark = pytest.mark.one_database
SLOT = {"name": "NVIDIA H200", "cores": None, "processes": 1, "free": 140 << 30, "memory": 141 << 30}


@pytest.fixture
def use(settings: Settings, database: Database, media: Media) -> Context:
    return Context(settings, database, media, settings.secret())


def seen(database: Database, name: str, ago: timedelta) -> None:
    speeds = {"NVIDIA H200": {"denoise · mae": 4.25}}
    reported(database, name, ago, devices="gpu 0", weights=["lpips"], speeds=speeds, memory={"gpu 0": SLOT})


def told(found: Standing, check: str) -> str:
    return "\n".join(f"{one.health}: {one.finding}" for one in found.troubles if one.check == check)


def test_jobs_without_a_worker_are_an_illness_and_stand_first(use: Context) -> None:
    trained.launched(use.database, use.media)
    found = standing(use)
    assert found.queue.waiting == 7
    assert "ill: 7 jobs are to be done and no worker is present" in told(found, "workers")
    assert found.troubles[0].health is Health.ILL
    seen(use.database, "ada", timedelta(0))
    assert told(standing(use), "workers") == ""


def test_a_silent_worker_is_told_and_one_of_last_week_is_not(use: Context) -> None:
    seen(use.database, "ada", timedelta(minutes=5))
    seen(use.database, "grace", timedelta(days=7))
    trained.launched(use.database, use.media)
    found = told(standing(use), "workers")
    assert "the worker ada has not reported for 5 min" in found
    assert "7 jobs are to be done and no worker is present; the last one was seen 5 min ago" in found
    assert "grace" not in told(standing(use), "workers")


def test_jobs_that_failed_today_are_named_and_older_ones_are_not(use: Context) -> None:
    trained.launched(use.database, use.media)
    with use.database.write() as db:
        for job, ago in zip(db.scalars(select(Job).order_by(Job.id).limit(2)), (0, 3), strict=True):
            job.state, job.finished_at = JobState.FAILED, now() - timedelta(days=ago)
    assert told(standing(use), "jobs") == "note: job 1 failed within a day"


def test_jobs_that_waited_in_vain_have_not_failed_themselves(use: Context) -> None:
    matrix = trained.launched(use.database, use.media)
    store.cancel(use.database, next(iter(matrix.pretrainings.values())))
    assert [job.in_vain for job in store.listing(use.database)].count(True) > 1
    assert standing(use).queue.failed == 0
    assert told(standing(use), "jobs") == ""


def test_a_full_disk_is_an_illness(use: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, used=1 << 40, free=1 << 20))
    assert "ill: data folder: 0.0 GB are free" in told(standing(use), "disk")


@pytest.mark.sqlite_only("PostgreSQL is backed up by its own tools")
def test_a_backup_that_is_missing_or_old_is_told(use: Context) -> None:
    seen(use.database, "ada", timedelta(0))
    assert told(standing(use), "backups").startswith("note: there is no backup of the database in ")
    folder = use.settings.data_dir / "backups"
    folder.mkdir()
    kept = folder / "beholder-backup-1.sqlite3"
    kept.write_bytes(b"")
    assert told(standing(use), "backups") == ""
    old = (now() - timedelta(days=8)).timestamp()
    os.utime(kept, (old, old))
    assert "8 days old, and work was done since" in told(standing(use), "backups")


def test_no_password_and_no_secret_is_shown(use: Context) -> None:
    guarded = use.settings.model_copy(
        update={
            "database_url": "postgresql://ada:tortoise@db/beholder",
            "media_url": "s3://ada:tortoise@lab/x?key=hare",
        }
    )
    shown = repr(standing(Context(guarded, use.database, use.media, use.secret)))
    assert "tortoise" not in shown
    assert "hare" not in shown
    assert use.secret.hex() not in shown
    assert "BEHOLDER_LEASE_SECONDS" in shown


def test_the_page_shows_workers_with_devices_memory_weights_and_pace(desk: TestClient, database: Database) -> None:
    seen(database, "ada", timedelta(0))
    page = desk.get("/admin/system").text
    for words in ("NVIDIA H200", "150 GB", "lpips", "4.2", "BEHOLDER_GPUS", "Last backup", "SQLite"):
        assert words in page, words


def test_the_page_is_for_those_who_operate_the_installation(desk: TestClient, database: Database) -> None:
    with database.write() as db:
        for account in db.scalars(select(Account)):
            account.operates = False
    assert desk.get("/admin/system").status_code == 403

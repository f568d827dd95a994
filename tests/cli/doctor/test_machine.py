"""What the doctor finds in workers, devices and the engine."""

import sys
from datetime import timedelta

import pytest
from sqlalchemy import update

from app import clock
from app.cli._doctor import Health, machine
from app.db import Database
from app.db.models import Job
from app.jobs import store
from app.jobs.devices import Slot
from app.settings import Settings
from tests.cli.doctor.asking import the_ill, worst
from tests.jobs import build

pytestmark = pytest.mark.one_database  # what the machine has


def test_jobs_that_nobody_does_are_ill(database: Database) -> None:
    store.launch(database, build.training(), title="a training")
    assert "1 job is to be done and no worker is present" in the_ill(machine.workers(database)).finding
    build.reported(database, "ada", timedelta(minutes=2))
    assert "no worker is present; the last one was seen 2 min ago" in the_ill(machine.workers(database)).finding
    build.reported(database, "ada")
    assert worst(machine.workers(database)) is Health.WELL


def test_a_job_held_by_a_worker_that_is_gone_is_told(database: Database) -> None:
    store.launch(database, build.training(), title="a training")
    held = build.claimed(database)
    with database.write() as db:
        db.execute(update(Job).values(lease_until=clock.now() - timedelta(minutes=5)))
    found = [finding for finding in machine.workers(database) if finding.check == "leases"]
    assert the_ill(iter(found)).fix == "run `beholder worker`"
    assert f"job {held.job} is over" in found[0].finding
    build.reported(database, "bee")
    assert worst(machine.workers(database)) is Health.NOTE


def test_a_gpu_that_is_not_there_is_ill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.devices._installed", list)
    told = settings.model_copy(update={"gpus": "7"})
    assert the_ill(machine.device(told)).fix == "say auto or none"


@pytest.mark.usefixtures("quiet_machine")
def test_a_gpu_that_pytorch_cannot_use_is_ill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "slots", lambda *_: (Slot("0"),))
    assert "can use no GPU" in the_ill(machine.device(settings)).finding


@pytest.mark.usefixtures("quiet_machine")
def test_more_threads_than_cores_are_noted(settings: Settings) -> None:
    assert worst(machine.device(settings.model_copy(update={"gpus": "none"}))) is Health.WELL
    assert worst(machine.device(settings.model_copy(update={"gpus": "none", "threads": 4096}))) is Health.NOTE


def test_a_machine_without_pytorch_is_noted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None)
    (found,) = machine.device(settings)
    assert (found.state, "pip install '.[trainer]'" in found.fix) == (Health.NOTE, True)


def test_a_pytorch_that_cannot_be_loaded_is_ill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ASK_TORCH", "raise ImportError('libcudart.so is gone')")
    assert "libcudart.so is gone" in the_ill(machine.device(settings)).finding


def test_the_real_device_and_the_real_engine_answer(settings: Settings) -> None:
    told = settings.model_copy(update={"gpus": "none"})
    assert worst(machine.device(told)) is Health.WELL
    assert worst(machine.engine(told)) is Health.WELL


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([sys.executable, "-m", "no_such_trainer", "trainer"], "No module named no_such_trainer"),
        (["/no/such/python", "trainer"], "No such file"),
        ([sys.executable, "-c", "import time; time.sleep(60)", "trainer"], "no answer within 1 seconds"),
    ],
)
def test_an_engine_that_does_not_start_is_ill(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, argv: list[str], says: str
) -> None:
    monkeypatch.setattr(machine, "trainer_argv", lambda job, attempt: argv)
    monkeypatch.setattr(machine, "_PATIENCE", 1)
    assert says in the_ill(machine.engine(settings)).finding


@pytest.mark.usefixtures("quiet_machine")
def test_runs_that_are_no_folder_are_ill(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.runs.touch()
    assert "is no folder" in the_ill(machine.engine(settings)).finding

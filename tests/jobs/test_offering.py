"""What a worker tells of itself."""

from datetime import timedelta
from typing import Any

import pytest

from app.catalog.shelf import Shelf
from app.catalog.weights import WEIGHTS
from app.db.models import Job, Worker
from app.jobs import machine
from app.jobs.devices import Slot
from app.jobs.machine import device_of, gpus
from app.jobs.offering import Offer
from app.jobs.speeds import devices_of
from tests.jobs.build import reported, written
from tests.jobs.conftest import Stage
from tests.jobs.moments import until

pytestmark = pytest.mark.one_database


def told(stage: Stage) -> Worker | None:
    with stage.database.read() as db:
        return db.get(Worker, "ada")


def test_a_heartbeat_tells_devices_memory_and_the_weights_at_hand(stage: Stage) -> None:
    for file in WEIGHTS["deepiqa"]:
        written(Shelf(stage.settings.weights_folder).own / file.name, "weights")
    stage.start()
    until(lambda: (row := told(stage)) and row.memory)
    row = told(stage)
    assert row is not None
    assert "deepiqa" in (row.weights or [])
    assert "gti_cnn" not in (row.weights or [])
    assert row.speeds == {}
    (device,) = devices_of(stage.database)
    assert (device.name, device.cores) == (machine.here().name, machine.here().cores)
    assert 0 < (row.memory or {})["cpu"]["free"] <= (device.memory or 0)


def test_a_worker_that_stops_leaves_nothing_behind(stage: Stage) -> None:
    stage.start()
    until(lambda: told(stage))
    stage.join()
    assert told(stage) is None
    assert devices_of(stage.database) == ()


def test_how_long_a_step_took_outlives_the_worker_that_measured_it(stage: Stage) -> None:
    job = stage.job({"steps": [1, 60, 100], "end": "done"})
    stage.work()
    with stage.database.read() as db:
        row = db.get_one(Job, job)
        assert (row.device, row.step_ms is not None) == (machine.here().name, True)
    stage.start("grace")
    until(lambda: told_by(stage, "grace"))
    assert list(told_by(stage, "grace") or {}) == [machine.here().name]


def told_by(stage: Stage, name: str) -> dict[str, Any] | None:
    with stage.database.read() as db:
        row = db.get(Worker, name)
        return row.speeds if row else None


def test_cards_are_called_as_their_driver_calls_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    program = written(
        tmp_path / "nvidia-smi", "#!/bin/sh\necho '0, NVIDIA H200, 100, 143771'\necho '1, NVIDIA H200, 7, 143771'\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    cards = gpus()
    both = device_of(Slot("0,1"), cards)
    assert (both.name, both.cores, both.processes, both.memory) == ("2 × NVIDIA H200", None, 2, 143771 * 2**20)
    assert device_of(Slot("1"), cards).name == "NVIDIA H200"
    assert device_of(Slot("5"), cards).name == "GPU", "a card that no driver knows still does its jobs"
    assert cards["1"].room.free == 7 * 2**20


def test_a_driver_that_does_not_answer_takes_no_worker_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    program = written(tmp_path / "nvidia-smi", "#!/bin/sh\necho 'no devices were found'\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert gpus() == {}


def test_the_machine_is_looked_at_once_a_minute_and_not_at_every_heartbeat(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer, looks = Offer(stage.database, stage.settings, (Slot(None),)), list[int]()
    monkeypatch.setattr("app.jobs.offering.measured", lambda *_: looks.append(1) or [])
    offer.look()
    offer.look()
    assert looks == [1]


def test_a_worker_that_vanished_days_ago_is_forgotten_when_another_starts(stage: Stage) -> None:
    for name, days in (("lost", 2), ("silent", 0)):
        memory = {"cpu": {"name": name, "cores": 2, "processes": 1, "free": 1, "memory": 2}}
        reported(stage.database, name, timedelta(days=days, minutes=2), memory=memory)
    assert devices_of(stage.database) == (), "nobody reckons with a worker whose lease is over"
    stage.start()
    until(lambda: told(stage))
    with stage.database.read() as db:
        assert db.get(Worker, "lost") is None
        assert db.get(Worker, "silent") is not None

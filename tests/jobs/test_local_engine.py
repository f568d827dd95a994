"""Processes on this machine: asked to stop, found again after their worker vanished, ended when nobody else will."""

import os
import signal
from pathlib import Path

from app.db.models import JobState
from app.jobs import claims
from app.jobs.devices import Slot
from app.jobs.engines.local import Found, LocalEngine
from tests.jobs.build import claimed
from tests.jobs.conftest import Stage, fake_argv
from tests.jobs.moments import LONG_OVER, OVER, until

DONE = {"end": "done"}


def test_a_process_that_ended_before_it_was_asked_to_stop_keeps_its_exit_code(stage: Stage, tmp_path: Path) -> None:
    engine = LocalEngine(stage.settings, lambda job, attempt: ["sh", "-c", "exit 3"])
    child = engine.start(1, 1, tmp_path, Slot(None))
    status = Path(f"/proc/{child.ref.split(':')[1]}/stat")
    until(lambda: status.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z")
    child.stop()
    assert child.wait() == 3
    child.reports.close()


def test_nothing_is_known_about_processes_elsewhere(stage: Stage) -> None:
    engine = LocalEngine(stage.settings, fake_argv)
    assert engine.find("another-machine:1:12345") is Found.ELSEWHERE


def test_a_job_of_a_vanished_worker_is_taken_up_once_its_process_is_gone(stage: Stage) -> None:
    job = stage.job(DONE)
    held = claimed(stage.database, "vanished")
    engine = LocalEngine(stage.settings, lambda job, attempt: ["sleep", "600"])
    stage.folder(job).mkdir(parents=True)
    orphan = engine.start(job, 1, stage.folder(job), Slot(None))
    claims.running(stage.database, held, orphan.ref)
    claims.renew(stage.database, held, OVER)
    other = stage.worker("grace")
    assert claims.rescue_lost(stage.database, other._is_gone) == []
    os.kill(int(orphan.ref.split(":")[1]), signal.SIGKILL)
    orphan.wait()
    orphan.reports.close()
    stage.work("grace")
    assert (stage.get(job).state, stage.get(job).attempt) == (JobState.SUCCEEDED, 2)


def test_a_process_that_outlives_its_lease_by_far_is_ended_before_its_job_is_taken_up(stage: Stage) -> None:
    job = stage.job(DONE)
    held = claimed(stage.database, "frozen")
    engine = LocalEngine(stage.settings, lambda job, attempt: ["sleep", "600"])
    stage.folder(job).mkdir(parents=True)
    orphan = engine.start(job, 1, stage.folder(job), Slot(None))
    assert engine.find(orphan.ref) is Found.ALIVE
    claims.running(stage.database, held, orphan.ref)
    claims.renew(stage.database, held, LONG_OVER)
    stage.work("grace")
    assert orphan.wait() == -signal.SIGKILL
    orphan.reports.close()
    assert engine.find(orphan.ref) is Found.GONE
    assert stage.get(job).state is JobState.SUCCEEDED

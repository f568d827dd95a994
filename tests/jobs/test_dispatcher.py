"""A worker and the processes it starts; the processes only play, but they are real."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.db.models import JobState
from app.errors import BadInput
from app.jobs import claims, store, views
from app.jobs.attempt import Attempt
from app.jobs.contract import RenderResult
from app.jobs.devices import Slot
from app.jobs.engines.local import LocalEngine
from app.media import Media
from tests.jobs.build import rendering, training
from tests.jobs.conftest import Stage, fake_argv
from tests.jobs.moments import LEASE, until

DONE = {"end": "done"}


def test_a_training_leaves_its_result_its_curve_and_its_weights(stage: Stage) -> None:
    job = stage.job({"steps": [0, 50, 100], "end": "done"})
    stage.work()
    view = stage.get(job)
    assert view.result is not None
    assert (view.state, view.step, view.attempt, view.error) == (JobState.SUCCEEDED, 100, 1, None)
    assert stage.media.get(view.result["checkpoint_digest"]) == b"weights after 100 steps"
    assert json.loads(stage.media.get(view.result["sidecar_digest"]))["step"] == 100
    assert store.curve(stage.database, job) == [(0, 1.0), (50, 1 / 51), (100, 1 / 101)]


def test_a_job_gets_what_it_needs_and_no_secret(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "BEHOLDER_DATABASE_URL": "postgresql://beholder:tortoise@localhost/beholder",
        "BEHOLDER_OIDC_ISSUER": "https://tortoise.example",
        "BEHOLDER_OIDC_SECRET": "tortoise",
        "BEHOLDER_OIDC_SECRET_FILE": "/etc/tortoise",
        "BEHOLDER_OF_TOMORROW": "tortoise",
        "PGPASSWORD": "tortoise",
        "PGPASSFILE": "/etc/tortoise",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BEHOLDER_WEIGHTS", "/srv/weights")
    job = stage.job(DONE)
    stage.work()
    environment = (stage.folder(job) / "environment.json").read_text(encoding="utf-8")
    assert "tortoise" not in environment
    told = json.loads(environment)
    assert (told["CUDA_VISIBLE_DEVICES"], told["BEHOLDER_WEIGHTS"]) == ("", "/srv/weights")
    asked = stage.assignment(job)
    assert (asked.job, asked.attempt, asked.spec, asked.device) == (job, 1, training(), "cpu")
    assert (asked.media, asked.checkpoint_seconds) == (stage.media.url, 7.0)


def test_the_second_stage_begins_with_the_weights_of_the_first(stage: Stage) -> None:
    first = stage.job(DONE)
    second = stage.job(DONE, spec=training(start_from=first))
    pictures = stage.job(DONE, spec=rendering(second))
    stage.work()
    for job in (second, pictures):
        weights = Path(stage.assignment(job).checkpoint or "")
        assert weights.read_bytes() == b"weights after 100 steps"
        assert json.loads(weights.with_suffix(".json").read_text(encoding="ascii"))["step"] == 100
    assert stage.rendered == [(pictures, 1, stage.folder(pictures))]


def test_a_rendering_that_cannot_be_registered_has_failed(stage: Stage) -> None:
    def refuse(*_: object) -> None:
        raise BadInput("Two pictures are the same.")

    first = stage.job(DONE)
    pictures = stage.job(DONE, spec=rendering(first))
    stage.work(on_rendered=refuse)
    assert (stage.get(pictures).state, stage.get(pictures).error) == (JobState.FAILED, "Two pictures are the same.")


def test_a_mistake_in_the_worker_fails_the_job_and_not_the_worker(stage: Stage) -> None:
    def stumble(_db: Database, _media: Media, _job: int, _attempt: int, _folder: Path, _result: RenderResult) -> None:
        raise KeyError("scene")

    first = stage.job(DONE)
    pictures = stage.job(DONE, spec=rendering(first))
    later = stage.job(DONE, seed=7)
    stage.work(on_rendered=stumble)
    assert "KeyError('scene')" in (stage.get(pictures).error or "")
    assert stage.get(later).state is JobState.SUCCEEDED


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("refuse", "The photograph 'meadow' is smaller than the patch."),
        ("exhaust", "The disk is full: make room and retry."),
    ],
)
def test_a_refusal_is_told_in_its_last_line_and_not_tried_again(stage: Stage, end: str, sentence: str) -> None:
    job = stage.job({"end": end})
    blocked = stage.job(DONE, spec=training(start_from=job))
    stage.work()
    assert (stage.get(job).state, stage.get(job).error, stage.get(job).attempt) == (JobState.FAILED, sentence, 1)
    assert stage.get(blocked).state is JobState.FAILED
    assert stage.started() == [f"{job} 1"]


def test_a_crash_is_taken_up_again_from_the_newest_whole_checkpoint(stage: Stage) -> None:
    job = stage.job({"steps": [45], "end": "crash"}, {"steps": [55], "end": "crash", "saved": 10}, DONE)
    stage.work()
    assert stage.get(job).state is JobState.SUCCEEDED
    assert stage.assignment(job).resume_from is None
    assert stage.assignment(job, 2).resume_from == str(stage.folder(job, 1) / "checkpoint-40.pt")
    assert stage.assignment(job, 3).resume_from == str(stage.folder(job, 2) / "checkpoint-50.pt")
    assert not list(stage.folder(job, 1).glob("checkpoint-*")), "earlier checkpoints only take room by now"


def test_a_damaged_checkpoint_is_passed_over(stage: Stage) -> None:
    job = stage.job({"steps": [45], "end": "crash"}, {"end": "wait"}, DONE)
    stop = stage.start()
    stage.waiting(job, 2)
    (stage.folder(job, 1) / "checkpoint-90.pt").write_bytes(b"half of it")
    stop.set()
    stage.join()
    (stage.folder(job, 2) / "checkpoint-60.pt").write_bytes(b"damaged")
    stage.work("grace")
    assert stage.assignment(job, 3).resume_from == str(stage.folder(job, 1) / "checkpoint-40.pt")


def test_a_checkpoint_of_another_job_with_the_same_number_is_not_used(stage: Stage) -> None:
    job = stage.job({"steps": [45], "end": "crash"}, {"end": "wait"}, DONE)
    stop = stage.start()
    stage.waiting(job, 2)
    stop.set()
    stage.join()
    for attempt in (1, 2):
        told = stage.assignment(job, attempt).model_copy(update={"spec": training(seed=99)})
        (stage.folder(job, attempt) / "spec.json").write_text(told.model_dump_json(), encoding="utf-8")
    stage.work("grace")
    assert stage.assignment(job, 3).resume_from is None


def test_a_run_folder_left_by_another_database_is_set_aside(stage: Stage) -> None:
    job = stage.job({"end": "silent"}, DONE)
    stage.folder(job).mkdir(parents=True)
    (stage.folder(job) / "result.json").write_text("{}", encoding="utf-8")
    stage.work()
    assert not (stage.folder(job) / "result.json").exists()
    assert len(list(stage.folder(job).parent.glob("1.aside-*"))) == 1


@pytest.mark.parametrize(
    ("move", "reason"),
    [
        ({"end": "silent"}, "ended without a result"),
        ({"end": "done", "lie": {"sha256": "0" * 64}}, "is not the file that the result names"),
        ({"end": "done", "lie": {"checkpoint": "checkpoint-7.pt"}}, "which is not there"),
        ({"end": "done", "lie": {"psnr": "high"}}, "cannot be read"),
        ({"end": "crash"}, "the GPU fell off the bus"),
    ],
)
def test_a_job_that_keeps_dying_at_the_same_step_fails_and_says_why(
    stage: Stage, move: dict[str, Any], reason: str
) -> None:
    job = stage.job(move)
    stage.work()
    view = stage.get(job)
    assert (view.state, view.attempt) == (JobState.FAILED, 2)
    assert "died twice at step 0" in (view.error or "")
    assert reason in (view.error or "")


def test_cancelling_a_running_job_stops_its_process(stage: Stage) -> None:
    job = stage.job({"steps": [30], "end": "wait"})
    stage.start()
    stage.waiting(job)
    store.cancel(stage.database, job)
    until(lambda: stage.get(job).state is JobState.CANCELLED)
    assert (stage.folder(job) / "checkpoint-60.pt").exists(), "it had time to save"
    assert stage.get(job).step == 30


def test_a_process_that_will_not_stop_is_ended_by_force(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.engines.local.GRACE_SECONDS", 0.2)
    job = stage.job({"end": "stubborn"})
    stage.start()
    stage.waiting(job)
    store.cancel(stage.database, job)
    until(lambda: stage.get(job).state is JobState.CANCELLED)


def test_a_worker_told_to_stop_gives_its_job_back_and_another_goes_on(stage: Stage) -> None:
    job = stage.job({"steps": [30], "end": "wait"}, DONE)
    stop = stage.start()
    stage.waiting(job)
    assert [(worker.name, worker.devices) for worker in store.workers(stage.database)] == [("ada", "cpu")]
    stop.set()
    stage.join()
    assert (stage.get(job).state, stage.get(job).worker) == (JobState.QUEUED, None)
    assert store.workers(stage.database) == []
    stage.work("grace")
    assert stage.get(job).state is JobState.SUCCEEDED
    assert stage.assignment(job, 2).resume_from == str(stage.folder(job, 1) / "checkpoint-60.pt")


def test_a_helper_left_behind_by_a_process_does_not_outlive_it(stage: Stage) -> None:
    job = stage.job({"end": "leave_helper"})
    stage.work()
    assert stage.get(job).state is JobState.SUCCEEDED
    helper = int((stage.folder(job) / "helper").read_text(encoding="ascii"))
    status = Path(f"/proc/{helper}/stat")
    until(lambda: not status.exists() or status.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z")


def test_a_worker_whose_job_was_taken_away_ends_its_process(stage: Stage) -> None:
    job = stage.job({"end": "wait"}, DONE)
    stage.start("zombie")
    stage.waiting(job)
    with stage.database.write() as db:  # as if its lease had run out while it was frozen
        db.connection().exec_driver_sql("UPDATE jobs SET attempt = 2, state = 'succeeded'")
    until(lambda: not any(thread.name == f"job-{job}" for thread in threading.enumerate()))
    assert (stage.get(job).attempt, stage.get(job).state) == (2, JobState.SUCCEEDED)
    assert not (stage.folder(job) / "checkpoint-60.pt").exists(), "it was ended by force"


def test_four_workers_run_every_job_once(stage: Stage) -> None:
    jobs = [stage.job(DONE, seed=seed) for seed in range(24)]
    threads = [threading.Thread(target=stage.work, args=(name,)) for name in ("ada", "grace", "katherine", "dorothy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stage.started() == sorted(f"{job} 1" for job in jobs)
    assert {job.state for job in store.listing(stage.database)} == {JobState.SUCCEEDED}


def test_a_mistake_in_a_heartbeat_does_not_end_the_heartbeats(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    renew, stumbled = claims.renew, threading.Event()

    def stumble(database: Database, held: claims.Claim, lease: timedelta) -> bool:
        if threading.current_thread().name == "heartbeats" and not stumbled.is_set():
            stumbled.set()
            raise KeyError("lease")
        return renew(database, held, lease)

    monkeypatch.setattr(claims, "renew", stumble)
    job = stage.job({"end": "wait"})
    stage.start()
    stage.waiting(job)
    until(stumbled.is_set)
    store.cancel(stage.database, job)  # which the worker learns with a heartbeat
    until(lambda: stage.get(job).state is JobState.CANCELLED)


def test_a_job_cancelled_while_it_was_prepared_never_starts(stage: Stage) -> None:
    job = stage.job(DONE)
    held = claims.claim(stage.database, "ada", LEASE)
    assert held is not None
    store.cancel(stage.database, job)
    Attempt(
        held,
        Slot(None),
        database=stage.database,
        media=stage.media,
        settings=stage.settings,
        engine=LocalEngine(stage.settings, fake_argv),
        device="the CPU",
        on_rendered=lambda *_: None,
        on_scored=lambda *_: None,
    ).run()
    assert stage.get(job).state is JobState.CANCELLED
    assert not (stage.settings.data_dir / "started.txt").exists()


def test_a_worker_with_jobs_of_its_own_does_those_and_goes_home(stage: Stage) -> None:
    other = stage.job({"end": "done"}, seed=1)
    first = stage.job({"end": "done"}, seed=2)
    second = stage.job({"end": "done"}, spec=training(seed=3, start_from=first))
    stage.worker("ada").run_until_idle(threading.Event(), views.with_needs(stage.database, [second]))
    assert [stage.get(job).state for job in (other, first, second)] == [
        JobState.QUEUED, JobState.SUCCEEDED, JobState.SUCCEEDED,
    ]  # fmt: skip

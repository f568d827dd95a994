"""What workers do to jobs, and what the fence refuses."""

import threading
from collections.abc import Callable

import pytest

from app.db import Database
from app.db.models import JobState
from app.jobs import claims, store, views
from app.jobs.claims import Claim, StaleAttempt
from app.jobs.contract import Progress
from app.settings import Settings
from tests.jobs.build import claimed, training
from tests.jobs.moments import LEASE, LONG_OVER, OVER


def one(database: Database) -> int:
    return store.launch(database, training(), title="one")


def reached(database: Database, held: Claim, step: int) -> None:
    claims.progress(database, held, Progress(step=step, total=100, loss=0.5, steps_per_second=2.0), [(step, 0.5)])


def lose(database: Database, held: Claim) -> None:
    """The worker falls silent, and its lease runs out."""
    claims.renew(database, held, OVER)


def test_four_workers_never_claim_a_job_twice(database: Database, settings: Settings) -> None:
    jobs = {store.launch(database, training(seed=seed), title=str(seed)) for seed in range(120)}
    taken = list[int]()

    def work(name: str) -> None:
        own = Database(settings.database)  # with a lock of its own, as in a process of its own
        while (held := claims.claim(own, name, LEASE)) is not None:
            claims.running(own, held, f"host:1:{held.job}")
            claims.succeed(own, held, {})
            taken.append(held.job)
        own.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("ada", "grace", "katherine", "dorothy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(jobs)
    assert all(job.state is JobState.SUCCEEDED and job.attempt == 1 for job in store.listing(database))


@pytest.mark.parametrize(
    "write",
    [
        lambda db, held: claims.running(db, held, "host:1:1"),
        lambda db, held: claims.renew(db, held, LEASE),
        lambda db, held: reached(db, held, 50),
        lambda db, held: claims.succeed(db, held, {"psnr": 1.0}),
        lambda db, held: claims.fail(db, held, "zombie"),
        lambda db, held: claims.release(db, held),
        lambda db, held: claims.crash(db, held, 5, "zombie"),
    ],
)
@pytest.mark.parametrize("taken_up", [False, True])
def test_a_zombie_writes_nothing(
    database: Database, write: Callable[[Database, Claim], object], taken_up: bool
) -> None:
    job = one(database)
    zombie = claimed(database, "zombie")
    lose(database, zombie)
    assert claims.rescue_lost(database, lambda held: True) == [job]
    if taken_up:
        claims.running(database, claimed(database, "grace"), "host:2:2")
    before = store.get(database, job)
    with pytest.raises(StaleAttempt, match=f"Attempt 1 no longer holds job {job}"):
        write(database, zombie)
    assert store.get(database, job) == before
    assert store.curve(database, job) == []


def test_a_job_succeeds_once(database: Database) -> None:
    job = one(database)
    held = claimed(database)
    claims.succeed(database, held, {"psnr": 30.0})
    with pytest.raises(StaleAttempt):
        claims.succeed(database, held, {"psnr": 10.0})
    view = store.get(database, job)
    assert (view.result, view.share, view.finished_at is not None) == ({"psnr": 30.0}, 1.0, True)


def test_progress_is_kept_and_a_point_sent_again_replaces_the_first(database: Database) -> None:
    job = one(database)
    held = claimed(database)
    claims.progress(database, held, Progress(step=20, total=100, loss=0.4), [(10, 0.9), (20, 0.4)])
    claims.progress(database, held, Progress(step=30, total=100, loss=float("nan")), [(20, 0.5), (30, float("nan"))])
    view = store.get(database, job)
    assert (view.step, view.total_steps, view.loss, view.share) == (30, 100, None, 0.3)
    assert store.curve(database, job) == [(10, 0.9), (20, 0.5)]


def test_a_worker_within_its_lease_keeps_its_job(database: Database) -> None:
    one(database)
    claimed(database)
    assert claims.rescue_lost(database, lambda held: True) == []


def test_a_lease_that_is_over_counts_only_once_the_process_is_gone(database: Database) -> None:
    job = one(database)
    held = claimed(database)
    claims.running(database, held, "host:1:1")
    lose(database, held)
    assert claims.rescue_lost(database, lambda held: False) == []
    assert claims.rescue_lost(database, lambda held: held.engine_ref == "host:1:1") == [job]
    assert store.get(database, job).state is JobState.QUEUED


def test_a_lease_over_by_ten_minutes_counts_in_any_case(database: Database) -> None:
    job = one(database)
    claims.renew(database, claimed(database), LONG_OVER)
    assert claims.rescue_lost(database, lambda held: False) == [job]


def test_a_worker_that_comes_back_in_time_keeps_its_job(database: Database) -> None:
    one(database)
    held = claimed(database)
    lose(database, held)
    (lost,) = claims.overdue(database)
    claims.renew(database, held, LEASE)
    assert claims.rescue(database, lost) is None


def test_a_job_whose_workers_vanish_three_times_without_progress_has_failed(database: Database) -> None:
    job = one(database)
    for _ in range(3):
        assert store.get(database, job).state is JobState.QUEUED
        lose(database, claimed(database))
        claims.rescue_lost(database, lambda held: True)
    view = store.get(database, job)
    assert view.state is JobState.FAILED
    assert "vanished 3 times" in (view.error or "")


def test_progress_resets_the_count_of_idle_attempts(database: Database) -> None:
    job = one(database)
    for attempt in range(1, 8):
        held = claimed(database)
        reached(database, held, 10 * attempt)
        lose(database, held)
        claims.rescue_lost(database, lambda held: True)
    assert store.get(database, job).state is JobState.QUEUED


def test_getting_no_further_than_an_earlier_attempt_is_no_progress(database: Database) -> None:
    job = one(database)
    for _ in range(4):
        held = claimed(database)
        reached(database, held, 50)  # the first time this is progress, later it is not
        lose(database, held)
        claims.rescue_lost(database, lambda held: True)
    assert store.get(database, job).state is JobState.FAILED


@pytest.mark.parametrize("step", [0, 60])
def test_a_second_death_at_the_same_step_fails_the_job_with_its_last_words(database: Database, step: int) -> None:
    job = one(database)
    for expected in (JobState.QUEUED, JobState.FAILED):
        held = claimed(database)
        if step:
            reached(database, held, step)
        assert claims.crash(database, held, step, "Segmentation fault") is expected
    assert store.get(database, job).error == f"It died twice at step {step}.\nSegmentation fault"


def test_deaths_at_different_steps_are_retried_while_there_is_progress(database: Database) -> None:
    one(database)
    for step in (10, 30, 50, 70):
        held = claimed(database)
        reached(database, held, step)
        assert claims.crash(database, held, step, "Bus error") is JobState.QUEUED
    for step, expected in ((65, JobState.QUEUED), (60, JobState.QUEUED), (55, JobState.FAILED)):
        held = claimed(database)
        reached(database, held, step)
        assert claims.crash(database, held, step, "Bus error") is expected


def test_a_job_that_dies_after_it_was_asked_to_stop_is_cancelled(database: Database) -> None:
    job = one(database)
    held = claimed(database)
    store.cancel(database, job)
    assert claims.crash(database, held, 0, "") is JobState.CANCELLED


def test_a_cancelled_job_of_a_vanished_worker_is_not_taken_up_again(database: Database) -> None:
    job = one(database)
    held = claimed(database)
    store.cancel(database, job)
    lose(database, held)
    assert claims.rescue_lost(database, lambda held: True) == [job]
    assert store.get(database, job).state is JobState.CANCELLED


def test_a_job_given_back_goes_on_under_a_new_attempt(database: Database) -> None:
    job = one(database)
    held = claimed(database)
    claims.running(database, held, "host:1:1")
    started_at = store.get(database, job).started_at
    assert claims.release(database, held) is JobState.QUEUED
    again = claimed(database, "grace")
    claims.running(database, again, "host:2:2")
    view = store.get(database, job)
    assert (view.attempt, view.worker, view.started_at) == (2, "grace", started_at)


def test_who_is_to_do_some_jobs_leaves_all_others(database: Database) -> None:
    first = store.launch(database, training(seed=1), title="first")
    second = store.launch(database, training(seed=2, start_from=first), title="second")
    other = store.launch(database, training(seed=3), title="somebody else's")
    mine = views.with_needs(database, [second])
    assert mine == {first, second}
    held = claims.claim(database, "ada", LEASE, only=mine)
    assert held is not None
    assert held.job == first
    assert claims.claim(database, "ada", LEASE, only=mine) is None  # the second waits for it, and the other is not mine
    claims.succeed(database, held, {})
    held = claims.claim(database, "ada", LEASE, only=mine)
    assert held is not None
    assert held.job == second
    claims.succeed(database, held, {})
    assert not views.any_live(database, mine)
    assert views.any_live(database)
    assert store.get(database, other).state is JobState.QUEUED

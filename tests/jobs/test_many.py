"""Many jobs cancelled or queued again at once."""

import pytest

from app.db import Database, deeds
from app.db.audit import Actor
from app.db.models import Through
from app.jobs import claims, many, store
from app.jobs.launcher import launcher
from app.jobs.together import NotInMatrix
from app.media import Media
from tests.jobs.build import claimed, rendering, training
from tests.web import trained

ADA = Actor(None, "ada", Through.API)


def states(database: Database) -> dict[int, str]:
    return {job.id: job.state.value for job in store.listing(database)}


def chain(database: Database) -> list[int]:
    first = store.launch(database, training(), title="first stage")
    second = store.launch(database, training(start_from=first), title="second stage")
    return [first, second, store.launch(database, rendering(second), title="pictures")]


def test_jobs_that_wait_for_each_other_are_cancelled_together_and_none_is_told_that_it_waits_in_vain(
    database: Database,
) -> None:
    jobs = chain(database)
    many.cancel(database, jobs, by=ADA)
    assert set(states(database).values()) == {"cancelled"}
    assert not any(job.in_vain for job in store.listing(database))
    assert [(one.deed, one.job_id, one.account) for one in deeds.deeds(database, 3)] == [
        ("job cancelled", job, "ada") for job in jobs
    ]
    many.retry(database, jobs[1:])
    assert set(states(database).values()) == {"queued"}  # what they need, too


def test_where_one_cannot_be_cancelled_or_retried_none_is(database: Database) -> None:
    jobs = chain(database)
    claims.succeed(database, claimed(database), {"psnr": 30.0})
    with pytest.raises(store.AlreadyFinished):
        many.cancel(database, jobs)
    assert list(states(database).values()) == ["succeeded", "queued", "queued"]
    many.cancel(database, jobs[1:])
    with pytest.raises(store.NotFinished):
        many.retry(database, jobs)
    with pytest.raises(store.JobNotFound):
        many.retry(database, [*jobs[1:], 999])
    assert list(states(database).values()) == ["succeeded", "cancelled", "cancelled"]


def test_a_job_launched_again_in_the_meantime_keeps_all_from_being_retried(database: Database) -> None:
    other, job = (store.launch(database, training(seed), title="one") for seed in (1, 0))
    many.cancel(database, [other, job])
    again = store.launch(database, training(), title="again")
    with pytest.raises(store.TwinAtWork, match=f"Job {job}"):
        many.retry(database, [other, job])
    assert states(database) == {other: "cancelled", job: "cancelled", again: "queued"}


def test_what_is_left_of_a_matrix_is_cancelled_and_what_ended_badly_is_queued_again(
    database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    outside = store.launch(database, training(), title="outside")
    done, running, failed = (matrix.trainings["denoise", name] for name in ("mae", "ms_ssim", "gmsd"))
    cancelled = many.cancel_matrix(database, done, by=ADA)
    assert cancelled == sorted([running, *matrix.renderings.values()])
    assert store.get(database, running).stop_requested
    found = states(database)
    assert {found[job] for job in matrix.renderings.values()} == {"cancelled"}
    assert (found[done], found[failed], found[outside]) == ("succeeded", "failed", "queued")
    assert many.cancel_matrix(database, done) == []
    again = many.retry_matrix(database, done, by=ADA)
    assert again == sorted([failed, *matrix.renderings.values()])
    assert {states(database)[job] for job in again} == {"queued"}
    with pytest.raises(NotInMatrix):
        many.cancel_matrix(database, outside)


def test_who_launched_a_job_is_known_whoever_retries_it(database: Database) -> None:
    job = store.launch(database, training(), title="one", by=ADA)
    store.cancel(database, job)
    store.retry(database, job)
    found = launcher(database, job)
    assert found
    assert (found.account, found.through, found.in_words) == ("ada", Through.API, "ada")
    other = launcher(database, store.launch(database, training(1), title="two"))
    assert other
    assert other.in_words == "somebody at the machine"
    assert launcher(database, 999) is None

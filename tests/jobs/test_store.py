"""The queue as people use it."""

import threading

import pytest
from sqlalchemy import event, select

from app.db import Database
from app.db.audit import Actor
from app.db.models import AuditEntry, Job, JobNeed, JobState, Through
from app.jobs import claims, store, views
from tests.jobs.build import claimed, rendering, training


def states(database: Database) -> list[str]:
    return [job.state.value for job in store.listing(database)]


def test_launching_twice_is_one_job(database: Database) -> None:
    first = store.launch(database, training(), title="one")
    assert store.launch(database, training(), title="again") == first
    assert store.launch(database, training(seed=1), title="another") != first
    assert len(store.listing(database)) == 2


def test_launching_from_many_threads_at_once_is_one_job(database: Database) -> None:
    found = list[int]()
    threads = [
        threading.Thread(target=lambda: found.append(store.launch(database, training(), title="one"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_succeeded_job_is_found_again_instead_of_recomputed(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    claims.succeed(database, claimed(database), {"psnr": 30.0})
    assert store.launch(database, training(), title="again") == job
    assert store.get(database, job).result == {"psnr": 30.0}


def test_a_failed_job_is_launched_anew(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    claims.fail(database, claimed(database), "The disk is full.")
    assert store.launch(database, training(), title="again") != job


def test_a_job_waits_for_the_training_whose_weights_it_uses(database: Database) -> None:
    first = store.launch(database, training(), title="first stage")
    second = store.launch(database, training(start_from=first), title="second stage", priority=1)
    pictures = store.launch(database, rendering(second), title="pictures", priority=0)
    assert [job.needs for job in store.listing(database)] == [(), (first,), (second,)]
    for expected in (first, second, pictures):
        held = claimed(database)
        assert held.job == expected
        assert claims.claim(database, "grace", claims.GIVE_UP) is None
        claims.succeed(database, held, {})


def test_a_page_of_jobs_reads_the_needs_of_its_own_jobs_alone(database: Database) -> None:
    earlier = [store.launch(database, training(seed=1), title="first stage")]
    for stage in range(3):
        earlier.append(store.launch(database, training(start_from=earlier[-1]), title=f"stage {stage}"))
    read = list[int]()

    def loaded(need: JobNeed, context: object) -> None:
        read.append(need.job_id)

    event.listen(JobNeed, "load", loaded)
    try:
        page = views.newest(database, 2, before=earlier[-1])
    finally:
        event.remove(JobNeed, "load", loaded)
    assert [(job.id, job.needs) for job in page] == [(earlier[2], (earlier[1],)), (earlier[1], (earlier[0],))]
    assert sorted(read) == earlier[1:3]


def test_how_far_jobs_have_come_is_told_of_those_alone_and_without_reading_what_they_are_asked_for(
    database: Database,
) -> None:
    jobs = [store.launch(database, training(seed), title=f"job {seed}") for seed in range(3)]
    asked = list[str]()

    def heard(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", heard)
    found = views.progress(database, jobs[1:])
    event.remove(database.engine, "before_cursor_execute", heard)
    assert [(one.id, one.title, one.share, one.is_live) for one in found] == [
        (job, f"job {job - 1}", 0.0, True) for job in jobs[1:]
    ]
    assert not [text for text in asked if "spec" in text]


def test_a_smaller_priority_goes_first_and_then_the_older_job(database: Database) -> None:
    late = store.launch(database, training(seed=1), title="late", priority=200)
    usual = store.launch(database, training(seed=2), title="usual")
    usual_too = store.launch(database, training(seed=3), title="usual too")
    urgent = store.launch(database, training(seed=4), title="urgent", priority=1)
    assert [claimed(database).job for _ in range(4)] == [urgent, usual, usual_too, late]


def test_a_failed_need_fails_all_that_wait_for_it_and_says_so(database: Database) -> None:
    first = store.launch(database, training(), title="first stage")
    second = store.launch(database, training(start_from=first), title="second stage")
    pictures = store.launch(database, rendering(second), title="pictures")
    claims.fail(database, claimed(database), "The disk is full.")
    assert states(database) == ["failed", "failed", "failed"]
    assert f"it needed job {first}, which failed" in (store.get(database, second).error or "")
    assert f"it needed job {second}, which was not started either" in (store.get(database, pictures).error or "")


def test_retrying_a_failed_need_brings_back_what_it_had_blocked(database: Database) -> None:
    first = store.launch(database, training(), title="first stage")
    store.launch(database, training(start_from=first), title="second stage")
    claims.fail(database, claimed(database), "The disk is full.")
    store.retry(database, first)
    assert states(database) == ["queued", "queued"]
    assert claimed(database).attempt == 2


def test_retrying_a_blocked_job_brings_back_what_it_needs(database: Database) -> None:
    first = store.launch(database, training(), title="first stage")
    second = store.launch(database, training(start_from=first), title="second stage")
    store.cancel(database, first)
    assert states(database) == ["cancelled", "failed"]
    store.retry(database, second)
    assert states(database) == ["queued", "queued"]


def test_a_retry_does_not_bring_back_what_a_person_cancelled(database: Database) -> None:
    first = store.launch(database, training(), title="first stage")
    second = store.launch(database, training(start_from=first), title="second stage")
    store.cancel(database, second)
    claims.fail(database, claimed(database), "The disk is full.")
    store.retry(database, first)
    assert states(database) == ["queued", "cancelled"]


def test_a_job_of_another_version_is_listed_among_the_others_and_says_what_it_is(database: Database) -> None:
    strange = store.launch(database, training(), title="one")
    usual = store.launch(database, training(seed=1), title="another")
    with database.write() as db:
        db.get_one(Job, strange).spec = {"kind": "train", "wavelets": 3}
    found = store.listing(database)
    assert [(job.id, job.spec) for job in found] == [(strange, None), (usual, training(seed=1))]
    assert (found[0].error or "").startswith("This version of Beholder cannot read the job: ")
    assert store.get(database, strange).spec is None
    assert found[1].error is None


def test_a_job_cannot_wait_for_one_that_ended_badly_or_never_was(database: Database) -> None:
    first = store.launch(database, training(), title="first stage")
    store.cancel(database, first)
    with pytest.raises(store.NeedEndedBadly, match=f"Job {first} .first stage.*retry it first"):
        store.launch(database, training(start_from=first), title="second stage")
    with pytest.raises(store.JobNotFound):
        store.launch(database, rendering(99), title="pictures")
    assert len(store.listing(database)) == 1


def test_a_queued_job_is_cancelled_at_once_and_never_claimed(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    store.cancel(database, job)
    store.cancel(database, job)  # twice is no mistake
    assert store.get(database, job).state is JobState.CANCELLED
    assert claims.claim(database, "ada", claims.GIVE_UP) is None


def test_a_job_at_work_is_asked_to_stop(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    held = claimed(database)
    assert not claims.renew(database, held, claims.GIVE_UP)
    store.cancel(database, job)
    assert store.get(database, job).is_live
    with pytest.raises(store.NotFinished, match="and stopping"):
        store.retry(database, job)
    assert claims.renew(database, held, claims.GIVE_UP)
    assert claims.release(database, held) is JobState.CANCELLED


def test_only_jobs_that_ended_badly_are_retried_and_only_live_ones_cancelled(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    before = store.get(database, job)
    store.retry(database, job)  # it does already what was asked for
    assert store.get(database, job) == before
    claims.succeed(database, claimed(database), {})
    with pytest.raises(store.NotFinished, match="is succeeded"):
        store.retry(database, job)
    with pytest.raises(store.AlreadyFinished, match="nothing left to cancel"):
        store.cancel(database, job)
    with pytest.raises(store.JobNotFound):
        store.cancel(database, job + 1)


def test_a_job_launched_again_in_the_meantime_is_not_retried_beside_it(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    store.cancel(database, job)
    again = store.launch(database, training(), title="again")
    with pytest.raises(store.TwinAtWork, match=f"as job {again}, which is still at work: wait for job {again}"):
        store.retry(database, job)
    assert states(database) == ["cancelled", "queued"]


def deeds(database: Database) -> list[tuple[str, str, int | None]]:
    with database.read() as db:
        return [(one.deed, one.account, one.job_id) for one in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_the_log_says_who_launched_cancelled_and_retried_what_and_nothing_that_changed_nothing(
    database: Database,
) -> None:
    ada = Actor(None, "ada", Through.DESK)
    job = store.launch(database, training(), title="one", by=ada)
    store.launch(database, training(), title="again", by=ada)
    for _ in range(2):
        store.cancel(database, job, by=ada)
    store.retry(database, job)
    store.retry(database, job)
    held = claimed(database)
    claims.running(database, held, "here")
    for _ in range(2):
        store.cancel(database, job, by=ada)
    assert deeds(database) == [
        ("job launched", "ada", job),
        ("job cancelled", "ada", job),
        ("job retried", "", job),
        ("stop requested", "ada", job),
    ]


def test_a_refused_cancellation_is_not_in_the_log(database: Database) -> None:
    job = store.launch(database, training(), title="one")
    claims.succeed(database, claimed(database), {})
    with pytest.raises(store.AlreadyFinished):
        store.cancel(database, job)
    assert [deed for deed, _, _ in deeds(database)] == ["job launched"]

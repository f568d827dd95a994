"""The end of a job's log, told by its row: whoever looks has none of the worker's files."""

import shutil

import pytest

from app.db.models import JobState
from app.jobs import claims
from app.jobs.claims import StaleAttempt
from app.jobs.folders import RunFolder
from app.jobs.job_log import LogEnd, LogKeeper, log_end
from app.jobs.views import JobNotFound
from tests.db import locks
from tests.jobs.build import claimed, written
from tests.jobs.conftest import Stage
from tests.jobs.moments import OVER, until


def end(stage: Stage, job: int) -> LogEnd:
    return log_end(stage.database, job)


def test_a_job_at_work_tells_what_it_has_written_before_it_reports_a_step(stage: Stage) -> None:
    job = stage.job({"says": "fetching weights\n", "end": "wait"})
    assert end(stage, job) == LogEnd("", None, None)
    stage.start("ada")
    until(lambda: end(stage, job) == LogEnd("fetching weights", "ada", 1))
    assert stage.get(job).state is JobState.RUNNING


def test_the_last_words_stay_when_worker_and_folder_are_gone(stage: Stage) -> None:
    job = stage.job({"end": "refuse"})
    stage.work("ada")
    shutil.rmtree(stage.settings.runs)
    assert end(stage, job) == LogEnd("loading\nThe photograph 'meadow' is smaller than the patch.", "ada", 1)
    assert (stage.get(job).log_worker, stage.get(job).log_attempt) == ("ada", 1)


def test_the_worker_that_wrote_is_told_after_it_gave_the_job_back(stage: Stage) -> None:
    job = stage.job({"says": "begun\n", "end": "wait"}, {"end": "wait"})
    stage.start("ada")
    stage.waiting(job)
    stage.join()
    assert stage.get(job).worker is None
    assert end(stage, job) == LogEnd("begun", "ada", 1)
    stage.start("grace")
    stage.waiting(job, 2)
    assert (stage.get(job).attempt, end(stage, job)) == (2, LogEnd("begun", "ada", 1)), "the second wrote nothing yet"


def test_whole_lines_of_the_last_8_kb_are_kept_and_nothing_that_no_text_may_hold(stage: Stage) -> None:
    job = stage.job({"end": "wait"})
    held = claimed(stage.database)
    folder = RunFolder(stage.settings.runs, job, held.attempt)
    written(folder.path / "log.txt", "".join(f"step {number}\0 of many\n" for number in range(3000)))
    LogKeeper(stage.database, held, folder).take_in()
    lines = end(stage, job).text.splitlines()
    assert (lines[0], lines[-1]) == (f"step {3000 - len(lines)} of many", "step 2999 of many")
    assert 7_000 < len(end(stage, job).text) <= 8192


def test_a_log_that_says_nothing_new_costs_no_transaction(stage: Stage) -> None:
    job = stage.job({"end": "wait"})
    held = claimed(stage.database)
    folder = RunFolder(stage.settings.runs, job, held.attempt)
    keeper = LogKeeper(stage.database, held, folder)
    path = written(folder.path / "log.txt", "one\n")
    with locks.statements(stage.database) as said:
        keeper.take_in()
        keeper.take_in()
    assert sum("UPDATE jobs" in statement for statement in said) == 1
    path.write_text("one\ntwo\n", encoding="utf-8")
    keeper.take_in()
    assert end(stage, job).text == "one\ntwo"


def test_an_attempt_that_lost_its_job_writes_no_log(stage: Stage) -> None:
    job = stage.job({"end": "wait"})
    zombie = claimed(stage.database, "zombie")
    folder = RunFolder(stage.settings.runs, job, zombie.attempt)
    written(folder.path / "log.txt", "boo\n")
    claims.renew(stage.database, zombie, OVER)
    claims.rescue_lost(stage.database, lambda held: True)
    with pytest.raises(StaleAttempt):
        LogKeeper(stage.database, zombie, folder).take_in()
    assert end(stage, job) == LogEnd("", None, None)


def test_no_job_has_no_log(stage: Stage) -> None:
    with pytest.raises(JobNotFound):
        log_end(stage.database, 77)

"""All jobs as one table: what is at work, what waits and for what, what has ended."""

import re

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Job, JobState
from app.jobs import store
from app.jobs.launch import Matrix
from app.media import Media
from app.web.admin import jobs
from tests.jobs.build import reported, under
from tests.web import trained


@pytest.fixture
def matrix(database: Database, media: Media) -> Matrix:
    launched = trained.launched(database, media)
    trained.moved(database, launched)
    return launched


def listed(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', page)]


def test_an_empty_list_says_what_to_do_first(desk: TestClient) -> None:
    page = desk.get("/admin/jobs").text
    assert "No jobs yet" in page
    assert 'href="/admin/trainings/new"' in page


def test_those_at_work_come_first_then_the_queue_then_the_latest_that_ended(desk: TestClient, matrix: Matrix) -> None:
    page = desk.get("/admin/jobs").text
    numbers = listed(page)
    running, failed = matrix.trainings["denoise", "ms_ssim"], matrix.trainings["denoise", "gmsd"]
    assert numbers[0] == running
    assert numbers[1:4] == sorted(matrix.renderings.values())
    assert numbers.index(failed) > numbers.index(matrix.renderings["denoise", "gmsd"])
    for words in ("left</span>", "No room &lt;left&gt;", "lab-3", f'">job {running}</a>', "waits for a device"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=at+work", 1), ("state=waiting", 3), ("state=done", 2), ("state=failed", 1), ("state=odd", 7),
        ("kind=render", 3), ("kind=train&state=failed", 1), ("kind=score", 0), ("kind=odd&page=9", 7),
    ],
)  # fmt: skip
def test_states_and_kinds_can_be_chosen(desk: TestClient, matrix: Matrix, query: str, count: int) -> None:
    page = desk.get(f"/admin/jobs?{query}").text
    assert len(listed(page)) == count
    assert count or "No job is here" in page


def test_the_switch_says_that_cancelled_jobs_stand_with_those_that_failed(desk: TestClient, matrix: Matrix) -> None:
    assert "failed or cancelled 1" in desk.get("/admin/jobs").text


def test_a_long_list_comes_in_pages_that_hold_each_job_once(
    desk: TestClient, matrix: Matrix, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 3)
    pages = [desk.get(f"/admin/jobs?page={number}").text for number in (1, 2, 3)]
    assert sorted(number for page in pages for number in listed(page)) == list(range(1, 8))
    assert "page 2 of 3, 7 jobs" in pages[1]
    assert listed(desk.get("/admin/jobs?page=99").text) == listed(pages[2])


def test_a_job_that_is_stopping_says_so_and_can_be_cancelled_no_second_time(
    desk: TestClient, matrix: Matrix, database: Database
) -> None:
    running = matrix.trainings["denoise", "ms_ssim"]
    for _ in range(2):
        assert desk.post(f"/admin/trainings/{running}/cancel").status_code == 200
    page = desk.get("/admin/jobs?state=at+work").text
    assert "stopping" in page
    assert re.search(r"<button[^>]* disabled>Cancel", page)
    reply = desk.post(f"/admin/trainings/{running}/retry")
    assert reply.status_code == 409
    assert "Wait until it has stopped" in reply.text
    with database.read() as db:
        assert db.get_one(Job, running).state is JobState.RUNNING


def test_a_job_that_runs_is_left_as_it_is_by_a_retry(desk: TestClient, matrix: Matrix, database: Database) -> None:
    running = matrix.trainings["denoise", "ms_ssim"]
    assert desk.post(f"/admin/trainings/{running}/retry").status_code == 200
    with database.read() as db:
        job = db.get_one(Job, running)
        assert (job.state, job.attempt, job.stop_requested) == (JobState.RUNNING, 1, False)


def test_a_job_that_waits_for_weights_says_who_has_them(desk: TestClient, database: Database) -> None:
    job = store.launch(database, under("lpips"), title="lpips")
    told = "waits for a worker with the weights of lpips (grace)"
    reported(database, "grace", weights=["lpips"], memory={"cpu": {"memory": None}})
    assert told not in desk.get("/admin/jobs").text
    reported(database, "ada", weights=[], memory={"cpu": {"memory": None}})
    for address in ("/admin/jobs", f"/admin/trainings/{job}"):
        assert told in desk.get(address).text

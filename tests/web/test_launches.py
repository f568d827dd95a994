"""Trainings that can be compared stand in one matrix; those that cannot do not hide each other."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Job, JobState, Worker
from app.jobs import presets, store
from app.jobs.contract import Network, PhotographRef, Recipe, RenderSpec, TrainSpec
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.photo_files import PhotoFile
from app.jobs.photographs import add_photographs
from app.media import Media
from app.web.admin.launches import launches
from app.web.admin.matrix import TrainingMatrix, matrices
from tests.jobs.build import reported
from tests.web import trained


@pytest.fixture
def first(database: Database, media: Media) -> Matrix:
    launched = trained.launched(database, media)
    trained.moved(database, launched)
    return launched


def launch(database: Database, *, seed: int = 0, side: int = 64, preset: str = "tiny") -> Matrix:
    return launch_matrix(
        database, tasks=["denoise", "superres"], objectives=["mae", "gmsd"], preset=preset, photograph_set=trained.SET,
        scene_side=side, seed=seed,
    )  # fmt: skip


def shown(database: Database) -> list[TrainingMatrix]:
    jobs = store.listing(database)
    return matrices(jobs, launches(database, jobs), {})


def titled(page: str) -> list[str]:
    return re.findall(r"<h2>(tiny .*?)</h2>", page.replace("\u00a0", " "))


def test_a_newer_launch_hides_no_finished_training(desk: TestClient, database: Database, first: Matrix) -> None:
    other = launch(database, seed=3)
    page = desk.get("/admin/trainings").text.replace("\u00a0", " ")
    assert titled(page) == [f"tiny · holiday · seed {n} · 1 scene of 64 px" for n in (3, 0)]
    assert "31.4 dB" in page
    assert f'class="cell quiet" href="/admin/trainings/{other.trainings["denoise", "mae"]}"' in page
    assert "PSNR on fixed crops of the training photographs" in page


def test_both_tasks_of_a_launch_stand_in_one_matrix(database: Database, media: Media) -> None:
    trained.photographs(database, media)
    launch(database)
    (matrix,) = shown(database)
    assert [row.task for row in matrix.rows] == ["denoise", "superres"]
    assert all(row.first_stage and all(row.cells) for row in matrix.rows)


def test_the_same_trainings_rendered_twice_are_one_matrix(database: Database, media: Media) -> None:
    trained.photographs(database, media)
    launch(database)
    launch(database, side=48)
    (matrix,) = shown(database)
    assert matrix.title == "tiny · holiday · seed 0 · 1 scene of 48 px and 1 scene of 64 px"


def test_what_has_succeeded_speaks_for_a_training_that_was_launched_again(database: Database, first: Matrix) -> None:
    done = store.get(database, first.trainings["denoise", "mae"])
    assert isinstance(done.spec, TrainSpec)
    with database.write() as db:
        db.get_one(Job, first.pretrainings["denoise"]).state = JobState.FAILED
    launch(database)  # makes another first stage, and from it another mae
    denoising = shown(database)[0].rows[0]
    assert next(cell.job.id for cell in denoising.cells if cell) == done.id


def test_a_cancelled_rendering_is_not_taken_for_one_that_comes(database: Database, first: Matrix) -> None:
    for job, told in ((None, "to render"), (first.renderings["denoise", "mae"], "rendering cancelled")):
        if job:
            store.cancel(database, job)
        cells = shown(database)[0].rows[0].cells
        assert [cell.detail for cell in cells if cell and "dB" in cell.detail] == [f"31.4 dB · {told}"]


def test_a_set_that_has_grown_begins_another_matrix(database: Database, media: Media) -> None:
    trained.photographs(database, media)
    launch(database)
    before = shown(database)[0].title
    more = [PhotoFile(f"late {n}", trained.png_of(trained.noise(50 + n)), "noise") for n in range(3)]
    add_photographs(database, media, trained.SET, more, test=["late 0"])
    launch(database)
    assert "holiday (2 of 4)" in shown(database)[1].title
    assert shown(database)[0].title.startswith("tiny · holiday · seed 0")
    assert shown(database)[1].title != before


def test_sizes_that_are_no_preset_are_told_in_numbers(database: Database) -> None:
    own = presets.preset("tiny", "denoise", "mae", stage=1).model_dump() | {"network": Network(channels=8, blocks=1)}
    spec = TrainSpec(recipe=Recipe(**own), photographs=(PhotographRef(name="a", digest="a" * 64),))
    number = store.launch(database, spec, title="own")
    (matrix,) = shown(database)
    assert matrix.title == "1 block × 8 channels, 800 steps of 4 × 64 px · 1 photograph · seed 0"
    assert matrix.rows[0].cells[0] is not None
    assert matrix.rows[0].cells[0].job.id == number


def test_titles_that_repeat_say_what_tells_them_apart(desk: TestClient, database: Database, first: Matrix) -> None:
    assert "seed 0" not in desk.get("/admin/jobs").text
    launch(database, seed=3)
    jobs = desk.get("/admin/jobs").text.replace("\u00a0", " ")
    assert "tiny · holiday · seed 3</span>" in jobs
    assert "tiny · holiday · seed 0 · 1 scene of 64 px</span>" in jobs  # of a rendering


def test_a_rendering_without_its_training_has_no_launch(database: Database, first: Matrix) -> None:
    jobs = [job for job in store.listing(database) if isinstance(job.spec, RenderSpec)]
    assert [launches(database, jobs).of(job) for job in jobs] == [None] * len(jobs)


def silence(database: Database, seconds: float) -> None:
    with database.write() as db:
        for job in db.query(Job).filter(Job.state == JobState.RUNNING):
            job.worker = "lab-3"
    reported(database, "lab-3", timedelta(seconds=seconds), devices="cuda:0")


@pytest.mark.parametrize(
    ("seconds", "worker", "fate"),
    [
        (40, "lab-3 (cuda:0) silent for 4", "s; the job is taken up again when its lease ends"),
        (
            400,
            "wait and no worker is present; the last one was seen 6 min ago: start one",
            "worker vanished 6 min ago; the next worker takes the job up",
        ),
    ],
)
def test_a_silent_worker_s_job_claims_no_progress(
    desk: TestClient, database: Database, first: Matrix, seconds: float, worker: str, fate: str
) -> None:
    silence(database, seconds)
    page = desk.get("/admin/jobs").text
    assert worker in page
    assert "left</span>" not in page
    page = desk.get(f"/admin/trainings/{first.trainings['denoise', 'ms_ssim']}").text
    assert fate in page
    assert "left</span>" not in page


def test_a_worker_that_reports_is_not_called_silent(desk: TestClient, database: Database, first: Matrix) -> None:
    silence(database, 20)
    page = desk.get("/admin/jobs").text
    assert "silent" not in page
    assert "left</span>" in page


def test_a_worker_that_vanished_stands_on_no_list_of_those_at_work(
    desk: TestClient, database: Database, first: Matrix
) -> None:
    silence(database, 400)
    reported(database, "lab-4")
    for address in ("/admin/jobs", "/admin/trainings"):
        page = desk.get(address).text
        assert "lab-4 (cpu), seen just now" in page
        assert "lab-3 (cuda:0)" not in page
        assert "no worker is present" not in page
    silence(database, 2 * 86_400)
    with database.write() as db:
        db.delete(db.get_one(Worker, "lab-4"))
    assert "no worker is present; the last one was seen 2 d ago" in desk.get("/admin/trainings").text


def test_jobs_that_waited_in_vain_were_not_started(desk: TestClient, database: Database, media: Media) -> None:
    launched = trained.launched(database, media)
    stage = launched.pretrainings["denoise"]
    store.cancel(database, stage)
    page = desk.get("/admin/jobs").text
    assert "not started</span>" in page
    assert "failed</span>" not in page
    page = desk.get(f"/admin/trainings/{launched.trainings['denoise', 'mae']}").text
    assert f"Not started: it needed job {stage}" in page
    assert "which was cancelled" in page
    assert "last checkpoint" not in page
    page = desk.get(f"/admin/trainings/{launched.renderings['denoise', 'mae']}").text
    assert "which was not started either" in page

"""The desk's page about a scored matrix, and the same over the API."""

import io
import zipfile

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Job, JobState
from app.jobs.contract import RenderSpec
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.matrix_plan import Changes
from app.jobs.together import NotInMatrix, together
from app.jobs.views import listing
from app.media import Media
from app.results.training_matrix import missing_in
from app.web.analysis_turns import PACKAGES
from tests.web import scored_matrix

pytestmark = pytest.mark.one_database


@pytest.fixture
def scored(database: Database, media: Media) -> Matrix:
    return scored_matrix.scored(database, media)


def test_the_page_says_who_is_best_under_its_own_measure_and_who_misses(desk: TestClient, scored: Matrix) -> None:
    number = scored.trainings["denoise", "mae"]
    assert f'href="/admin/matrices/{number}"' in desk.get("/admin/trainings").text
    page = desk.get(f"/admin/matrices/{number}")
    assert page.status_code == 200
    assert '<a href="/admin/trainings" aria-current="true">' in page.text  # the room that it belongs to
    assert "1 of 2 networks come first" in page.text
    assert "tiny · moors · seed 0" in page.text
    assert f'<a href="/admin/trainings/{number}">denoise <code>mae</code></a>' in page.text
    assert '<a href="/admin/trainings" aria-current="true">' in page.text
    assert "Not the first: mae (denoise)." in page.text
    for figure in ("diagonal", "matrix-denoise"):
        reply = desk.get(f"/admin/matrices/{number}/{figure}.svg?scheme=dark")
        assert (reply.status_code, reply.headers["content-type"]) == (200, "image/svg+xml")
    assert desk.get(f"/admin/matrices/{number}/nonsense.svg").status_code == 404


def test_everything_is_taken_away_as_one_zip_from_any_job_of_the_matrix(
    desk: TestClient, scored: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = scored.scorings["denoise", "gmsd"]
    reply = desk.get(f"/admin/matrices/{job}/matrix.zip")
    names = zipfile.ZipFile(io.BytesIO(reply.content)).namelist()
    number = scored.trainings["denoise", "mae"]
    assert f"matrix-{number}/diagonal.csv" in names
    assert f"matrix-{number}/figures/diagonal-dark.svg" in names
    monkeypatch.setattr(PACKAGES, "patience", 0.01)
    with PACKAGES.take(), PACKAGES.take():  # two zips are being written: the next has to wait
        assert desk.get(f"/admin/matrices/{job}/matrix.zip").status_code == 503


def test_what_is_not_scored_yet_is_named_with_what_it_waits_for(database: Database, scored: Matrix) -> None:
    assert missing_in(database, scored) == ()
    late = scored.renderings["denoise", "gmsd"]
    with database.write() as db:
        job = db.get(Job, late)
        assert job is not None
        job.state, job.error = JobState.FAILED, "The disk is full.\nTraceback"
    (one,) = missing_in(database, scored)
    assert (one.condition, one.why) == (
        "gmsd", f"job {late} (denoise · gmsd · pictures) is failed: The disk is full."
    )  # fmt: skip


def test_a_first_stage_is_in_no_matrix_alone(desk: TestClient, database: Database, scored: Matrix) -> None:
    with pytest.raises(NotInMatrix):
        together(database, scored.pretrainings["denoise"])
    assert desk.get(f"/admin/matrices/{scored.pretrainings['denoise']}").status_code == 404
    assert desk.get("/admin/matrices/999").status_code == 404


def test_pictures_of_other_scenes_are_not_compared(database: Database, scored: Matrix) -> None:
    other = launch_matrix(
        database, tasks=["denoise"], objectives=["mae"], preset="tiny", photograph_set="moors", scene_side=48
    )
    assert other.trainings["denoise", "mae"] == scored.trainings["denoise", "mae"]
    with database.write() as db:
        db.get_one(Job, other.renderings["denoise", "mae"]).state = JobState.SUCCEEDED
    assert together(database, scored.trainings["denoise", "mae"]).matrix == scored


def test_trainings_of_another_length_are_not_compared_though_their_networks_are_as_wide(
    database: Database, scored: Matrix
) -> None:
    longer = launch_matrix(
        database, tasks=["denoise"], objectives=["mae", "nlpd"], preset="tiny", photograph_set="moors", scene_side=64,
        changes=Changes({"steps": 1000}, {}, {}),
    )  # fmt: skip
    assert together(database, scored.trainings["denoise", "mae"]).matrix == scored
    assert together(database, longer.trainings["denoise", "nlpd"]).matrix.trainings == longer.trainings


def test_another_seed_is_another_matrix(database: Database, scored: Matrix) -> None:
    other = launch_matrix(
        database, tasks=["denoise"], objectives=["mae"], preset="tiny", photograph_set="moors", scene_side=64, seed=5
    )
    found = together(database, other.trainings["denoise", "mae"])
    assert found.matrix.trainings == other.trainings
    assert found.matrix.scorings == {}
    assert missing_in(database, found.matrix)[0].why.startswith("job ")
    assert together(database, scored.trainings["denoise", "mae"]).matrix == scored
    renderings = [job for job in listing(database) if isinstance(job.spec, RenderSpec)]
    assert len(renderings) == 3

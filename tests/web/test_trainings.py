"""Trainings at the desk: the matrix, the form, a job's page."""

import math
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from app.db import Database, deeds
from app.db.models import AuditEntry, Job, JobSample, JobState, Picture, Through
from app.jobs import store
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.matrix_plan import Changes
from app.jobs.presets import preset
from app.jobs.together import together
from app.media import Media
from app.results.training_matrix import report_around
from app.web.admin.curve import _decades
from tests.web import trained


@pytest.fixture
def matrix(database: Database, media: Media) -> Matrix:
    launched = trained.launched(database, media)
    trained.moved(database, launched)
    return launched


def test_an_empty_desk_says_what_to_do_first(desk: TestClient) -> None:
    page = desk.get("/admin/trainings").text.replace("\u00a0", " ")
    assert "No trainings yet" in page
    page = desk.get("/admin/trainings/new").text
    assert "no photographs to learn from" in page
    assert '<a href="/admin/photographs">Bring a set' in page


def test_the_matrix_says_in_words_where_each_training_stands(desk: TestClient, matrix: Matrix) -> None:
    page = desk.get("/admin/trainings").text.replace("\u00a0", " ")
    for words in ("31.4 dB", "62 %", "failed", "lab-3", "Denoising", "1 running", "2 succeeded"):
        assert words in page


@pytest.mark.parametrize("which", ["mae", "ms_ssim", "gmsd"])
def test_a_training_s_page_shows_it_whatever_its_state(desk: TestClient, matrix: Matrix, which: str) -> None:
    reply = desk.get(f"/admin/trainings/{matrix.trainings['denoise', which]}")
    assert reply.status_code == 200
    assert "Recipe" in reply.text
    assert desk.get(f"/admin/trainings/{matrix.renderings['denoise', which]}").status_code == 200


def test_a_training_s_page_names_what_determined_it_and_what_made_it(desk: TestClient, matrix: Matrix) -> None:
    page = desk.get(f"/admin/trainings/{matrix.trainings['denoise', 'mae']}").text
    recipe = preset("tiny", "denoise", "mae", stage=2)
    for words in (recipe.hash, "ef" * 32, "ab" * 32, "commit 80ab86f03bff<br>source fe5d8b024e94", "3 steps"):
        assert words in page
    for words in ("Gradient norm", "Averaged weights", "as displayed", "drawn places"):
        assert words not in page, "the recipe has none"


def test_a_training_s_page_tells_of_care_and_averages(desk: TestClient, database: Database, matrix: Matrix) -> None:
    number = matrix.trainings["denoise", "gmsd"]
    with database.write() as db:
        job = db.get_one(Job, number)
        job.spec = job.spec | {
            "recipe": job.spec["recipe"]
            | {"clip_norm": 1.0, "ema": 0.999, "beyond": 0.1, "candidates": 4, "recolour": True}
        }
    page = desk.get(f"/admin/trainings/{number}").text
    assert "<dt>Gradient norm</dt><dd>at most 1.0</dd>" in page
    assert "<dt>Averaged weights</dt><dd>decay 0.999 per step</dd>" in page
    assert "as displayed, clipped to black and white; 0.1 of the gradient passes there" in page
    assert "<dt>Colours</dt><dd>of each crop in a random order</dd>" in page
    assert "of 4 drawn places, the one with the most detail" in page


def test_a_job_of_another_version_does_not_take_the_pages_away(
    desk: TestClient, matrix: Matrix, database: Database
) -> None:
    strange = (matrix.trainings["denoise", "gmsd"], matrix.renderings["denoise", "mae"])
    with database.write() as db:
        for job in strange:
            db.get_one(Job, job).spec = {"kind": "wavelet"}
    for address in ("/admin/trainings", "/admin/studies/new", "/admin/jobs"):
        assert desk.get(address).status_code == 200
    for job in strange:
        assert "This version of Beholder cannot read the job" in desk.get(f"/admin/trainings/{job}").text


@pytest.mark.parametrize(("low", "high"), [(0.0301, 0.0334), (0.9, 1.1), (0.0002, 3.0)])
def test_the_loss_axis_has_several_numbers_however_little_the_loss_moves(low: float, high: float) -> None:
    marked = _decades(math.log10(low), math.log10(high))
    assert len(marked) >= 3
    assert all(low <= value <= high for value in marked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["mae", "ms_ssim"])
def test_the_curve_is_drawn_with_many_points_and_with_none(
    desk: TestClient, matrix: Matrix, which: str, scheme: str
) -> None:
    reply = desk.get(f"/admin/trainings/{matrix.trainings['denoise', which]}/curve.svg", params={"scheme": scheme})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in reply.content


def test_the_end_of_the_log_is_shown_as_text_with_who_wrote_it(
    desk: TestClient, matrix: Matrix, database: Database
) -> None:
    number = matrix.trainings["denoise", "ms_ssim"]
    assert "No attempt has written anything yet." in desk.get(f"/admin/trainings/{number}").text
    said = {"log": "step 1\n<script>alert(1)</script>", "log_worker": "lab-7", "log_attempt": 1}
    with database.write() as db:
        db.execute(update(Job).where(Job.id == number).values(said))
    page = desk.get(f"/admin/trainings/{number}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "attempt 1 at lab-7 ends so far" in page
    with database.write() as db:
        db.execute(update(Job).where(Job.id == number).values(attempt=2))
    assert "attempt 1 at lab-7 ends; attempt 2 has written nothing yet" in desk.get(f"/admin/trainings/{number}").text


def test_restored_scenes_are_shown_with_pictures_that_only_the_desk_sees(
    desk: TestClient, anonymous: TestClient, matrix: Matrix, database: Database, media: Media
) -> None:
    digest = trained.rendered(database, media, matrix.renderings["denoise", "mae"])
    page = desk.get(f"/admin/trainings/{matrix.trainings['denoise', 'mae']}").text
    assert f"/admin/pictures/{digest}.png" in page
    assert desk.get(f"/admin/pictures/{digest}.png").content == media.get(digest)
    assert anonymous.get(f"/admin/pictures/{digest}.png").status_code == 303
    assert desk.get(f"/admin/pictures/{'0' * 64}.png").status_code == 404
    assert desk.get("/admin/pictures/..%2fsecret.png").status_code == 404


def test_a_finished_rendering_has_a_page(desk: TestClient, matrix: Matrix, database: Database, media: Media) -> None:
    number = matrix.renderings["denoise", "mae"]
    digest = trained.rendered(database, media, number)
    page = desk.get(f"/admin/trainings/{number}")
    assert page.status_code == 200
    assert f"/admin/pictures/{digest}.png" in page.text
    assert "succeeded" in page.text


def test_jobs_are_cancelled_and_retried_by_their_buttons(desk: TestClient, matrix: Matrix, database: Database) -> None:
    failed, queued = matrix.trainings["denoise", "gmsd"], matrix.renderings["denoise", "ms_ssim"]
    for address in (f"/admin/trainings/{queued}/cancel", f"/admin/trainings/{failed}/retry"):
        assert desk.get(address).status_code == 405
        assert desk.post(address).status_code == 200
    assert store.get(database, queued).state is JobState.CANCELLED
    assert store.get(database, failed).state is JobState.QUEUED


def test_a_move_that_is_too_late_is_refused_with_a_sentence(desk: TestClient, matrix: Matrix) -> None:
    reply = desk.post(f"/admin/trainings/{matrix.trainings['denoise', 'mae']}/cancel")
    assert reply.status_code == 409
    assert "nothing left to cancel" in reply.text


@pytest.mark.parametrize("address", ["/admin/trainings/999", "/admin/trainings/999/curve.svg", "/admin/trainings/x"])
def test_an_unknown_job_is_not_found_and_says_so(desk: TestClient, address: str) -> None:
    reply = desk.get(address)
    assert reply.status_code == 404
    assert "no job 999" in reply.text or "no page at this address" in reply.text


def test_what_is_done_to_jobs_at_the_desk_stands_in_the_log_under_the_name_of_who_did_it(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    form = {"tasks": ["denoise"], "objectives": ["mae"], "preset": "tiny", "photograph_set": trained.SET}
    desk.post("/admin/trainings", data=form | {"scene_side": "64"})
    desk.post("/admin/trainings/1/cancel")
    desk.post("/admin/trainings/1/retry")
    with database.read() as db:
        done = [(one.deed, one.account, one.through) for one in db.scalars(select(AuditEntry))]
    assert ("job launched", "marlene", Through.DESK) in done
    assert ("job cancelled", "marlene", Through.DESK) in done
    assert ("job retried", "marlene", Through.DESK) in done


def sampled(database: Database, media: Media, job_id: int, *steps: int) -> dict[int, str]:
    """Samples of one crop at these steps; the digests of what was restored, by step."""
    digests = {seed: media.put(trained.png_of(trained.noise(seed))) for seed in (900, 901, *steps)}
    with database.write() as db:
        db.add_all(Picture(digest=digest, width=200, height=200, size=1) for digest in digests.values())
        db.flush()
        for step in steps:
            three = {
                "restored_digest": digests[step],
                "degraded_digest": digests[900],
                "reference_digest": digests[901],
            }
            db.add(JobSample(job_id=job_id, step=step, number=0, **three))
    return digests


def test_a_training_s_page_shows_the_latest_samples_or_those_that_are_asked_for(
    desk: TestClient, matrix: Matrix, database: Database, media: Media
) -> None:
    number = matrix.trainings["denoise", "ms_ssim"]
    assert "The first crops appear" in desk.get(f"/admin/trainings/{number}").text
    digests = sampled(database, media, number, 30, 60)
    for address, seen, unseen in (("", 60, 30), ("?step=30", 30, 60), ("?step=31", 60, 30)):
        page = desk.get(f"/admin/trainings/{number}{address}").text
        assert f"Crop 1 after {seen} steps" in page
        assert digests[seen] in page
        assert digests[unseen] not in page
    assert '<a href="?step=30#samples">30</a>' in desk.get(f"/admin/trainings/{number}").text


def test_a_training_s_page_says_what_it_uses_of_its_device(
    desk: TestClient, matrix: Matrix, database: Database
) -> None:
    number = matrix.trainings["denoise", "ms_ssim"]
    with database.write() as db:
        db.get_one(Job, number).usage = {
            "device": "NVIDIA A100", "memory": 3_200_000_000, "memory_total": 40_000_000_000, "utilisation": 0.97,
        }  # fmt: skip
    page = desk.get(f"/admin/trainings/{number}").text
    assert "NVIDIA A100: 3.2\u00a0GB of 40\u00a0GB, busy 97 % of the time</dd>" in page
    with database.write() as db:
        db.get_one(Job, number).usage = {"as another version says it": 1}
    assert "Device use" not in desk.get(f"/admin/trainings/{number}").text


def again(database: Database, objectives: list[str], *, first: int = 0, **second: object) -> Matrix:
    """The same first stage, unless it has ``first`` steps, and second stages with these keys."""
    return launch_matrix(
        database, tasks=["denoise"], objectives=objectives, preset="tiny", photograph_set=trained.SET, scene_side=64,
        changes=Changes({"steps": first} if first else {}, second, {}),
    )  # fmt: skip


@pytest.mark.one_database
def test_second_stages_of_another_length_or_from_other_crops_stand_in_tables_of_their_own(
    desk: TestClient, database: Database, matrix: Matrix
) -> None:
    longer = again(database, ["mae", "gmsd"], steps=300)
    chosen = again(database, ["mae"], candidates=8, recolour=True)
    page = desk.get("/admin/trainings").text.replace("\u00a0", " ")
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert [title.partition("seed 0")[2].partition(" · 1 scene")[0] for title in titles] == [
        " · second stage with candidates: 8, recolour: True", " · second stage with steps: 300", "",
    ]  # fmt: skip
    assert longer.pretrainings == chosen.pretrainings == matrix.pretrainings
    mine, _ = report_around(database, longer.trainings["denoise", "gmsd"])
    assert mine == longer.trainings["denoise", "mae"]
    assert together(database, mine).matrix.trainings == longer.trainings


@pytest.mark.one_database
def test_first_stages_of_another_length_stand_in_tables_of_their_own(
    desk: TestClient, database: Database, matrix: Matrix
) -> None:
    for steps in (150, 300):
        again(database, ["mae", "gmsd"], first=steps, steps=100)
    assert re.findall(r"<h2>(.*?) · ", desk.get("/admin/trainings").text) == [
        "tiny, first stage with steps: 300", "tiny, first stage with steps: 150", "tiny",
    ]  # fmt: skip


@pytest.mark.one_database
def test_what_single_objectives_change_stands_under_the_table_and_hides_nothing(
    desk: TestClient, database: Database, matrix: Matrix
) -> None:
    other = again(database, ["gmsd"], learning_rate=0.0004, clip_norm=1.0)
    page = desk.get("/admin/trainings").text.replace("\u00a0", " ")
    assert "<code>gmsd</code> with learning_rate: 0.0004, clip_norm: 1.0." in page
    for number in (matrix.trainings["denoise", "gmsd"], other.trainings["denoise", "gmsd"]):
        assert f'href="/admin/trainings/{number}"' in page
    assert "other second stages" in page


def test_what_is_left_of_a_matrix_is_cancelled_after_it_was_shown_and_queued_again(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    number = matrix.trainings["denoise", "mae"]
    address = f"/admin/matrices/{number}"
    assert f'href="{address}/jobs"' in desk.get("/admin/trainings").text
    page = desk.get(f"{address}/jobs").text
    assert "4 jobs of 7." in page
    assert "1 job failed, never started, or cancelled." in page
    cancelled = desk.post(f"{address}/cancel").text
    assert "3 jobs" not in cancelled
    assert "4 jobs failed, never started, or cancelled." in cancelled
    assert "4 jobs of 7." not in cancelled
    assert "5 jobs of 7." in desk.post(f"{address}/retry").text
    logged = deeds.deeds(database, 4, deed="job retried")
    assert [(one.account, one.through) for one in logged] == [("marlene", Through.DESK)] * 4

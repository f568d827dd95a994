"""Scores and recoveries at the desk: launched by a form, shown as tables, sheets and curves."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Job, JobState
from app.jobs import store
from app.jobs.contract import RecoverResult, ScoreSpec, Verdict
from app.jobs.recovery import Screening, launch_screening
from app.jobs.scoring import launch_score
from app.jobs.views import rendered
from app.media import Media
from tests.web import trained

FORM = {
    "photograph": f"{trained.SET}/photo 1",
    "measures": ["mae", "gmsd"],
    "starts": ["noise", "jpeg"],
    "side": "64",
    "quality": "10",
    "steps": "50",
    "seed": "3",
}


def ended(database: Database, job_id: int, result: dict[str, Any]) -> None:
    """The job has succeeded with that result."""
    with database.write() as db:
        job = db.get_one(Job, job_id)
        job.state, job.attempt, job.step, job.result = JobState.SUCCEEDED, 1, job.total_steps, result


def found(digest: str, verdict: Verdict) -> dict[str, Any]:
    """What a recovery found."""
    result = RecoverResult(
        sheet="contact-sheet.png", sheet_sha256=digest, best="best.png", best_sha256=digest, stages=(1, 25, 50),
        verdict=verdict, why="PSNR 21.5 dB of the best picture do not reach 35 dB.", objective_start=0.3,
        objective_best=0.01, objective_reference=0.0, psnr_start=7.9, psnr_best=21.5, ms_ssim_best=None, best_step=50,
        steps=50, skipped_steps=2, curve=[{"step": 0, "objective": 0.3, "psnr": 7.9},
        {"step": 50, "objective": 0.01, "psnr": 21.5}], versions={"torch": "2.9"},
    )  # fmt: skip
    return result.model_dump(mode="json")


def test_the_form_launches_a_recovery_for_every_measure_and_start(
    desk: TestClient, database: Database, media: Media
) -> None:
    assert "There are no photographs yet" in desk.get("/admin/recoveries").text
    trained.photographs(database, media)
    empty = desk.get("/admin/recoveries").text
    assert "No photograph has been recovered yet" in empty
    assert 'value="mae" checked' in empty
    assert 'value="lpips" checked' not in empty
    reply = desk.post("/admin/recoveries", data=FORM)
    assert reply.url.path == "/admin/recoveries"
    assert "photo 1 · 64×64 px · 50 steps · JPEG quality 10 · seed 3" in reply.text
    assert len(store.listing(database)) == 4
    desk.post("/admin/recoveries", data=FORM)
    assert len(store.listing(database)) == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"photograph": ""}, "No photograph was chosen"),
        ({"photograph": f"{trained.SET}/photo 9"}, "photo 9"),
        ({"measures": []}, "at least one measure"),
        ({"measures": ["ms_sim"]}, "There is no measure"),
        ({"starts": ["sepia"]}, "begins with noise or with a JPEG"),
        ({"side": "4000"}, "photo 1"),
        ({"quality": "100"}, "less than or equal to 95"),
    ],
)
def test_a_form_that_does_not_fit_comes_back_with_a_sentence_and_its_values(
    desk: TestClient, database: Database, media: Media, wrong: dict[str, object], told: str
) -> None:
    trained.photographs(database, media)
    reply = desk.post("/admin/recoveries", data={**FORM, **wrong})
    assert reply.status_code in (404, 422)
    assert told in reply.text
    assert 'id="seed" name="seed" type="number" value="3"' in reply.text
    assert store.listing(database) == []


def test_a_recovery_shows_its_sheet_its_verdict_and_its_curves(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    jobs = launch_screening(database, Screening(trained.SET, "photo 1", measures=("mae", "gmsd"), side=64, steps=50))
    number, digest = jobs["gmsd", "noise"].job_id, media.put(trained.png_of(trained.noise(1)))
    assert desk.get(f"/admin/trainings/{number}").status_code == 200  # queued
    assert desk.get(f"/admin/trainings/{number}/psnr.svg").status_code == 404
    ended(database, number, found(digest, Verdict.ARTEFACTS))
    page = desk.get(f"/admin/trainings/{number}").text
    assert f'src="/admin/pictures/{digest}.png"' in page
    for told in ("artefacts", "do not reach 35 dB", "21.50 dB", "too small", "2 steps of 50 were not finite",
                 "white noise, seed 0", "halved every 2 000 steps", "torch 2.9"):  # fmt: skip
        assert told in page.replace("\u202f", " "), told
    for scheme in ("light", "dark"):
        figure = desk.get(f"/admin/trainings/{number}/psnr.svg", params={"scheme": scheme})
        assert (figure.status_code, figure.headers["content-type"]) == (200, "image/svg+xml")
    table = desk.get("/admin/recoveries").text
    assert "artefacts" in table
    assert "21.5 dB" in table
    assert table.index("<code>mae</code>") < table.index("<code>gmsd</code>")
    assert desk.get("/admin/trainings").status_code == 200
    ended(database, jobs["mae", "noise"].job_id, {"kind": "recover", "verdict": "of another version"})
    assert "of another version" not in desk.get("/admin/recoveries").text


def test_a_score_shows_means_and_every_pictures_value(desk: TestClient, database: Database, media: Media) -> None:
    rendering = trained.launched(database, media).renderings["denoise", "mae"]
    trained.rendered(database, media, rendering)
    score = launch_score(database, ScoreSpec(rendering=rendering, measures=("mae", "psnr"), forms=("rgb", "y"))).job_id
    assert "2 pictures" in desk.get(f"/admin/trainings/{score}").text
    values = [
        {"picture": picture, "reference": scene.reference, "measure": measure, "form": form, "value": value}
        for scene in rendered(database, rendering)
        for picture, value in ((scene.condition, 0.125), (scene.degraded, 0.5))
        for measure in ("mae", "psnr")
        for form in ("rgb", "y")
    ]
    ended(database, score, {"kind": "score", "values": values, "versions": {"torch": "2.9"}})
    page = desk.get(f"/admin/trainings/{score}").text
    means = page.split("Scene by scene")[0]
    assert means.count("0.125") == means.count("0.5") == 4
    for told in (f'href="/admin/trainings/{rendering}">job {rendering}', "Means over 1 scene", "higher", "lower"):
        assert told in page, told
    ended(database, score, {"kind": "score", "values": "of another version"})
    assert "Means over" not in desk.get(f"/admin/trainings/{score}").text

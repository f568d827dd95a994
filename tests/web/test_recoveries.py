"""Scores and recoveries at the desk: launched by a form, shown as tables, sheets and curves."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Job, JobState
from app.jobs import store
from app.jobs.asked import launch_one
from app.jobs.contract import RecoverResult, RenderSpec, ScoreSpec, Verdict
from app.jobs.recovery import Screening
from app.jobs.views import rendered
from app.media import Media
from app.settings import Settings
from tests.jobs.screenings import screened
from tests.web import odd, trained

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
    assert "There are no photographs yet" in desk.get("/admin/recoveries/new").text
    trained.photographs(database, media)
    assert "No photograph has been recovered yet" in desk.get("/admin/recoveries").text
    empty = desk.get("/admin/recoveries/new").text
    assert 'value="mae" checked' in empty
    assert 'value="lpips" checked' not in empty
    reply = desk.post("/admin/recoveries", data=FORM)
    assert reply.url.path == "/admin/recoveries"
    assert "photo 1 · 64×64 px · 50 steps · JPEG quality 10 · seed 3" in reply.text.replace("\u00a0", " ")
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
    jobs = screened(database, Screening(trained.SET, "photo 1", measures=("mae", "gmsd"), side=64, steps=50))
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
    assert "21.5&nbsp;dB" in table
    assert table.index("<code>mae</code>") < table.index("<code>gmsd</code>")
    assert desk.get("/admin/trainings").status_code == 200
    ended(database, jobs["mae", "jpeg"].job_id, found(digest, Verdict.UNFINISHED))
    assert 'class="state warn"' in desk.get("/admin/recoveries").text.split("unfinished</span>")[0][-600:]
    ended(database, jobs["mae", "noise"].job_id, {"kind": "recover", "verdict": "of another version"})
    assert "of another version" not in desk.get("/admin/recoveries").text


def test_a_score_shows_means_and_every_pictures_value(desk: TestClient, database: Database, media: Media) -> None:
    rendering = trained.launched(database, media).renderings["denoise", "mae"]
    trained.rendered(database, media, rendering)
    score = launch_one(database, ScoreSpec(rendering=rendering, measures=("mae", "psnr"), forms=("rgb", "y"))).job_id
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


def test_a_score_that_replaced_values_tells_which(desk: TestClient, database: Database, media: Media) -> None:
    rendering = trained.launched(database, media).renderings["denoise", "mae"]
    trained.rendered(database, media, rendering)
    score = launch_one(database, ScoreSpec(rendering=rendering, measures=("mae",), replace=True)).job_id
    (scene,) = rendered(database, rendering)
    place = {"picture": scene.condition, "reference": scene.reference, "measure": "mae", "form": "rgb"}
    values = [place | {"value": 0.125}, place | {"picture": scene.degraded, "value": 0.5}]
    ended(database, score, {
        "kind": "score", "values": values, "versions": {}, "replaced": [place | {"value": 0.375, "source": "old.csv"}],
    })  # fmt: skip
    page = desk.get(f"/admin/trainings/{score}").text
    assert "1 value that was here and differed was replaced" in page
    assert page.index("0.375") < page.index("old.csv")


def test_a_check_of_recoveries_changes_nothing_and_a_launch_with_changes_begins_filled(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    asked = FORM | {"own": "mae + 0.1*gmsd", "left": "3", "top": "5", "learning_rate": "0.01"}
    before = odd.digest(database)
    page = desk.post("/admin/recoveries/new", data=asked).text
    for told in ("<h2>6 jobs</h2>", "6 recoveries", "No worker is present", "arithmetic alone", ">Launch</button>"):
        assert told in page, told
    assert odd.digest(database) == before
    desk.post("/admin/recoveries", data=asked)
    number = next(job.id for job in store.listing(database) if "0.1*gmsd" in job.title and "noise" in job.title)
    like = desk.get(f"/admin/recoveries/new?like={number}").text
    for told in ("0.1*gmsd + mae</textarea>", 'name="left" type="text" value="3"', 'value="noise" checked'):
        assert told in like, told
    assert 'value="jpeg" checked' not in like
    assert f'href="/admin/recoveries/new?like={number}"' in desk.get(f"/admin/trainings/{number}").text
    found = desk.post("/admin/recoveries/new", data=asked).text
    assert "To be done" not in found
    assert desk.post("/admin/recoveries/new", data=asked | {"left": "x"}).status_code == 422


@pytest.mark.one_database
def test_what_needs_weights_that_nobody_has_is_launched_by_whoever_says_so_again(
    desk: TestClient, database: Database, media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(settings.data_dir / "torch"))
    rendering = trained.launched(database, media).renderings["denoise", "mae"]
    before = len(store.listing(database))
    for address, asked in (
        ("/admin/recoveries", FORM | {"measures": ["lpips"]}),
        ("/admin/scores", {"renderings": [rendering], "measures": ["mae", "lpips"], "forms": ["rgb"]}),
    ):
        refused = desk.post(address, data=asked)
        assert refused.status_code == 409
        assert "vgg16-397923af.pth" in refused.text
        assert 'name="anyway" value="yes">Launch anyway' in refused.text
        assert len(store.listing(database)) == before
        assert desk.post(address, data=asked | {"anyway": "yes"}).status_code == 200
        assert len(store.listing(database)) > before
        before = len(store.listing(database))


@pytest.mark.one_database
def test_a_rendering_is_checked_launched_and_launched_again_with_changes(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    number = matrix.renderings["denoise", "mae"]
    like = desk.get(f"/admin/renderings/new?like={number}").text
    assert f'value="training/{matrix.trainings["denoise", "mae"]}" selected' in like
    asked = {
        "of": f"training/{matrix.trainings['denoise', 'mae']}", "photograph_set": trained.SET, "scene_side": "64",
        "per_photograph": "1", "altogether": "", "seed": "0",
    }  # fmt: skip
    assert "At work already" in desk.post("/admin/renderings/new", data=asked).text
    assert desk.post("/admin/renderings", data=asked).url.path == f"/admin/trainings/{number}"
    before = odd.digest(database)
    assert "1 rendering" in desk.post("/admin/renderings/new", data=asked | {"seed": "7"}).text
    assert odd.digest(database) == before
    page = desk.post("/admin/renderings", data=asked | {"seed": "7"})
    again = store.get(database, int(page.url.path.rpartition("/")[2])).spec
    assert isinstance(again, RenderSpec)
    assert again.seed == 7
    baseline = desk.post("/admin/renderings", data=asked | {"of": "baseline/superres/input", "seed": "9"})
    assert "superres · input · baseline" in baseline.text
    for wrong, told in (
        ({"of": ""}, "Nothing was chosen"),
        ({"of": f"training/{number}"}, "is no training"),
        ({"scene_side": "9000"}, "9000"),
        ({"per_photograph": "few"}, "no whole number"),
        ({"photograph_set": "other"}, "no set of photographs"),
    ):
        reply = desk.post("/admin/renderings/new", data=asked | wrong)
        assert reply.status_code in (404, 422)
        assert told in reply.text


@pytest.mark.one_database
def test_scores_are_checked_launched_and_launched_again_with_changes(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    first, second = matrix.renderings["denoise", "mae"], matrix.renderings["denoise", "gmsd"]
    asked: dict[str, Any] = {
        "renderings": [first, second], "measures": ["psnr", "gmsd"], "forms": ["rgb", "y"], "degraded": "yes",
    }  # fmt: skip
    before = odd.digest(database)
    page = desk.post("/admin/scores/new", data=asked).text
    assert "2 scores" in page
    assert odd.digest(database) == before
    assert desk.post("/admin/scores", data=asked).url.path == "/admin/jobs"
    score = next(job for job in store.listing(database) if isinstance(job.spec, ScoreSpec))
    assert isinstance(score.spec, ScoreSpec)
    assert (score.spec.measures, score.spec.forms) == (("psnr", "gmsd"), ("rgb", "y"))
    like = desk.get(f"/admin/scores/new?like={score.id}").text
    assert f'name="renderings" id="rendering-{first}" value="{first}" checked' in like
    assert 'id="measure-psnr" value="psnr" checked' in like
    assert 'id="measure-mae" value="mae" checked' not in like
    for wrong in ({"measures": []}, {"renderings": []}, {"forms": ["sepia"]}, {"measures": ["ms_ssim"]}):
        assert desk.post("/admin/scores/new", data=asked | wrong).status_code == 422
    assert desk.get(f"/admin/scores/new?like={first}").status_code == 422
    assert desk.get(f"/admin/renderings/new?like={score.id}").status_code == 422

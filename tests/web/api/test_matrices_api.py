"""A matrix's scores over the API."""

import pytest
from fastapi.testclient import TestClient

from app.catalog import MEASURES
from app.db import Database, deeds
from app.jobs import store
from app.jobs.launch import Matrix
from app.media import Media
from app.web.tokens import Scope
from tests.web import trained
from tests.web.api.conftest import Script
from tests.web.test_matrix_scores import scored

pytestmark = pytest.mark.one_database
__all__ = ["scored"]


def test_ranks_and_diagonal_are_told_as_the_page_shows_them(api: TestClient, scored: Matrix) -> None:
    number = scored.trainings["denoise", "mae"]
    told = api.get(f"/api/v1/matrices/{scored.scorings['denoise', 'gmsd']}").json()
    assert (told["matrix"], told["asked"], told["met"], told["missing"]) == (number, 2, 1, [])
    by_name = {one["condition"]: one for one in told["diagonal"]}
    assert (by_name["gmsd"]["met"], by_name["gmsd"]["rival"], by_name["gmsd"]["scenes"]) == (True, "mae", 1)
    assert (by_name["mae"]["rank"], by_name["mae"]["best"]) == (2, "gmsd")
    assert by_name["mae"]["lead"] == pytest.approx(-0.01)
    assert {(one["condition"], one["measure"]): one["rank"] for one in told["ranks"]} == {
        ("mae", "mae"): 2, ("gmsd", "mae"): 1, ("mae", "gmsd"): 2, ("gmsd", "gmsd"): 1,
    }  # fmt: skip


def test_a_matrix_is_launched_as_the_command_does_with_its_scores_and_baselines(
    api: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    wish = {
        "tasks": ["denoise"], "objectives": ["mae", "gmsd"], "preset": "tiny", "photograph_set": trained.SET,
        "scene_side": 64,
    }  # fmt: skip
    told = api.post("/api/v1/matrices", json=wish).json()
    scores = [store.get(database, cell["scoring"]).spec for cell in told["items"]]
    assert [score.rendering for score in scores] == [cell["rendering"] for cell in told["items"]]
    small = {one.id for one in MEASURES.values() if not one.needs_weights and one.smallest_side <= 64}
    assert {*scores[0].measures} == small
    (baseline,) = told["baselines"]
    assert (baseline["task"], baseline["condition"]) == ("denoise", "input")
    assert store.get(database, baseline["rendering"]).spec.baseline == "input"
    assert store.get(database, baseline["scoring"]).spec.rendering == baseline["rendering"]
    assert not any(score.degraded for score in scores)  # the baseline is the degraded input
    fewer = api.post("/api/v1/matrices", json=wish | {"measures": ["psnr"], "baselines": False, "seed": 1}).json()
    assert fewer["baselines"] == []
    alone = store.get(database, fewer["items"][0]["scoring"]).spec
    assert (alone.measures, alone.degraded) == (("mae", "psnr", "gmsd"), True)
    before = len(store.listing(database))
    for measure, kind in (("beauty", "unknown-measure"), ("ms_ssim", "photograph-too-small")):
        reply = api.post("/api/v1/matrices", json=wish | {"measures": [measure], "seed": 2})
        assert reply.json()["type"] == f"/errors#{kind}"
    assert len(store.listing(database)) == before


def test_a_matrix_is_checked_by_whoever_only_reads_and_nothing_is_written(
    script: Script, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    wish = {
        "tasks": ["denoise"], "objectives": ["mae", "gmsd"], "preset": "tiny", "photograph_set": trained.SET,
        "scene_side": 64,
    }  # fmt: skip
    asking = script(Scope.JOBS_READ)
    before = [entry.id for entry in deeds.deeds(database, 10)]
    told = asking.post("/api/v1/matrices/check", json=wish)
    assert (told.status_code, told.json()["problems"]) == (200, [])
    assert store.listing(database) == []
    assert [entry.id for entry in deeds.deeds(database, 10)] == before


def test_a_job_of_no_matrix_is_refused_by_name(api: TestClient, scored: Matrix) -> None:
    reply = api.get(f"/api/v1/matrices/{scored.pretrainings['denoise']}")
    assert reply.status_code == 404
    assert "not-in-matrix" in reply.text


def test_what_is_left_of_a_matrix_is_cancelled_and_retried_and_its_jobs_say_whose_they_are(
    api: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    wish = {
        "tasks": ["denoise"], "objectives": ["mae"], "preset": "tiny", "photograph_set": trained.SET, "scene_side": 64,
        "measures": ["mae"], "baselines": False,
    }  # fmt: skip
    (cell,) = api.post("/api/v1/matrices", json=wish).json()["items"]
    mine = sorted(cell[name] for name in ("pretraining", "training", "rendering", "scoring"))
    for move, state, moved in (("cancel", "cancelled", mine), ("cancel", "cancelled", []), ("retry", "queued", mine)):
        assert api.post(f"/api/v1/matrices/{cell['training']}/{move}").json() == {"jobs": moved}
        assert {job.state.value for job in store.listing(database)} == {state}
    assert api.get(f"/api/v1/jobs/{cell['training']}").json()["launched_by"] == "ada"
    assert api.post(f"/api/v1/matrices/{cell['pretraining']}/cancel").status_code == 404

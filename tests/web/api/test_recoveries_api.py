"""Scores and recoveries over the API: launched as trainings are, and found again."""

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.jobs import store
from app.jobs.contract import RecoverSpec, TrainSpec
from app.media import Media
from app.settings import Settings
from tests.web import trained


def test_scripts_launch_scores_and_recoveries_as_trainings(api: TestClient, database: Database, media: Media) -> None:
    rendering = trained.launched(database, media).renderings["denoise", "mae"]
    spec = {"kind": "score", "rendering": rendering, "measures": ["gmsd", "mae"]}
    first, second = (api.post("/api/v1/jobs", json={"spec": spec}).json() for _ in range(2))
    assert (first["kind"], first["needs"], first["found"], second["found"]) == ("score", [rendering], False, True)
    assert first["spec"]["measures"] == ["mae", "gmsd"]
    training = store.get(database, rendering).needs[0]
    for change, kind in (
        ({"rendering": training}, "not-a-rendering"),
        ({"measures": ["ms_ssim"]}, "scenes-too-small"),
        ({"rendering": 99}, "job-not-found"),
        ({"rendering": 10**30}, "malformed-input"),
        ({"measures": ["beauty"]}, "unknown-measure"),
    ):
        reply = api.post("/api/v1/jobs", json={"spec": spec | change})
        assert reply.json()["type"].endswith(kind), reply.text
    wish = {"photograph_set": trained.SET, "photograph": "photo 1", "measures": ["mae"], "side": 64, "steps": 9}
    items = api.post("/api/v1/recoveries", json=wish).json()["items"]
    assert [(one["measure"], one["start"], one["found"]) for one in items] == [
        ("mae", "noise", False), ("mae", "jpeg", False),
    ]  # fmt: skip
    told = api.get(f"/api/v1/jobs/{items[0]['job']}").json()
    again = api.post("/api/v1/jobs", json={"spec": told["spec"]}).json()
    assert (again["id"], again["found"]) == (items[0]["job"], True)
    assert api.post("/api/v1/recoveries", json=wish | {"photograph": "photo 9"}).status_code == 422
    assert api.post("/api/v1/jobs", json={"spec": told["spec"] | {"steps": 10**30}}).status_code == 422


def test_scripts_follow_objectives_from_a_place_of_their_own_at_their_own_pace(
    api: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    wish = {
        "photograph_set": trained.SET, "photograph": "photo 1", "objectives": ["mae + 0.5 * gmsd"], "starts": ["jpeg"],
        "side": 64, "left": 8, "top": 16, "learning_rate": 0.01, "halve_every": 50, "lowest_rate": 0.001,
    }  # fmt: skip
    (told,) = api.post("/api/v1/recoveries", json=wish).json()["items"]
    assert (told["measure"], told["start"]) == ("0.5*gmsd+mae", "jpeg")
    spec = store.get(database, told["job"]).spec
    assert isinstance(spec, RecoverSpec)
    assert (spec.objective, spec.scene.left, spec.scene.top) == ("0.5*gmsd + mae", 8, 16)
    assert (spec.learning_rate, spec.halve_every, spec.lowest_rate) == (0.01, 50, 0.001)
    for wrong, kind in (
        ({"objectives": ["mae +"]}, "bad-objective"),
        ({"left": 190}, "scene-beyond"),
        ({"objectives": [], "measures": []}, "bad-screening"),
    ):
        reply = api.post("/api/v1/recoveries", json=wish | wrong)
        assert reply.json()["type"].endswith(kind), reply.text


def test_scripts_check_render_and_say_so_again_where_weights_are_missing(
    api: TestClient, database: Database, media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(settings.data_dir / "torch"))
    matrix = trained.launched(database, media)
    rendering = matrix.renderings["denoise", "mae"]
    spec = api.get(f"/api/v1/jobs/{rendering}").json()["spec"]
    told = api.post("/api/v1/jobs/check", json={"specs": [spec, spec | {"seed": 5}]}).json()
    assert told["jobs"] == {"at work": {"render": 1}, "new": {"render": 1}}
    assert (told["problems"], told["basis"], len(told["seconds"])) == ([], "reckoned", 3)
    before = len(store.listing(database))
    found = api.post("/api/v1/jobs", json={"spec": spec}).json()
    assert (found["id"], found["found"]) == (rendering, True)
    new = api.post("/api/v1/jobs", json={"spec": spec | {"seed": 5}}).json()
    assert (new["kind"], new["needs"]) == ("render", [matrix.trainings["denoise", "mae"]])
    training = store.get(database, matrix.trainings["denoise", "mae"]).spec
    assert isinstance(training, TrainSpec)
    learned = training.photographs[0]
    scene = spec["scenes"][0]
    for wrong, kind in (
        ({"scenes": [scene | {"photograph": {"name": learned.name, "digest": learned.digest}}]}, "not-to-judge-on"),
        ({"scenes": [scene, scene]}, "bad-rendering"),
        ({"scenes": [scene | {"left": 190}]}, "bad-rendering"),
        ({"training": rendering}, "bad-rendering"),
        ({"task": "deblur"}, "bad-rendering"),
    ):
        reply = api.post("/api/v1/jobs", json={"spec": spec | wrong})
        assert reply.json()["type"].endswith(kind), reply.text
    score = {"kind": "score", "rendering": rendering, "measures": ["mae", "lpips"]}
    assert api.post("/api/v1/jobs/check", json={"specs": [score]}).json()["lacking"] == ["lpips"]
    refused = api.post("/api/v1/jobs", json={"spec": score})
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors#weights-not-at-hand")
    assert len(store.listing(database)) == before + 1
    assert api.post("/api/v1/jobs", json={"spec": score, "anyway": True}).json()["kind"] == "score"
    wish = {
        "tasks": ["denoise"], "objectives": ["lpips"], "preset": "tiny", "photograph_set": trained.SET,
        "scene_side": 64,
    }  # fmt: skip
    assert api.post("/api/v1/matrices/check", json=wish).json()["lacking"] == ["lpips"]
    assert api.post("/api/v1/matrices", json=wish).json()["type"] == "/errors#weights-not-at-hand"
    assert api.post("/api/v1/matrices", json=wish | {"anyway": True}).status_code == 200
    recoveries = {"photograph_set": trained.SET, "photograph": "photo 1", "measures": ["lpips"], "side": 64}
    assert api.post("/api/v1/recoveries", json=recoveries).json()["type"] == "/errors#weights-not-at-hand"
    assert api.post("/api/v1/recoveries", json=recoveries | {"anyway": True}).status_code == 200

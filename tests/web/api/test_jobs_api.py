"""Trainings over the API: launched once, however often they are asked for."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Job
from app.jobs import photograph_sets, store
from app.media import Media
from tests.web import trained

RECIPE = {"task": "denoise", "objective": "mae", "network": {"channels": 4, "blocks": 1}, "patch": 16, "steps": 10}


@pytest.fixture
def wish(database: Database, media: Media) -> dict[str, Any]:
    """A training on the photographs that there are."""
    trained.photographs(database, media)
    named = [
        {"name": one.name, "digest": one.digest} for one in photograph_sets.photographs(database, trained.SET).train
    ]
    return {"title": "mine", "spec": {"kind": "train", "recipe": RECIPE, "photographs": named}}


def test_the_same_training_is_launched_once(api: TestClient, database: Database, wish: dict[str, Any]) -> None:
    first, second = (api.post("/api/v1/jobs", json=wish | {"title": title}).json() for title in ("mine", "yours"))
    assert first["id"] == second["id"]
    assert [(one["found"], one["title"]) for one in (first, second)] == [(False, "mine"), (True, "mine")]
    assert first["spec"]["recipe"]["steps"] == 10
    assert len(store.listing(database)) == 1


def test_a_spec_that_names_no_kind_is_a_training(api: TestClient, database: Database, wish: dict[str, Any]) -> None:
    untold = {key: value for key, value in wish["spec"].items() if key != "kind"}
    first, second = (api.post("/api/v1/jobs", json=wish | {"spec": spec}) for spec in (untold, wish["spec"]))
    assert (first.status_code, first.json()["kind"], first.json()["found"]) == (200, "train", False)
    assert (second.json()["id"], second.json()["found"]) == (first.json()["id"], True)
    for spec in ({}, {"measures": ["mae"]}, wish["spec"] | {"kind": ["train"]}, ["train"], None):
        assert api.post("/api/v1/jobs", json=wish | {"spec": spec}).json()["type"] == "/errors#malformed-input"
    assert len(store.listing(database)) == 1


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"photographs": [{"name": "photo 0", "digest": "0" * 64}]}, "unknown-photograph"),
        ({"recipe": RECIPE | {"patch": 512}}, "photograph-too-small"),
        ({"recipe": RECIPE | {"objective": "beauty"}}, "unknown-measure"),
        ({"recipe": RECIPE | {"task": "dehaze"}}, "unknown-task"),
        ({"recipe": RECIPE | {"steps": "10"}}, "malformed-input"),
        ({"start_from": 77}, "job-not-found"),
        ({"start_from": 10**30}, "malformed-input"),
        ({"recipe": RECIPE | {"steps": 2**31}}, "malformed-input"),
        ({"kind": "render"}, "malformed-input"),
    ],
)
def test_a_training_that_cannot_be_is_refused_and_nothing_launched(
    api: TestClient, database: Database, wish: dict[str, Any], change: dict[str, Any], kind: str
) -> None:
    reply = api.post("/api/v1/jobs", json=wish | {"spec": wish["spec"] | change})
    assert reply.json()["type"] == f"/errors#{kind}"
    assert store.listing(database) == []


def test_a_training_begins_with_weights_of_its_own_kind_only(api: TestClient, wish: dict[str, Any]) -> None:
    first = api.post("/api/v1/jobs", json=wish).json()["id"]
    wider = RECIPE | {"network": {"channels": 8, "blocks": 1}}
    refused = api.post("/api/v1/jobs", json=wish | {"spec": wish["spec"] | {"recipe": wider, "start_from": first}})
    assert refused.json()["type"] == "/errors#unfit-start"
    follows = api.post("/api/v1/jobs", json=wish | {"spec": wish["spec"] | {"start_from": first}}).json()
    assert follows["needs"] == [first]


@pytest.mark.parametrize(
    ("condition", "scene"),
    [
        ("a\nb", "boat"), ("\u202eeam", "boat"), ("mae ", "boat"), ("../../mae", "boat"), ("reference", "boat"),
        ("degraded", "boat"), ("mae", ""), ("mae", "a\tb"), ("mae", "../../boat"), ("mae", "b" * 201),
    ],
)  # fmt: skip
def test_a_rendering_is_called_as_a_study_and_its_archive_can_say_it(
    api: TestClient, database: Database, media: Media, condition: str, scene: str
) -> None:
    trained.photographs(database, media)
    (photograph, *_) = photograph_sets.photographs(database, trained.SET).test
    cut = {"photograph": {"name": photograph.name, "digest": photograph.digest}, "left": 0, "top": 0}
    spec = {
        "kind": "render", "task": "denoise", "condition": condition, "baseline": "input",
        "scenes": [cut | {"name": scene, "width": 16, "height": 16}],
    }  # fmt: skip
    reply = api.post("/api/v1/jobs", json={"spec": spec})
    assert (reply.status_code, reply.json()["type"]) == (422, "/errors#bad-rendering")
    checked = api.post("/api/v1/jobs/check", json={"specs": [spec]}).json()
    assert len(checked["problems"]) == 1
    assert store.listing(database) == []
    fine = spec | {"condition": "input", "scenes": [cut | {"name": "boat 1", "width": 16, "height": 16}]}
    assert api.post("/api/v1/jobs", json={"spec": fine}).status_code == 200


def test_a_title_that_turns_its_text_is_refused(api: TestClient, wish: dict[str, Any]) -> None:
    for title in ("\u202eenim", "a\u2028b"):
        assert api.post("/api/v1/jobs", json=wish | {"title": title}).json()["type"] == "/errors#malformed-input"


def test_a_matrix_is_launched_once_and_its_jobs_can_be_followed(
    api: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    matrix = {
        "tasks": ["denoise"], "objectives": ["mae", "gmsd"], "preset": "tiny", "photograph_set": trained.SET,
        "scene_side": 64,
    }  # fmt: skip
    first, again = (api.post("/api/v1/matrices", json=matrix).json() for _ in range(2))
    assert first == again
    assert [cell["condition"] for cell in first["items"]] == ["mae", "gmsd"]
    page = api.get("/api/v1/jobs?limit=7&state=queued").json()
    assert [job["id"] for job in page["items"]] == [9, 8, 7, 6, 5, 4, 3]
    assert [job["id"] for job in api.get(f"/api/v1/jobs?after={page['next']}").json()["items"]] == [2, 1]
    cancelled = api.post("/api/v1/jobs/1/cancel").json()
    assert cancelled["state"] == "cancelled"
    assert api.get("/api/v1/jobs/2").json()["state"] == "failed"
    assert [api.post("/api/v1/jobs/1/retry").json()["state"] for _ in range(2)] == ["queued", "queued"]
    assert api.get("/api/v1/jobs/2").json()["state"] == "queued"


def test_a_curve_its_scenes_and_its_log_are_read(api: TestClient, database: Database, media: Media) -> None:
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    done = matrix.trainings["denoise", "mae"]
    refused = api.post(f"/api/v1/jobs/{done}/retry").json()
    assert (refused["type"], refused["state"]) == ("/errors#not-finished", "succeeded")
    assert api.get(f"/api/v1/jobs/{done}").json()["result"]["psnr"] == 31.42
    running = matrix.trainings["denoise", "ms_ssim"]
    steps = [point["step"] for point in api.get(f"/api/v1/jobs/{running}/curve").json()["items"]]
    assert steps == sorted(steps)
    log = api.get(f"/api/v1/jobs/{done}/log")
    assert (log.text, log.headers["content-type"].startswith("text/plain")) == ("", True)
    with database.write() as db:
        told = db.get_one(Job, done)
        told.log, told.log_worker, told.log_attempt = "step 1\nstep 2", "lab-7", 1
    assert api.get(f"/api/v1/jobs/{done}/log").text == "step 1\nstep 2"
    whole = api.get(f"/api/v1/jobs/{done}").json()
    assert (whole["log_worker"], whole["log_attempt"]) == ("lab-7", 1)
    assert api.get("/api/v1/jobs/999/log").json()["type"] == "/errors#job-not-found"
    assert api.get("/api/v1/workers").json()["items"]
    (one,) = api.get("/api/v1/photographs").json()["items"]
    found = api.get(f"/api/v1/photographs/{one['name']}").json()
    assert len(found["train"]) == one["train"]
    assert api.get("/api/v1/photographs/none").json()["type"] == "/errors#unknown-set"

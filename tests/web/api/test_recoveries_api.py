"""Scores and recoveries over the API: launched as trainings are, and found again."""

from fastapi.testclient import TestClient

from app.db import Database
from app.jobs import store
from app.media import Media
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

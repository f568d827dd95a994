"""Sets of photographs over the API, from the first zip to their removal."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.web.tokens import Scope
from tests.studies.test_photo_archive import packed, png
from tests.web.api.conftest import Script

pytestmark = pytest.mark.one_database
ZIP = {"Content-Type": "application/zip"}


def test_a_script_brings_a_set_looks_at_it_describes_it_and_removes_it(script: Script, tmp_path: Path) -> None:
    api, reader = script(), script(Scope.JOBS_READ)
    data = packed(tmp_path / "a.zip", {f"fell {n}.png": png(n) for n in range(4)}).read_bytes()
    where = "/api/v1/photographs/moors"
    assert reader.post(where, content=data, headers=ZIP).status_code == 403
    told = api.post(f"{where}?test=fell%203&source=ada", content=data, headers=ZIP).json()
    assert ([one["name"] for one in told["train"]], len(told["test"])) == (["fell 0", "fell 1", "fell 2"], 1)
    assert told["train"][0]["encoded"] == "PNG"
    assert api.get(f"/api/v1/pictures/{told['train'][0]['digest']}.png").status_code == 200
    (one,) = api.get("/api/v1/photographs").json()["items"]
    assert (one["train"], one["test"], one["licence"], one["source"], one["added_by"]) == (3, 1, "", "ada", "ada")
    texts = [finding["text"] for finding in api.get(f"{where}/check").json()["findings"]]
    assert any("under which licence" in text for text in texts)
    assert api.patch(where, json={"licence": "CC0"}).json()["licence"] == "CC0"
    assert api.patch(where, json={"name": "fells"}).status_code == 422
    assert api.post(f"{where}/restore").json()["removed_at"] is None
    assert api.delete(where).json() == {"name": "moors", "kept_for_jobs": False}
    assert api.delete(where).status_code == 404


def test_a_zip_with_anything_wrong_brings_nothing_and_says_what(api: TestClient, tmp_path: Path) -> None:
    data = packed(tmp_path / "a.zip", {"a.png": b"<svg/>", "b.png": png(1)}).read_bytes()
    reply = api.post("/api/v1/photographs/moors", content=data, headers=ZIP)
    assert (reply.status_code, reply.json()["type"].endswith("bad-photographs")) == (422, True)
    assert "'a' is not a picture" in reply.json()["detail"]
    assert api.post("/api/v1/photographs/moors", content=data).status_code == 415
    assert api.post("/api/v1/photographs/moors?share=2", content=data, headers=ZIP).status_code == 422
    assert api.get("/api/v1/photographs").json()["items"] == []

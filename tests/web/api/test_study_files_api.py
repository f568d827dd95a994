"""Studies as files over the API: told, and made again."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Role
from app.media import Media
from app.studies import as_file, members, service
from app.web import login, tokens
from app.web.tokens import Scope
from tests.web import small_study

pytestmark = pytest.mark.one_database
YAML = {"Content-Type": "application/yaml"}


def test_a_study_is_told_as_a_file_and_made_of_it_again(
    api: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures)
    told = api.get(f"/api/v1/studies/{study}/study.yaml")
    assert told.headers["content-type"].startswith("application/yaml")
    made = api.post("/api/v1/studies/from-file", content=told.content, headers=YAML)
    assert made.status_code == 201
    assert made.json()["state"] == "draft"
    assert as_file.described(database, made.json()["id"]) == as_file.described(database, study)


def test_a_file_that_does_not_fit_makes_nothing_and_says_where(api: TestClient, database: Database) -> None:
    for text, kind in (
        ("title: t\nprotocol: {catch_trial: 1}\n", "bad-study-file"),
        ("title: t\nstimuli: {folder: /etc}\n", "bad-study-file"),
        ("title: t\nstimuli: {renderings: [7]}\n", "stimuli-refused"),
        ("title: ' '\n", "bad-title"),
    ):
        reply = api.post("/api/v1/studies/from-file", content=text.encode(), headers=YAML)
        assert reply.status_code == 422
        assert reply.json()["type"].endswith(kind)
    assert "line 2" in api.post("/api/v1/studies/from-file", content=b"title: t\ntitle: u", headers=YAML).text
    assert api.post("/api/v1/studies/from-file", json={"title": "t"}).status_code == 415
    assert service.listing(database) == []


def test_a_hash_in_a_file_brings_nobody_a_picture_of_a_study_in_which_they_have_no_role(
    api: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures)
    told = api.get(f"/api/v1/studies/{study}/study.yaml").content
    digest = as_file.described(database, study).stimuli.pictures[small_study.TASK]["reference"]["scene_parrots"]
    login.create_account(database, "rosa", None, creates=True)
    rosa = {"Authorization": f"Bearer {tokens.make(database, 'rosa', 'a script', list(Scope), days=1)}"}
    refused = api.post("/api/v1/studies/from-file", content=told, headers=YAML | rosa)
    assert refused.status_code == 422
    assert "this installation has no picture" in refused.json()["detail"]  # as of one that is not there
    assert api.get(f"/api/v1/pictures/{digest}.png", headers=rosa).status_code == 404
    members.give(database, study, "rosa", Role.VIEWER)
    assert api.post("/api/v1/studies/from-file", content=told, headers=YAML | rosa).status_code == 201
    members.remove(database, study, "rosa")
    assert api.get(f"/api/v1/pictures/{digest}.png", headers=rosa).status_code == 200  # of the study of her own

"""Values of measures over the API, and how far they agree with the subjects."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Role
from app.media import Media
from app.settings import Settings
from app.studies import measured, members
from app.web import login, tokens
from app.web.tokens import Scope
from tests.web import small_study
from tests.web.api.conftest import Script
from tests.web.test_agreement_page import values_csv
from tests.web.test_monitor import sit

CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def study(database: Database, media: Media, settings: Settings, tmp_path: Path) -> int:
    pictures = small_study.paint(tmp_path / "pictures", 32, 24)
    made = small_study.create(database, media, pictures, is_demo=True)
    for _ in range(2):
        sit(database, settings, made, simulated=True)
    return made


def test_a_script_brings_values_in_once_however_often_it_sends_them(
    script: Script,
    study: int,
    database: Database,
) -> None:
    api, address = script(), f"/api/v1/studies/{study}/measures"
    first = api.put(f"{address}?name=run-7.csv", content=values_csv(), headers=CSV)
    assert (first.status_code, first.json()["added"], first.json()["name"]) == (200, 6, "run-7.csv")
    second = api.put(address, content=values_csv(), headers=CSV).json()
    assert (second["added"], second["unchanged"]) == (0, 6)
    other = api.put(address, content=values_csv(add=0.5, rows=1), headers=CSV)
    assert (other.status_code, other.json()["type"].rpartition("/")[2].rpartition("#")[2]) == (409, "measures-differ")
    replaced = api.put(f"{address}?replace=true", content=values_csv(add=0.5, rows=1), headers=CSV).json()
    assert replaced["replaced_count"] == 1
    assert replaced["replaced"][0].startswith("line 2: mae of")
    assert len(measured.held(database, study)) == 6
    found = api.get(f"/api/v1/studies/{study}/results/agreement").json()
    assert {row["measure"] for row in found["tasks"][0]["measures"]} == {"mae"}
    assert len(found["tasks"][0]["ranks"]) == 3
    assert [row["who"] for row in found["overall"]] == ["measure", "one person", "majority of the others"]


def test_a_script_without_the_scope_or_with_another_kind_of_body_is_refused(
    script: Script,
    study: int,
    database: Database,
) -> None:
    address = f"/api/v1/studies/{study}/measures"
    assert script(Scope.RESULTS_READ).put(address, content=values_csv(), headers=CSV).status_code == 403
    api = script(Scope.STUDIES_WRITE)
    assert api.put(address, json={"task": "denoise"}).status_code == 415
    assert api.put(address, content="nothing", headers=CSV).status_code == 422
    assert api.put("/api/v1/studies/99/measures", content=values_csv(), headers=CSV).status_code == 404
    assert measured.held(database, study) == []


def test_values_of_a_study_that_an_account_does_not_run_are_not_replaced_by_way_of_its_own(
    script: Script, study: int, database: Database, media: Media, web: FastAPI, tmp_path: Path
) -> None:
    assert script().put(f"/api/v1/studies/{study}/measures", content=values_csv(), headers=CSV).status_code == 200
    before = [one.value for one in measured.held(database, study)]
    login.create_account(database, "rosa", None)
    pictures = small_study.paint(tmp_path / "copies", 32, 24)
    own = small_study.create(database, media, pictures)
    members.give(database, own, "rosa", Role.OWNER)
    token = tokens.make(database, "rosa", "a script", list(Scope), days=1)
    with TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"}) as client:
        reply = client.put(f"/api/v1/studies/{own}/measures?replace=true", content=values_csv(add=0.3), headers=CSV)
    assert (reply.status_code, reply.json()["type"], reply.json()["studies"]) == (403, "/errors#measures-of-others", 1)
    assert str(study) not in reply.json()["detail"]
    assert [one.value for one in measured.held(database, study)] == before

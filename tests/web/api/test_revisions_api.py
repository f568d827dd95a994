"""Scripts that change a draft name the revision they have read, and learn of what changed since."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import StudyState
from app.media import Media
from app.studies import service
from app.studies.protocol import Protocol
from tests.web import small_study

pytestmark = pytest.mark.one_database


def test_a_change_of_what_another_has_changed_is_refused_with_the_present_revision(
    api: TestClient, database: Database
) -> None:
    made = api.post("/api/v1/studies", json={"title": "Shared"}).json()
    study, address = made["id"], f"/api/v1/studies/{made['id']}"
    assert made["revision"] == 0
    old = {"If-Match": '"0"'}
    assert api.patch(address, json={"title": "First"}, headers=old).json()["revision"] == 1
    refused = api.put(f"{address}/protocol", json={"catch_trials": 9}, headers=old)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("draft-changed")
    assert refused.json()["revision"] == 1
    assert [(one["who"], one["settings"]) for one in refused.json()["changes"]] == [("ada", ["title"])]
    assert service.get(database, study).protocol == Protocol()
    assert api.put(f"{address}/protocol", json={"catch_trials": 9}, headers={"If-Match": "1"}).status_code == 200
    assert api.patch(address, json={"title": "Any"}, headers={"If-Match": "*"}).status_code == 200
    assert api.patch(address, json={"title": "Any"}, headers={"If-Match": "x"}).status_code == 422


@pytest.mark.parametrize("move", ["open", "pilot"])
def test_a_draft_is_frozen_as_it_was_read_or_not_at_all(
    api: TestClient, database: Database, media: Media, tmp_path: Path, move: str
) -> None:
    study = small_study.create(database, media, small_study.paint(tmp_path / "pictures", 32, 24), opened=False)
    address = f"/api/v1/studies/{study}"
    read = api.get(address).json()["revision"]
    api.patch(address, json={"title": "Renamed"})
    refused = api.post(f"{address}/{move}", headers={"If-Match": f'"{read}"'})
    assert (refused.status_code, refused.json()["revision"]) == (409, read + 1)
    assert [one["settings"] for one in refused.json()["changes"]] == [["title"]]
    assert service.get(database, study).state is StudyState.DRAFT
    assert api.post(f"{address}/{move}", headers={"If-Match": str(read + 1)}).status_code == 200
    assert service.get(database, study).state.value.startswith(move)


def test_some_settings_are_changed_beside_what_another_changes_and_not_over_it(
    api: TestClient, database: Database
) -> None:
    study = api.post("/api/v1/studies", json={"title": "Shared"}).json()["id"]
    address, old = f"/api/v1/studies/{study}/protocol", {"If-Match": '"0"'}
    assert api.patch(address, json={"catch_trials": 9}, headers=old).json()["catch_trials"] == 9
    other = api.patch(address, json={"allow_tie": True, "questionnaire": []}, headers=old)
    assert other.status_code == 200
    assert other.json() == api.get(address).json()
    wanted = Protocol(catch_trials=9, allow_tie=True, questionnaire=())
    assert service.get(database, study).protocol == wanted
    refused = api.patch(address, json={"catch_trials": 3}, headers=old)
    assert (refused.status_code, refused.json()["revision"]) == (409, 2)
    assert [one["settings"] for one in refused.json()["changes"]] == [["catch_trials"], ["questionnaire", "allow_tie"]]
    assert api.patch(address, json={}, headers=old).json()["catch_trials"] == 9
    assert service.get(database, study).protocol == wanted


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"catch_trials": "9"}, "malformed-input"), ({"catch_trial": 9}, "malformed-input"),
        ({"catch_trials": -1}, "malformed-input"), ({"catch_failures_allowed": 3}, "bad-protocol"), ([], None),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_the_drafts_others_change_nothing(
    api: TestClient, database: Database, sent: object, kind: str | None
) -> None:
    before = Protocol(catch_trials=3)
    study = service.create(database, "A draft", before)
    refused = api.patch(f"/api/v1/studies/{study}/protocol", json=sent)
    assert refused.status_code == 422
    assert kind is None or refused.json()["type"].endswith(f"#{kind}")
    assert service.get(database, study).protocol == before


def test_a_setting_that_fits_the_drafts_others_is_taken_though_it_does_not_fit_the_defaults(
    api: TestClient, database: Database
) -> None:
    usual = Protocol()
    study = service.create(database, "A draft", Protocol(catch_trials=1, catch_failures_allowed=0))
    address = f"/api/v1/studies/{study}/protocol"
    wanted = {"catch_failures_allowed": usual.catch_trials}
    assert api.patch(address, json={"catch_trials": usual.catch_trials + 1}).status_code == 200
    assert api.patch(address, json=wanted).json()["catch_failures_allowed"] == usual.catch_trials

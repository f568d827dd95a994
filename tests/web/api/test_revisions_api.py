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

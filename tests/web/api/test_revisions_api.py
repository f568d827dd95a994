"""Scripts that change a draft name the revision they have read, and learn of what changed since."""

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.studies import service
from app.studies.protocol import Protocol

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

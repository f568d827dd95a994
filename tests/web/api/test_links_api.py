"""Links over the API: what the desk's tab can do, scripts can do."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from tests.web import small_study


@pytest.fixture
def address(database: Database, media: Media, pictures: Path) -> str:
    return f"/api/v1/studies/{small_study.create(database, media, pictures, public_quota=2)}"


def test_links_are_made_read_as_table_and_cards_and_taken_back(api: TestClient, address: str) -> None:
    assert api.post(f"{address}/invitations", json={"labels": ["ada", "grace"]}).status_code == 200
    assert api.get(f"{address}/links.csv").text.startswith("label,state,link\nada,not begun,http://localhost/p/")
    assert api.get(f"{address}/links.pdf?paper=letter").content.startswith(b"%PDF")
    left = api.post(f"{address}/invitations/take-back", json={"label": "ada"}).json()["items"]
    assert [one["label"] for one in left] == ["grace"]
    assert api.post(f"{address}/invitations/take-back", json={"label": "ada"}).status_code == 404


def test_the_public_link_tells_its_places_and_what_services_need(api: TestClient, address: str) -> None:
    told = api.get(f"{address}/links").json()
    assert (told["quota"], told["taken"]) == (2, 0)
    assert [one["service"] for one in told["services"]] == ["prolific", "mturk", "sona"]
    assert told["services"][0]["paste"].startswith(told["public"] + "?PROLIFIC_PID=")
    assert any("`completed_code` is empty" in sentence for sentence in told["services"][0]["missing"])

"""What a subject reads, and a program gets, where a request does not fit."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from tests.web import small_study


@pytest.fixture
def join(settings: Settings, database: Database, media: Media, pictures: Path) -> str:
    study = small_study.create(database, media, pictures)
    return f"/join/{links.public_token(database, settings.secret(), study)}"


@pytest.fixture
def client(web: FastAPI) -> TestClient:
    return TestClient(web, base_url="http://localhost")


def test_consent_without_the_tick_is_none(client: TestClient, join: str) -> None:
    page = client.post(join)
    (form,) = read_page(page.text)[1]
    fields = dict(form.fields)
    del fields["agreed"]
    reply = client.post(form.action, data=fields)
    assert (reply.status_code, read_page(reply.text)[0]) == (409, "stopped")
    assert read_page(client.get(page.url.path).text)[0] == "consent"
    assert '<input type="checkbox" name="agreed" value="yes" required' in page.text


def test_a_malformed_form_and_a_wrong_method_are_told_on_the_subjects_surface(client: TestClient, join: str) -> None:
    session = client.post(join).url.path
    for reply, status, heading in (
        (client.post(f"{session}/consent", data={}), 422, "That cannot be used"),
        (client.get(f"{session}/consent"), 405, "Not this way"),
        (client.delete(join), 405, "Not this way"),
        (client.get(f"{session}/trials/abc/middle.png"), 404, "Nothing here"),
    ):
        assert (reply.status_code, read_page(reply.text)[0]) == (status, "stopped")
        assert f"<h1>{heading}</h1>" in reply.text
        assert 'class="subject"' in reply.text


def test_a_program_gets_the_same_refusals_as_json(client: TestClient, join: str) -> None:
    session = client.post(join).url.path
    asked = {"Accept": "application/json"}
    for reply, status in (
        (client.post(f"{session}/consent", data={}, headers=asked), 422),
        (client.get(f"{session}/consent", headers=asked), 405),
    ):
        assert reply.status_code == status
        assert reply.json()["detail"]


def test_a_flood_of_faults_gets_a_short_reply(client: TestClient, join: str) -> None:
    session = client.post(join).url.path
    for message in (
        {f"key{number}": 1 for number in range(20_000)},
        {"x" * 100_000: 1},
        {"side": "left", "elapsed_ms": "9" * 100_000},
    ):
        reply = client.put(f"{session}/trials/abc/vote", json=message)
        assert reply.status_code == 422
        assert len(reply.content) < 2000

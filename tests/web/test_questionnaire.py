"""The page that asks subjects about themselves: in their language, and given back whole where something is wrong."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.db import Database
from app.db.models import Questionnaire
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from app.studies.wording import QUESTIONNAIRE
from app.web.app import create_app
from tests.web import small_study

WHOLE = {"q_age": "34", "q_sex": "other", "q_vision": "not well", "q_expertise": "in a study"}
OWN = ("town | Which town? | text", *map(str, QUESTIONNAIRE))


@pytest.fixture
def client(settings: Settings, database: Database, media: Media) -> Iterator[TestClient]:
    with TestClient(create_app(settings, database, media), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def page(client: TestClient, settings: Settings, database: Database, media: Media, tmp_path: Path) -> Response:
    """The questionnaire of a session that has just agreed."""
    study = small_study.create(database, media, small_study.paint(tmp_path / "p"), questionnaire=OWN)
    consent = client.post(f"/join/{links.public_token(database, settings.secret(), study)}", data={"locale": "en"})
    (form,) = [form for form in read_page(consent.text)[1] if form.step]
    return client.post(form.action, data=form.fields)


def test_the_page_asks_every_question_and_what_a_simulated_subject_says_is_stored(
    client: TestClient, page: Response, database: Database
) -> None:
    stage, forms = read_page(page.text)
    assert stage == "questionnaire"
    for asked in QUESTIONNAIRE:
        assert asked.label in page.text
    (form,) = [form for form in forms if form.step]
    assert read_page(client.post(form.action, data=form.fields).text)[0] == "instructions"
    with database.read() as db:
        assert db.scalars(select(Questionnaire.answers)).all() == [
            {
                "town": "simulated",
                "age": 16,
                "sex": "I prefer not to say",
                "vision": "not well",
                "expertise": "in my work",
            }
        ]


def test_nothing_is_lost_where_something_is_wrong_and_the_fault_stands_beside_its_question(
    client: TestClient, page: Response, database: Database
) -> None:
    said = {**WHOLE, "q_town": '"><b>Ulm', "q_age": "seven", "q_sex": ""}
    again = client.post(f"{page.url.path}/questionnaire", data=said)
    assert (again.status_code, read_page(again.text)[0]) == (422, "questionnaire")
    assert "2 answers are missing or do not fit." in again.text
    assert "Please write a whole number, in digits." in again.text
    assert "Please answer this question." in again.text
    assert 'value="seven"' in again.text
    assert "&lt;b&gt;Ulm" in again.text
    assert "<b>Ulm" not in again.text
    assert re.findall(r'value="([^"]*)" checked', again.text) == ["not well", "in a study"]
    assert re.findall(r'aria-describedby="([^"]*)"', again.text) == re.findall(
        r'class="wrong" id="([^"]*)"', again.text
    )
    with database.read() as db:
        assert db.scalars(select(Questionnaire.session_id)).all() == []


def test_a_program_is_told_what_does_not_fit(client: TestClient, page: Response) -> None:
    reply = client.post(f"{page.url.path}/questionnaire", data={}, headers={"Accept": "application/json"})
    assert reply.status_code == 422
    assert "town (missing)" in reply.json()["detail"]


def test_other_answers_afterwards_are_refused_on_a_page_that_leads_back(client: TestClient, page: Response) -> None:
    address = f"{page.url.path}/questionnaire"
    said = {**WHOLE, "q_town": "Ulm"}
    assert read_page(client.post(address, data=said).text)[0] == "instructions"
    assert read_page(client.post(address, data=said).text)[0] == "instructions"
    other = client.post(address, data={**said, "q_age": "43"})
    assert other.status_code == 409
    assert "have answered these questions before" in other.text
    assert page.url.path in other.text

"""Somebody comes back: by which link, in which browser, and to which state of the study."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.db import Database
from app.media import Media
from app.sessions import enrol, links
from app.settings import Settings
from app.simulation.forms import read_page
from app.studies import moves
from tests.web import small_study


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, practice_trials=0)


@pytest.fixture
def join(database: Database, settings: Settings, study: int) -> str:
    return f"/join/{links.public_token(database, settings.secret(), study)}"


@pytest.fixture
def client(web: FastAPI) -> TestClient:
    return TestClient(web, base_url="http://localhost")


def press(client: TestClient, page: Response) -> Response:
    (form,) = [form for form in read_page(page.text)[1] if form.step]
    return client.post(form.action, data=form.fields)


def answer(client: TestClient, session: str, at_most: int = 100) -> None:
    """Agrees, starts, and answers so many trials, or all."""
    while read_page((page := client.get(session)).text)[0] != "end":
        if read_page(page.text)[0] != "block":
            press(client, page)
        for trial in client.get(f"{session}/trials").json()["trials"]:
            client.put(trial["vote"], json={"side": "left"})
            at_most -= 1
            if not at_most:
                return


def personal(client: TestClient, database: Database, session: str) -> str:
    secret = client.app.state.context.secret
    return f"/p/{enrol.personal_link_of(database, secret, session.rsplit('/', 1)[1])}"


def sessions(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() or 0)


def test_the_public_link_offers_the_session_that_this_browser_holds_first(
    client: TestClient, join: str, database: Database
) -> None:
    session = press(client, client.get(join)).url.path
    answer(client, session, 2)
    landing = client.get(join)
    assert "2 of 8 pairs are answered" in landing.text
    first, second = read_page(landing.text)[1]
    assert client.post(first.action, data=first.fields).url.path == session
    assert sessions(database) == 1
    assert client.post(second.action, data=second.fields).url.path != session
    assert sessions(database) == 2


def test_the_public_link_offers_no_session_of_another_study_no_pilot_and_no_finished_one(
    client: TestClient, join: str, study: int, settings: Settings, database: Database, media: Media, pictures: Path
) -> None:
    other = small_study.create(database, media, pictures)
    for link in (
        f"/join/{links.public_token(database, settings.secret(), other)}",
        f"/join/{links.pilot_token(database, settings.secret(), study)}",
    ):
        press(client, client.get(link))
        assert "Continue your session" not in client.get(join).text
        assert "Continue your session" in client.get(link).text
    answer(client, press(client, client.get(join)).url.path)
    assert "Continue your session" not in client.get(join).text


def test_a_forged_cookie_names_no_session(client: TestClient, join: str) -> None:
    session = press(client, client.get(join)).url.path
    token = session.rsplit("/", 1)[1]
    for forged in ("", ".", token, f"{token}.", f"{token}.{'A' * 43}"):
        stranger = TestClient(client.app, base_url="http://localhost", headers={"Cookie": f"beholder_session={forged}"})
        assert stranger.get(session).status_code == 403
        assert "Continue your session" not in stranger.get(join).text


def test_a_personal_link_shows_the_end_and_a_pause_at_once_and_without_effect(
    client: TestClient, web: FastAPI, join: str, study: int, database: Database
) -> None:
    session = press(client, client.get(join)).url.path
    link = personal(client, database, session)
    answer(client, session, 3)
    elsewhere = TestClient(web, base_url="http://localhost")
    assert "Welcome back" in elsewhere.get(link).text
    moves.pause(database, study)
    for browser in (client, elsewhere):
        paused = browser.get(link)
        assert (paused.status_code, read_page(paused.text)) == (200, ("paused", []))
        assert "3 of 8 pairs" in paused.text
    moves.resume(database, study)
    answer(client, session)
    done = elsewhere.get(link)
    assert read_page(done.text) == ("end", [])
    assert "completion code" in done.text
    assert session not in done.text  # a browser that does not hold the session is not told its address
    assert not elsewhere.cookies


@pytest.mark.parametrize("answered", [0, 3])
def test_a_closed_study_says_that_what_was_answered_counts(
    client: TestClient, web: FastAPI, join: str, study: int, database: Database, answered: int
) -> None:
    session = press(client, client.get(join)).url.path
    if answered:
        answer(client, session, answered)
    moves.close(database, study)
    for address in (session, join, personal(client, database, session)):
        page = client.get(address)
        assert "The study has ended" in page.text
        assert f"{answered} of 8 pairs" in page.text
        assert ("what you answered counts" in page.text) == bool(answered)

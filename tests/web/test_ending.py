"""The beginning and the end as a browser meets them: recruiting services, codes, withdrawal, the next subject."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from app.db import Database
from app.db.models import Consent, ExternalId, Outcome, Session
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from app.studies import moves
from tests.web import small_study
from tests.web.test_subject_returning import answer, personal, press, sessions

PROLIFIC = "?PROLIFIC_PID=5f1e0c&STUDY_ID=60aa&SESSION_ID=61bb"
MTURK = "?assignmentId=3OLF&hitId=3QTF&workerId=A2QX&turkSubmitTo=https://workersandbox.mturk.com"


def study_with(database: Database, media: Media, pictures: Path, **settings: Any) -> int:
    return small_study.create(database, media, pictures, practice_trials=0, **settings)


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    url = "https://app.prolific.example/complete?cc={code}&who={participant}"
    return study_with(database, media, pictures, completed_code="C0DE", completed_url=url)


@pytest.fixture
def join(database: Database, settings: Settings, study: int) -> str:
    return f"/join/{links.public_token(database, settings.secret(), study)}"


@pytest.fixture
def client(web: FastAPI) -> TestClient:
    return TestClient(web, base_url="http://localhost")


def elsewhere(client: TestClient) -> TestClient:
    return TestClient(client.app, base_url="http://localhost")


def test_a_participant_of_prolific_goes_through_and_back(client: TestClient, join: str, database: Database) -> None:
    landing = client.get(join + PROLIFIC)
    assert sessions(database) == 0
    begun = press(client, landing)
    session = begun.url.path
    answer(client, session, 3)
    assert press(elsewhere(client), elsewhere(client).get(join + PROLIFIC)).url.path == session
    answer(client, session)
    done = client.get(session)
    assert 'href="https://app.prolific.example/complete?cc=C0DE&amp;who=5f1e0c"' in done.text
    assert "Back to Prolific" in done.text
    assert "Next subject" not in done.text
    assert sessions(database) == 1


def test_a_participant_who_comes_back_to_a_closed_study_gets_the_code_again(
    client: TestClient, join: str, database: Database, study: int
) -> None:
    session = press(client, client.get(join + PROLIFIC)).url.path
    answer(client, session)
    moves.close(database, study)
    for browser in (client, elsewhere(client)):
        back = press(browser, browser.get(join + PROLIFIC))
        assert (back.status_code, back.url.path, "C0DE" in back.text) == (200, session, True)


def test_the_number_of_a_participant_is_on_no_page_of_the_session_but_its_last(client: TestClient, join: str) -> None:
    session = press(client, client.get(join + PROLIFIC)).url.path
    assert "5f1e0c" not in session + client.get(session).text
    assert "5f1e0c" not in client.get(join).text


def test_what_a_service_did_not_fill_in_is_refused_in_a_subjects_words(
    client: TestClient, join: str, database: Database
) -> None:
    for query in ("?PROLIFIC_PID=", "?PROLIFIC_PID=%7B%7B%25PROLIFIC_PID%25%7D%7D", "?id=%3Cb%3E"):
        page = client.get(join + query)
        assert (page.status_code, "This link is not complete" in page.text) == (422, True)
    for sent in ("PROLIFIC_PID=%00", "&".join("ab") * 200, "id=;&id=<", "x" * 2001):
        assert client.post(join, data={"sent": sent}).status_code == 422
    assert sessions(database) == 0


def test_a_preview_of_mturk_begins_nothing(client: TestClient, join: str, database: Database) -> None:
    page = client.get(join + "?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=3QTF")
    assert (page.status_code, read_page(page.text)[1]) == (409, [])
    assert "This is a preview" in page.text
    assert client.post(join, data={"sent": "assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE"}).status_code == 409
    assert sessions(database) == 0


def test_mturk_gets_a_form_that_only_that_page_may_send(
    client: TestClient, database: Database, media: Media, pictures: Path, settings: Settings
) -> None:
    join = f"/join/{links.public_token(database, settings.secret(), study_with(database, media, pictures))}"
    session = press(client, client.get(join + MTURK)).url.path
    assert client.get(session).headers["content-security-policy"].endswith("form-action 'self'")
    answer(client, session)
    done = client.get(session)
    form = next(form for form in read_page(done.text)[1] if "mturk" in form.action)
    assert form.action == "https://workersandbox.mturk.com/mturk/externalSubmit"
    assert form.fields["assignmentId"] == "3OLF"
    policy = done.headers["content-security-policy"]
    assert policy.endswith("form-action 'self' https://workersandbox.mturk.com")


def test_a_small_number_proves_nothing_in_another_browser(client: TestClient, join: str, database: Database) -> None:
    session = press(client, client.get(join + "?survey_code=713")).url.path
    other = elsewhere(client)
    refused = press(other, other.get(join + "?survey_code=713"))
    assert (refused.status_code, "personal link" in refused.text) == (409, True)
    assert press(client, client.get(join + "?survey_code=713")).url.path == session
    assert sessions(database) == 1


def test_the_consent_is_stored_with_the_text_in_the_sessions_language(
    client: TestClient, join: str, database: Database
) -> None:
    session = press(client, client.get(join)).url.path
    press(client, client.get(session))
    with database.read() as db:
        (agreed,) = db.query(Consent).all()
    assert agreed.text is not None
    assert "You can also withdraw" in agreed.text
    assert client.post(f"{session}/consent", data={"text_hash": "0" * 64, "agreed": "yes"}).status_code == 409


def test_a_subject_withdraws_by_the_session_or_by_the_personal_link_of_a_closed_study(
    client: TestClient, join: str, database: Database, study: int
) -> None:
    session = press(client, client.get(join + PROLIFIC)).url.path
    answer(client, session, 3)
    link = personal(client, database, session)
    page = client.get(f"{session}/withdraw")
    (form,) = read_page(page.text)[1]
    assert (form.action, form.step) == (f"{session}/withdraw", "")
    refused = client.post(form.action, data={})
    assert (refused.status_code, "Nothing was withdrawn" in refused.text) == (422, True)
    moves.close(database, study)
    other = elsewhere(client)
    assert f"{link}/withdraw" in other.get(link).text
    (form,) = read_page(other.get(f"{link}/withdraw").text)[1]
    withdrawn = other.post(form.action, data=form.fields)
    assert (withdrawn.url.path, read_page(withdrawn.text)[0]) == (link, "withdrawn")
    assert read_page(client.get(session).text)[0] == "withdrawn"
    assert read_page(client.get(f"{session}/withdraw").text)[0] == "withdrawn"
    with database.read() as db:
        assert db.query(ExternalId).all() == []


def test_an_answer_after_the_withdrawal_is_told_to_be_forgotten(client: TestClient, join: str) -> None:
    session = press(client, client.get(join)).url.path
    answer(client, session, 1)
    trial = client.get(f"{session}/trials").json()["trials"][0]
    client.post(f"{session}/withdraw", data={"agreed": "yes"})
    reply = client.put(trial["vote"], json={"side": "left"})
    assert (reply.status_code, reply.json()["trial"]) == (410, trial["token"])


def test_the_code_of_the_others_is_on_no_page_of_a_withdrawal(
    client: TestClient, database: Database, media: Media, pictures: Path, settings: Settings
) -> None:
    number = study_with(database, media, pictures, completed_code="GOODCODE", failed_url="https://p.example")
    session = press(client, client.get(f"/join/{links.public_token(database, settings.secret(), number)}")).url.path
    answer(client, session)
    with database.write() as db:  # whatever was answered
        db.execute(update(Session).values(outcome=Outcome.FAILED_CHECKS, completion_code="GOODCODE"))
    before = client.get(f"{session}/withdraw").text
    after = client.post(f"{session}/withdraw", data={"agreed": "yes"}).text
    assert ("GOODCODE" in before + after, "You get no completion code" in before) == (False, True)
    assert ("stays good" in after, read_page(after)[0]) == (False, "withdrawn")


def test_the_next_subject_at_a_shared_computer_begins_at_the_landing_page(client: TestClient, join: str) -> None:
    session = press(client, client.get(join)).url.path
    answer(client, session)
    assert "Next subject" in client.get(session).text
    landing = client.post(f"{session}/leave")
    assert (landing.url.path, read_page(landing.text)[0]) == (join, "landing")
    assert "Continue your session" not in landing.text
    assert not client.cookies
    assert client.get(session).status_code == 403


def test_after_a_personal_link_nobody_is_shown_the_link_for_everybody(
    client: TestClient, join: str, database: Database
) -> None:
    session = press(elsewhere(client), elsewhere(client).get(join)).url.path
    link = personal(client, database, session)
    press(client, client.get(link))
    assert client.post(f"{session}/leave").url.path == "/"

"""A subject's pages: from the link to the completion code, and everything that may stand between."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from app.studies import moves
from app.web.app import create_app
from tests.web import small_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_study.paint(tmp_path / "pictures")


@pytest.fixture
def study(database: Database, media: Media, folder: Path) -> int:
    return small_study.create(database, media, folder)


@pytest.fixture
def join(database: Database, settings: Settings, study: int) -> str:
    return f"/join/{links.public_token(database, settings.secret(), study)}"


@pytest.fixture
def client(settings: Settings, database: Database, media: Media) -> Iterator[TestClient]:
    with TestClient(create_app(settings, database, media), base_url="http://localhost") as client:
        yield client


def stage(reply: Response) -> str:
    return read_page(reply.text)[0]


def press(client: TestClient, page: Response) -> Response:
    """The page that follows when the only button of this one is pressed."""
    (form,) = [form for form in read_page(page.text)[1] if form.step]
    return client.post(form.action, data=form.fields)


def begun(client: TestClient, join: str) -> str:
    """The address of a session whose practice has started."""
    consent = client.post(join, data={"locale": "en"})
    instructions = press(client, consent)
    press(client, instructions)
    return consent.url.path


def first_trial(client: TestClient, session: str) -> dict[str, str]:
    trial: dict[str, str] = client.get(f"{session}/trials").json()["trials"][0]
    return trial


def test_a_whole_session_leads_from_the_link_to_a_completion_code(client: TestClient, join: str) -> None:
    page, stages, answered = client.get(join), list[str](), 0
    session = ""
    while (here := stage(page)) != "end":
        stages.append(here)
        if here in ("practice", "block"):
            for trial in client.get(f"{session}/trials").json()["trials"]:
                assert client.put(trial["vote"], json={"side": "left", "elapsed_ms": 900}).status_code == 201
                answered += 1
            page = client.get(session)
        else:
            page = press(client, page)
            session = page.url.path
    assert stages == ["landing", "consent", "instructions", "practice", "practice_done", "block", "break", "block"]
    assert answered == 2 + 8
    assert "completion code" in page.text
    assert "All 8 of your answers" in page.text


def test_looking_at_a_link_begins_nothing(client: TestClient, join: str, database: Database) -> None:
    for _ in range(3):
        assert "set-cookie" not in client.get(join).headers
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 0


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient, join: str) -> None:
    cookie = client.post(join, follow_redirects=False).headers["set-cookie"]
    for property_ in ("HttpOnly", "SameSite=lax", "Path=/;"):
        assert property_ in cookie


def test_a_session_is_refused_to_a_browser_that_does_not_hold_it(client: TestClient, join: str) -> None:
    first = begun(client, join)
    trial = first_trial(client, first)
    begun(client, join)  # the next subject on the same computer
    for reply in (
        client.get(first),
        client.post(f"{first}/start"),
        client.get(f"{first}/trials"),
        client.get(trial["pictures"]["left"]),
        client.put(trial["vote"], json={"side": "left", "elapsed_ms": 1}),
    ):
        assert reply.status_code == 403
        assert "Open your own link again" in reply.text


def test_the_same_answer_again_is_accepted_and_another_one_is_not(client: TestClient, join: str) -> None:
    trial = first_trial(client, begun(client, join))
    replies = [client.put(trial["vote"], json={"side": side, "elapsed_ms": 5}) for side in ("left", "left", "right")]
    assert [reply.status_code for reply in replies] == [201, 200, 409]
    for reply in replies:
        assert (reply.json()["trial"], reply.json()["side"]) == (trial["token"], "left")
    assert "that answer stands" in replies[2].json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "left",
        "[]",
        "{}",
        '{"side": "up"}',
        '{"side": "left", "elapsed_ms": "soon"}',
        '{"side": "left", "elapsed_ms": -1}',
        '{"side": "left", "elapsed_ms": 1e99}',
        '{"side": "left", "kind": "test"}',
        '{"side": "tie"}',
    ],
)
def test_a_malformed_answer_is_named_and_nothing_is_written(
    client: TestClient, join: str, database: Database, body: str
) -> None:
    trial = first_trial(client, begun(client, join))
    reply = client.put(trial["vote"], content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422
    assert reply.json()["detail"]
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM votes").scalar() == 0


def test_a_trial_of_another_session_is_not_found(client: TestClient, join: str) -> None:
    theirs = first_trial(client, begun(client, join))
    mine = begun(client, join)
    reply = client.put(f"{mine}/trials/{theirs['token']}/vote", json={"side": "left", "elapsed_ms": 5})
    assert reply.status_code == 404
    assert client.get(f"{mine}/trials/{theirs['token']}/left.png").status_code == 404


def test_practice_says_which_answer_was_right_and_other_trials_do_not(client: TestClient, join: str) -> None:
    session = begun(client, join)
    for trial in client.get(f"{session}/trials").json()["trials"]:
        assert isinstance(client.put(trial["vote"], json={"side": "left"}).json()["correct"], bool)
    press(client, client.get(session))
    shapes = set()
    for trial in client.get(f"{session}/trials").json()["trials"]:
        shapes.add(tuple(client.put(trial["vote"], json={"side": "left"}).json()))
    assert shapes == {("trial", "side", "received_at")}


def test_agreeing_to_another_text_is_refused(client: TestClient, join: str) -> None:
    page = press(client, client.get(join))
    reply = client.post(f"{page.url.path}/consent", data={"text_hash": "0" * 64, "agreed": "yes"})
    assert (reply.status_code, stage(reply)) == (409, "stopped")
    assert stage(client.get(page.url.path)) == "consent"


def test_nothing_is_shown_before_consent(client: TestClient, join: str) -> None:
    session = press(client, client.get(join)).url.path
    assert client.post(f"{session}/start").status_code == 409
    assert client.get(f"{session}/trials").json()["trials"] == []


def test_pressing_start_twice_issues_one_block(client: TestClient, join: str) -> None:
    session = begun(client, join)
    before = client.get(f"{session}/trials").json()
    client.post(f"{session}/start")
    assert client.get(f"{session}/trials").json() == before


def test_the_break_page_shows_a_link_that_resumes_on_another_device(
    client: TestClient, join: str, settings: Settings, database: Database, media: Media
) -> None:
    session = begun(client, join)
    while stage(client.get(session)) != "break":
        for trial in client.get(f"{session}/trials").json()["trials"]:
            client.put(trial["vote"], json={"side": "right"})
        if stage(client.get(session)) == "practice_done":
            press(client, client.get(session))
    link = client.get(session).text.split('value="http://localhost')[1].split('"')[0]
    elsewhere = TestClient(create_app(settings, database, media), base_url="http://localhost")
    landing = elsewhere.get(link)
    assert "Welcome back" in landing.text
    resumed = press(elsewhere, landing)
    assert (resumed.url.path, stage(resumed)) == (session, "break")


def test_an_enforced_break_is_kept_to(client: TestClient, database: Database, media: Media, folder: Path) -> None:
    study = small_study.create(database, media, folder, break_minutes=10, practice_trials=0)
    context = client.app.state.context
    session = begun(client, f"/join/{links.public_token(context.database, context.secret, study)}")
    for trial in client.get(f"{session}/trials").json()["trials"]:
        client.put(trial["vote"], json={"side": "right"})
    page = client.get(session)
    assert 590 <= int(page.text.split('data-seconds="')[1].split('"')[0]) <= 600
    reply = client.post(f"{session}/start")
    assert (reply.status_code, stage(reply)) == (409, "stopped")
    assert f'href="{session}"' in reply.text


def test_each_kind_of_dead_end_has_a_page_of_its_own(
    client: TestClient, join: str, study: int, database: Database, media: Media, folder: Path
) -> None:
    session = begun(client, join)
    secret = client.app.state.context.secret
    draft = small_study.create(database, media, folder, opened=False)
    headings = {
        "/join/1.wrong": (404, "This link leads nowhere"),
        "/p/abc": (404, "This link leads nowhere"),
        f"/join/{links.public_token(database, secret, draft)}": (409, "The study has not begun"),
        "/s/unknown": (403, "Not this session"),
    }
    moves.pause(database, study)
    assert stage(client.get(session)) == "paused"
    stranger = TestClient(client.app, base_url="http://localhost")
    assert "is paused and takes nobody" in stranger.get(join).text
    assert stranger.post(join).status_code == 409
    moves.close(database, study)
    assert "The study has ended" in client.get(session).text
    headings[join] = (410, "The study has ended")
    for address, (status, heading) in headings.items():
        reply = stranger.get(address)
        assert (reply.status_code, stage(reply)) == (status, "stopped")
        assert f"<h1>{heading}</h1>" in reply.text


def test_an_answer_that_comes_after_the_study_was_paused_is_still_taken(
    client: TestClient, join: str, study: int, database: Database
) -> None:
    trial = first_trial(client, begun(client, join))
    moves.pause(database, study)
    assert client.put(trial["vote"], json={"side": "left"}).status_code == 201


def test_simulated_subjects_are_welcome_only_in_a_demonstration(
    client: TestClient, join: str, database: Database, media: Media, folder: Path
) -> None:
    reply = client.post(join, data={"simulated": "yes"})
    assert (reply.status_code, stage(reply)) == (403, "stopped")
    assert "<h1>For people only</h1>" in reply.text
    secret = client.app.state.context.secret
    demo = f"/join/{links.public_token(database, secret, small_study.create(database, media, folder, is_demo=True))}"
    assert "belongs to a simulated subject" in client.post(demo, data={"simulated": "yes"}).text


def test_a_demonstration_says_so_on_every_page(
    client: TestClient, database: Database, media: Media, folder: Path
) -> None:
    secret = client.app.state.context.secret
    demo = f"/join/{links.public_token(database, secret, small_study.create(database, media, folder, is_demo=True))}"
    page, seen = client.get(demo), set[str]()
    session = ""
    while stage(page) not in seen:
        seen.add(stage(page))
        assert "emonstration" in page.text, stage(page)
        assert "counted apart" in page.text, stage(page)
        if stage(page) in ("practice", "block"):
            for trial in client.get(f"{session}/trials").json()["trials"]:
                client.put(trial["vote"], json={"side": "left"})
            page = client.get(session)
        elif stage(page) != "end":
            page = press(client, page)
            session = page.url.path
    assert {"landing", "consent", "instructions", "practice", "practice_done", "block", "break"} <= seen


def test_picture_bytes_are_those_that_were_ingested(client: TestClient, join: str, folder: Path) -> None:
    ingested = {path.read_bytes() for path in folder.rglob("*.png")}
    trial = first_trial(client, begun(client, join))
    for pane in ("left", "reference", "right"):
        reply = client.get(trial["pictures"][pane])
        assert reply.content in ingested
        assert reply.headers["content-length"] == str(len(reply.content))
        assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert "etag" not in reply.headers


def test_a_lost_picture_is_reported_without_its_name(
    client: TestClient, join: str, settings: Settings, folder: Path
) -> None:
    trial = first_trial(client, begun(client, join))
    for file in (settings.data_dir / "media").rglob("*"):
        if file.is_file():
            file.unlink()
    reply = client.get(trial["pictures"]["left"], headers={"Accept": "application/json"})
    assert reply.status_code == 503
    assert "tell the experimenter" in (reply.json()["detail"] + reply.json()["fix"]).lower().replace("please ", "")

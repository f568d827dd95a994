"""Links and addresses that somebody made up, cut short, took from another or kept too long."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.db import Database
from app.db.models import FailedAttempt, Session, Vote
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.studies import moves
from app.web.throttle import OTHER_NAMES
from tests.web import small_study
from tests.web.test_subject import begun, first_trial


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


@pytest.fixture
def join(database: Database, settings: Settings, study: int) -> str:
    return f"/join/{links.public_token(database, settings.secret(), study)}"


def at(web: FastAPI, address: str) -> TestClient:
    return TestClient(web, base_url="http://localhost", client=(address, 40000))


def count(database: Database, table: type) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    "tries", [pytest.param(150, marks=pytest.mark.quick_twin), pytest.param(1000, marks=pytest.mark.slow)]
)
def test_a_flood_of_wrong_links_is_throttled_and_the_right_one_never(
    web: FastAPI, join: str, database: Database, tries: int
) -> None:
    client = at(web, "192.0.2.1")
    asked = {"Accept": "application/json"}
    told = [client.get(f"/{('join', 'p')[n % 2]}/{n}.{'x' * 22}", headers=asked).status_code for n in range(tries)]
    assert told == [404] * OTHER_NAMES + [429] * (tries - OTHER_NAMES)
    assert count(database, FailedAttempt) <= 3 * OTHER_NAMES  # and the flood has stopped writing
    page = client.get("/join/1.wrong")
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert 'class="subject"' in page.text
    assert client.get(join).status_code == 200  # the lab's other subjects sit behind the same address
    assert client.post(join).status_code == 200
    assert at(web, "192.0.2.2").get("/join/1.wrong").status_code == 404


@pytest.mark.parametrize(
    "change", ["", "x", "0", ".", "%00", "é", "9" * 400, "' OR 1=1 --", "<script>alert(1)</script>"]
)
def test_a_link_with_something_added_leads_nowhere(web: FastAPI, join: str, change: str) -> None:
    link = f"{join}{change}" if change else join[:-1]
    reply = at(web, "192.0.2.1").get(link)
    assert reply.status_code == 404
    assert "<script>alert" not in reply.text


def test_a_link_of_another_kind_or_another_installation_leads_nowhere(
    web: FastAPI, database: Database, study: int
) -> None:
    client = at(web, "192.0.2.1")
    assert client.get(f"/join/{links.public_token(database, b'another secret', study)}").status_code == 404
    assert client.get(f"/join/{links.personal_token(b'another secret', 1, None)}").status_code == 404


def test_an_address_of_somebody_else_or_of_a_closed_study_gives_nothing(
    web: FastAPI, join: str, database: Database, study: int
) -> None:
    mine, theirs = at(web, "192.0.2.1"), at(web, "192.0.2.1")
    begun(mine, join)
    address = begun(theirs, join)
    trial = first_trial(theirs, address)
    picture = trial["pictures"]["left"]  # type: ignore[index]
    for wrong in (picture, trial["vote"], address):
        assert mine.get(wrong, headers={"Accept": "application/json"}).status_code in (403, 405)
    assert mine.put(trial["vote"], json={"side": "left"}).status_code == 403
    assert count(database, Vote) == 0
    stolen = at(web, "192.0.2.1")
    cookie = theirs.cookies["beholder_session"]
    stolen.cookies.set("beholder_session", f"{cookie[:-1]}{'A' if cookie[-1] != 'A' else 'B'}")
    assert stolen.get(picture, headers={"Accept": "application/json"}).status_code == 403
    moves.close(database, study)
    assert at(web, "192.0.2.1").get(join).status_code == 410
    sessions = count(database, Session)
    assert at(web, "192.0.2.1").post(join).status_code == 410
    assert count(database, Session) == sessions


def test_what_no_page_sends_is_refused_and_stores_nothing(web: FastAPI, join: str, database: Database) -> None:
    client = at(web, "192.0.2.1")
    vote = first_trial(client, begun(client, join))["vote"]
    screen = {"pixel_ratio": 1, "pane_width": 1, "pane_height": 1, "exact": True}
    bodies: tuple[Any, ...] = (
        {"side": "left", "elapsed_ms": -1}, {"side": "left", "elapsed_ms": 10**15}, {"side": "left", "elapsed_ms": 1.5},
        {"side": "left", "surprise": 1}, {"side": "'; DROP TABLE votes; --"}, {"side": "<b>left</b>"}, {}, [], None,
        {"side": "left", "screen": screen | {"gamut": "<script>"}}, {"side": "left", "screen": screen | {"more": 1}},
        {"side": "left", "screen": screen | {"pixel_ratio": -1}},
        {"side": "left", "screen": screen | {"pane_width": 10**9}},
    )  # fmt: skip
    for body in bodies:
        assert client.put(vote, json=body).status_code == 422, body
    huge = b'{"side": "left", "elapsed_ms": 5, "more": "' + b"x" * 10_000_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    assert client.put(vote, content=huge, headers=headers).status_code == 413
    pieces = (huge[start : start + 500_000] for start in range(0, len(huge), 500_000))  # its length is not announced
    assert client.put(vote, content=pieces, headers=headers).status_code == 413
    assert count(database, Vote) == 0
    assert client.put(vote, json={"side": "left", "screen": screen}).status_code == 201

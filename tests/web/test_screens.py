"""What a subject's browser tells of its screen and of where it looked: taken when it makes sense, refused otherwise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from app.db import Database
from app.db.models import Event, Outcome, Screening, Session
from app.media import Media
from app.sessions import events, links
from app.settings import Settings
from app.simulation.forms import read_page
from app.simulation.screens import READING, batch
from app.web.app import create_app
from tests.web import small_study

JSON = {"Accept": "application/json"}


@pytest.fixture
def client(settings: Settings, database: Database, media: Media) -> Iterator[TestClient]:
    with TestClient(create_app(settings, database, media), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def session(settings: Settings, database: Database, media: Media, client: TestClient, tmp_path: Path) -> str:
    """The address of a session in front of its gate."""
    folder = small_study.paint(tmp_path / "pictures", 32, 24)
    study = small_study.create(database, media, folder, display_gate="require", practice_trials=0)
    consent = client.post(f"/join/{links.public_token(database, settings.secret(), study)}", data={"locale": "en"})
    (form,) = [form for form in read_page(consent.text)[1] if form.step]
    page = client.post(form.action, data=form.fields)
    assert read_page(page.text)[0] == "display"
    return page.url.path


def sent(client: TestClient, session: str, reading: dict[str, Any]) -> Response:
    return client.post(f"{session}/display", data=reading, headers=JSON, follow_redirects=False)


def test_a_good_screen_opens_the_gate(client: TestClient, session: str) -> None:
    assert sent(client, session, READING | {"pane_width": "31"}).status_code == 303
    assert read_page(client.get(session).text)[0] == "display"
    assert sent(client, session, READING).status_code == 303
    assert read_page(client.get(session).text)[0] == "instructions"


def test_the_page_says_without_scripts_that_it_needs_them(client: TestClient, session: str) -> None:
    page = client.get(session).text
    assert "please allow scripts" in page
    assert 'data-width="32" data-height="24"' in page


NONSENSE = {
    "nothing": dict[str, str](),
    "a negative width": READING | {"pane_width": "-1"},
    "a width beyond all screens": READING | {"pane_width": "100001"},
    "half a pixel": READING | {"pane_width": "700.5"},
    "a ratio of nought": READING | {"pixel_ratio": "0"},
    "no ratio": READING | {"pixel_ratio": "NaN"},
    "an endless ratio": READING | {"pixel_ratio": "Infinity"},
    "an unknown gamut": READING | {"gamut": "<b>all</b>"},
    "an unknown range": READING | {"dynamic_range": "huge"},
    "an absurd zoom": READING | {"zoom_percent": "100000"},
    "a doubtful answer": READING | {"exact": "perhaps"},
    "an unknown field": READING | {"passed": "true"},
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_about_a_screen_is_refused_and_not_stored(
    client: TestClient, session: str, database: Database, what: str
) -> None:
    assert sent(client, session, NONSENSE[what]).status_code == 422
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Screening)) == 0


def test_what_a_browser_does_not_tell_may_be_left_empty(client: TestClient, session: str, database: Database) -> None:
    unknown = {"zoom_percent": "", "gamut": "", "dynamic_range": ""}
    assert sent(client, session, READING | unknown).status_code == 303
    with database.read() as db:
        result = db.scalars(select(Screening.result)).one()
    assert [result[name] for name in unknown] == [None, None, None]


@pytest.fixture
def trial(client: TestClient, session: str) -> dict[str, Any]:
    """The first trial of the session, whose block has started."""
    sent(client, session, READING)
    client.post(f"{session}/start")
    first: dict[str, Any] = client.get(f"{session}/trials").json()["trials"][0]
    return first


def traces(database: Database) -> list[Any]:
    with database.read() as db:
        return list(db.scalars(select(Event.payload).where(Event.kind == events.TRACE).order_by(Event.number)))


def test_a_batch_sent_again_is_answered_and_is_no_second_line(
    client: TestClient, session: str, trial: dict[str, Any], database: Database
) -> None:
    said = batch(trial, 1500)
    replies = [client.post(f"{session}/events", json=said) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [201, 200, 200]
    assert all(reply.json() == {"key": said["key"]} for reply in replies)
    (line,) = traces(database)
    assert [event["kind"] for event in line["events"]] == ["panes", "shown", "view", "view", "answered"]


LOOK = {"kind": "view", "t": 1, "trial": 0, "cx": 1, "cy": 1, "scale": 1, "overview": False, "in_place": None}
KEY = "k" * 22
ODD: dict[str, Any] = {
    "no key": {"events": [LOOK]},
    "a short key": {"key": "k", "events": [LOOK]},
    "a key of other characters": {"key": "k" * 20 + "'; --", "events": [LOOK]},
    "no events": {"key": KEY, "events": []},
    "too many events": {"key": KEY, "events": [LOOK] * 201},
    "an unknown field": {"key": KEY, "events": [LOOK], "more": 1},
    "an unknown kind": {"key": KEY, "events": [LOOK | {"kind": "vote"}]},
    "more in an event": {"key": KEY, "events": [LOOK | {"side": "left"}]},
    "less in an event": {"key": KEY, "events": [{"kind": "view", "t": 1}]},
    "time before the page": {"key": KEY, "events": [LOOK | {"t": -1}]},
    "a number in words": {"key": KEY, "events": [LOOK | {"cx": "1"}]},
    "a place far away": {"key": KEY, "events": [LOOK | {"cx": 1e300}]},
    "no scale": {"key": KEY, "events": [LOOK | {"scale": 0}]},
    "text in place": {"key": KEY, "events": [LOOK | {"in_place": "<script>"}]},
    "not even a list": {"key": KEY, "events": "all"},
}


@pytest.mark.parametrize("what", ODD)
def test_odd_batches_are_refused_and_leave_no_line(
    client: TestClient, session: str, database: Database, what: str
) -> None:
    assert client.post(f"{session}/events", json=ODD[what], headers=JSON).status_code == 422
    assert traces(database) == []


def test_numbers_that_are_none_and_batches_without_end_are_refused(
    client: TestClient, session: str, database: Database
) -> None:
    headers = JSON | {"Content-Type": "application/json"}
    for number in ("NaN", "Infinity", "-Infinity", "1e999"):
        body = f'{{"key": "{KEY}", "events": [{{"kind": "blur", "t": {number}}}]}}'
        assert client.post(f"{session}/events", content=body, headers=headers).status_code == 422
    long = f'{{"key": "{KEY}", "events": [{{"kind": "blur", "t": 1.{"0" * 64_000}}}]}}'
    assert client.post(f"{session}/events", content=long, headers=headers).status_code == 413
    assert client.post(f"{session}/events", content=iter([long.encode()]), headers=headers).status_code == 413
    assert client.post(f"{session}/events", content="0" * 1_000_001, headers=headers).status_code == 413
    assert traces(database) == []


def test_nothing_is_written_into_somebody_elses_log_nor_after_a_withdrawal(
    client: TestClient, session: str, trial: dict[str, Any], database: Database
) -> None:
    with database.write() as db:
        db.scalars(select(Session)).one().outcome = Outcome.WITHDRAWN
    assert client.post(f"{session}/events", json=batch(trial, 900), headers=JSON).status_code == 410
    client.cookies.clear()
    assert client.post(f"{session}/events", json=batch(trial, 900), headers=JSON).status_code == 403
    assert traces(database) == []


def test_a_study_that_records_no_looks_says_so_to_its_page_and_answers_batches_all_the_same(
    settings: Settings, database: Database, media: Media, client: TestClient, tmp_path: Path
) -> None:
    folder = small_study.paint(tmp_path / "pictures", 32, 24)
    study = small_study.create(database, media, folder, record_looks=False, practice_trials=0)
    consent = client.post(f"/join/{links.public_token(database, settings.secret(), study)}", data={"locale": "en"})
    (form,) = [form for form in read_page(consent.text)[1] if form.step]
    session = client.post(form.action, data=form.fields).url.path
    client.post(f"{session}/start")
    assert 'data-looks="unasked"' in client.get(session).text
    first = client.get(f"{session}/trials").json()["trials"][0]
    assert client.post(f"{session}/events", json=batch(first, 1500)).status_code == 200
    assert traces(database) == []

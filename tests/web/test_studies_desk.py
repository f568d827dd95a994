"""A study's pages: its tabs in every state, its protocol, its links, and numbers that no study has."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.studies import moves, service
from app.studies.protocol import Protocol
from app.web.app import create_app
from tests.web import small_study
from tests.web.small_study import form

EVIL = '<script>alert("x")</script>&amp;'
HUGE = "9" * 23


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False)


@pytest.fixture
def opened(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


def test_the_desk_opens_on_an_empty_list_that_says_what_to_do(desk: TestClient) -> None:
    page = desk.get("/admin")
    assert page.url.path == "/admin/studies"
    assert "No studies yet" in page.text


def test_the_form_shows_every_setting_with_its_default_and_its_reason(desk: TestClient, draft: int) -> None:
    page = desk.get(f"/admin/studies/{draft}/protocol").text
    for name in Protocol.model_fields:
        assert f'name="{name}"' in page
    assert "Default 500: " in page
    assert re.search(
        r'<select id="display_gate".*\n *<option >require<.*\n *<option >advise<.*\n *<option selected>off<', page
    )
    assert "<option >screen out</option>" in page


def test_a_number_beyond_all_tables_leads_nowhere(desk: TestClient) -> None:
    tabs = (
        "",
        "/stimuli",
        "/protocol",
        "/links",
        "/monitor",
        "/results",
        "/results/votes.csv",
        "/results/x/forest.svg",
    )
    for address in (f"trainings/{HUGE}", f"trainings/{HUGE}/curve.svg", *(f"studies/{HUGE}{tab}" for tab in tabs)):
        assert desk.get(f"/admin/{address}").status_code == 404, address


def test_nothing_can_be_sent_to_a_number_beyond_all_tables(desk: TestClient) -> None:
    steps = ("stimuli", "protocol", "links", "open", "delete", "pause", "resume", "close", "sessions/1/exclude")
    rest = (f"studies/1/sessions/{HUGE}/exclude", f"studies/1/sessions/{HUGE}/readmit", f"trainings/{HUGE}/cancel")
    for address in (*(f"studies/{HUGE}/{move}" for move in steps), *rest, f"trainings/{HUGE}/retry"):
        assert desk.post(f"/admin/{address}").status_code == 404, address


@pytest.mark.parametrize("tab", ["stimuli", "protocol", "links", "monitor", "results"])
def test_every_tab_of_a_draft_and_of_an_open_study_renders(
    desk: TestClient, database: Database, media: Media, pictures: Path, tab: str
) -> None:
    empty = service.create(database, "Nothing in it", Protocol())
    for study in (
        empty,
        small_study.create(database, media, pictures, opened=False),
        small_study.create(database, media, pictures, is_demo=True),
    ):
        reply = desk.get(f"/admin/studies/{study}/{tab}")
        assert reply.status_code == 200
        assert ("Demonstration:" in reply.text) == service.get(database, study).is_demo
    assert desk.get(f"/admin/studies/{empty}").status_code == 200


@pytest.mark.parametrize("tab", ["", "/stimuli", "/protocol", "/links", "/monitor", "/results", "/results/votes.csv",
                                 "/results/rankings.csv"])  # fmt: skip
def test_an_unknown_study_is_not_found_and_says_so(desk: TestClient, tab: str) -> None:
    reply = desk.get(f"/admin/studies/999{tab}")
    assert reply.status_code == 404
    assert "no study 999" in reply.text


def test_the_protocol_of_a_draft_is_edited_and_that_of_an_open_study_is_not(
    desk: TestClient, database: Database, draft: int, opened: int
) -> None:
    page = desk.post(f"/admin/studies/{draft}/protocol", data=form(title="Renamed", allow_tie="yes", catch_trials="3"))
    assert "The protocol is saved" in page.text
    study = service.get(database, draft)
    assert (study.title, study.protocol.allow_tie, study.protocol.catch_trials) == ("Renamed", True, 3)
    refused = desk.post(f"/admin/studies/{opened}/protocol", data=form(title="Renamed"))
    assert refused.status_code == 409
    assert service.get(database, opened).title == "A small study"


def test_the_page_says_how_likely_a_random_clicker_passes(desk: TestClient, database: Database) -> None:
    study = service.create(database, "Published", Protocol())
    assert "18.8 %" in desk.get(f"/admin/studies/{study}/monitor").text


def test_links_are_shown_and_personal_ones_made_for_labels(
    desk: TestClient, database: Database, settings: Settings, opened: int
) -> None:
    public = links.public_token(database, settings.secret(), opened)
    address = f"/admin/studies/{opened}/links"
    assert f"http://localhost/join/{public}" in desk.get(address).text
    page = desk.post(address, data={"labels": f"P01\r\n{EVIL}\r\n\r\n"}).text
    assert page.count("/p/") == 2
    assert "not begun" in page
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    shown = [part.split('"')[0] for part in page.split('value="http://localhost')[1:]]
    assert all(desk.get(link).status_code == 200 for link in shown)


@pytest.mark.parametrize("labels", ["", " \n ", "x" * 81, "tab\there"])
def test_labels_that_cannot_be_used_are_refused(desk: TestClient, opened: int, labels: str) -> None:
    reply = desk.post(f"/admin/studies/{opened}/links", data={"labels": labels})
    assert reply.status_code == 422
    assert "label" in reply.text


def test_the_operator_s_address_stands_in_links(
    desk: TestClient, database: Database, media: Media, settings: Settings, opened: int
) -> None:
    told = settings.model_copy(update={"base_url": "https://study.example/"})
    with TestClient(create_app(told, database, media), base_url="http://localhost", cookies=desk.cookies) as client:
        assert "https://study.example/join/" in client.get(f"/admin/studies/{opened}/links").text


def test_titles_are_text_wherever_they_stand(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = service.create(database, EVIL, Protocol(question=EVIL, instructions=EVIL))
    for address in ("", "/new", *(f"/{study}/{tab}" for tab in ("stimuli", "protocol", "links", "monitor", "results"))):
        page = desk.get(f"/admin/studies{address}").text
        assert EVIL not in page
        assert "<script>" not in page


def test_links_say_what_they_do_while_a_study_runs_and_after_it(
    desk: TestClient, database: Database, opened: int
) -> None:
    address = f"/admin/studies/{opened}/links"
    page = desk.get(address).text
    assert "Whoever presses Start behind this link becomes a new subject; opening it has no effect." in page
    assert "still shows a finished subject their code" in page
    moves.close(database, opened)
    page = desk.get(address).text
    assert "becomes a new subject" not in page
    assert page.count("the study has ended") == 3
    assert "still shows a finished subject their code" in page


def test_a_frozen_protocol_says_how_long_a_session_is_once(desk: TestClient, opened: int) -> None:
    page = desk.get(f"/admin/studies/{opened}/protocol").text
    assert "8 trials: 6 comparisons, 2 catch trials" in page
    assert "Trials per session" not in page
    assert "probability of 75 %" in page
    assert f"No. {opened}" in page

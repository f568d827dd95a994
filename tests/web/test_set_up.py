"""A draft is set up step by step: each page saves its own settings, and leaving it loses nothing."""

import html
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.studies import service
from app.studies.protocol import Protocol
from app.studies.steps import Step
from app.web.admin.protocol_form import settings_of
from tests.web import small_study

pytestmark = pytest.mark.one_database


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False)


def filled(database: Database, study: int, step: Step, **typed: str) -> dict[str, str]:
    """The step's form as a browser sends it, with what is typed in place of what stands there."""
    view = service.get(database, study)
    shown = [s for group in settings_of(view.protocol.model_dump(), step.groups).values() for s in group]
    fields = {s.name: s.value for s in shown if s.kind != "tick" or s.value == "yes"}
    return {"revision": str(view.revision), **({"title": view.title} if step is Step.WORDS else {}), **fields, **typed}


def strip(page: str) -> dict[str, str]:
    """Every step with how far it has come, as the page shows them."""
    found = re.findall(r'class="step-name">\d (.*?)</span>.*?</svg>(.*?)</span>', page, re.DOTALL)
    return {name: words.strip() for name, words in found}


def test_a_step_shows_its_settings_alone_with_default_and_reason(desk: TestClient, draft: int) -> None:
    for step in set(Step) - {Step.PICTURES}:
        page = desk.get(f"/admin/studies/{draft}/set-up/{step}").text
        shown = {name for name in Protocol.model_fields if f'id="{name}"' in page}
        assert shown == set(step.settings), step
    page = desk.get(f"/admin/studies/{draft}/set-up/protocol").text
    assert "Default 500: The published protocol" in page
    page = desk.get(f"/admin/studies/{draft}/set-up/checks").text
    assert "a probability of 75 %" in page
    assert '<button name="go" value="catch">' in page
    assert strip(desk.get(f"/admin/studies/{draft}/catch").text) == strip(page)
    assert f'href="/admin/studies/{draft}/preview"' in desk.get(f"/admin/studies/{draft}/set-up/words").text
    assert desk.get(f"/admin/studies/{draft}/preview").status_code == 200


def test_a_step_saves_its_own_settings_and_leads_on_back_and_where_one_likes(
    desk: TestClient, database: Database, draft: int
) -> None:
    before = service.get(database, draft).protocol
    page = desk.post(
        f"/admin/studies/{draft}/set-up/protocol",
        data=filled(database, draft, Step.PROTOCOL, blank_ms="80", consent_text="Not this step's.", go="next"),
    )
    assert page.url.path == f"/admin/studies/{draft}/set-up/checks"
    assert service.get(database, draft).protocol == before.model_copy(update={"blank_ms": 80})
    for go, place in (
        ("catch", "catch"),
        ("back", "set-up/protocol"),
        ("words", "set-up/words"),
        ("stay", "set-up/checks"),
        ("x", "set-up/checks"),
    ):
        page = desk.post(f"/admin/studies/{draft}/set-up/checks", data=filled(database, draft, Step.CHECKS, go=go))
        assert page.url.path == f"/admin/studies/{draft}/{place}"
    saved = filled(database, draft, Step.WORDS, title="Renamed", go="pictures")
    page = desk.post(f"/admin/studies/{draft}/set-up/words", data=saved)
    assert page.url.path == f"/admin/studies/{draft}/stimuli"
    assert service.get(database, draft).title == "Renamed"


def test_the_strip_tells_which_steps_were_gone_through_and_what_is_wrong_with_which(
    desk: TestClient, database: Database, draft: int
) -> None:
    told = strip(desk.get(f"/admin/studies/{draft}/stimuli").text)
    assert told["Protocol"] == told["Words"] == "not looked at"
    assert told["Checks"] == "1 to weigh"
    assert told["Check and open"] == "ready"
    desk.post(f"/admin/studies/{draft}/set-up/words", data=filled(database, draft, Step.WORDS, languages="tlh"))
    page = desk.get(f"/admin/studies/{draft}/set-up/open").text
    told = strip(page)
    assert (told["Words"], told["Check and open"]) == ("1 to mend", "1 to mend")
    assert f'href="/admin/studies/{draft}/set-up/words#languages"' in page
    assert desk.get(f"/admin/studies/{draft}").url.path == f"/admin/studies/{draft}/set-up/words"
    desk.post(f"/admin/studies/{draft}/set-up/words", data=filled(database, draft, Step.WORDS, languages=""))
    assert strip(desk.get(f"/admin/studies/{draft}/protocol").text)["Words"] == "done"
    empty = service.create(database, "Nothing in it", Protocol())
    told = strip(desk.get(f"/admin/studies/{empty}/set-up/checks").text)
    assert (told["Pictures"], told["Checks"]) == ("1 to mend", "1 to weigh")
    assert desk.get(f"/admin/studies/{empty}/set-up").url.path == f"/admin/studies/{empty}/stimuli"


def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_saved(
    desk: TestClient, database: Database, draft: int
) -> None:
    before = service.get(database, draft)
    typed = filled(database, draft, Step.CHECKS, gate_pixels="3", catch_failures_allowed="2", viewing="nose", go="next")
    reply = desk.post(f"/admin/studies/{draft}/set-up/checks", data=typed)
    page = html.unescape(reply.text)
    assert reply.status_code == 422
    assert '<a href="#gate_pixels">Gate pixels</a>' in page
    assert re.search(r'id="gate_pixels"[^>]*value="3"[^>]*aria-describedby="gate_pixels-problem[^>]*aria-invalid', page)
    assert "Input should be greater than or equal to 16 (got '3')" in page
    assert 'value="nose"' in page
    typed = filled(database, draft, Step.CHECKS, catch_failures_allowed="2")
    page = desk.post(f"/admin/studies/{draft}/set-up/checks", data=typed).text
    assert re.search(r'id="catch_failures_allowed-problem">.*never exclude anybody', page, re.DOTALL)
    reply = desk.post(f"/admin/studies/{draft}/set-up/words", data=filled(database, draft, Step.WORDS, title=" "))
    assert reply.status_code == 422
    assert 'id="title-problem"' in reply.text
    assert service.get(database, draft) == before


def test_half_a_form_switches_nothing_off(desk: TestClient, database: Database, draft: int) -> None:
    for sent in ({}, {"revision": "1"}, {"blank_ms": "3"}):
        reply = desk.post(f"/admin/studies/{draft}/set-up/protocol", data=sent)
        assert reply.status_code == 422
        assert "Only a part of the form arrived" in reply.text
    assert service.get(database, draft).protocol.hold_reference


def test_two_at_different_steps_do_not_meet_and_two_at_the_same_are_told(
    desk: TestClient, database: Database, draft: int
) -> None:
    checks, words = (filled(database, draft, step) for step in (Step.CHECKS, Step.WORDS))
    desk.post(f"/admin/studies/{draft}/set-up/checks", data=checks | {"gate_pixels": "300"})
    assert desk.post(f"/admin/studies/{draft}/set-up/words", data=words | {"question": "Which?"}).status_code == 200
    protocol = service.get(database, draft).protocol
    assert (protocol.gate_pixels, protocol.question) == (300, "Which?")
    reply = desk.post(f"/admin/studies/{draft}/set-up/checks", data=checks | {"gate_pixels": "200"})
    page = html.unescape(reply.text)
    assert reply.status_code == 409
    assert "marlene: protocol changed (“Gate pixels”)" in page
    assert f'href="/admin/studies/{draft}/set-up/checks">Drop what you typed' in page
    assert "As it was saved: 300" in page
    desk.post(f"/admin/studies/{draft}/set-up/words", data=filled(database, draft, Step.WORDS, title="Renamed"))
    page = desk.post(f"/admin/studies/{draft}/set-up/words", data=words | {"instructions": "Look."}).text
    assert 'id="title" name="title" type="text" value="Renamed"' in page  # only the first had changed it
    again = filled(database, draft, Step.CHECKS, gate_pixels="200")
    desk.post(f"/admin/studies/{draft}/set-up/checks", data=again | {"keep-gate_pixels": "theirs"})
    assert service.get(database, draft).protocol.gate_pixels == 300


def test_an_open_study_has_no_steps(desk: TestClient, database: Database, media: Media, pictures: Path) -> None:
    opened = small_study.create(database, media, pictures)
    assert desk.get(f"/admin/studies/{opened}/set-up/checks").url.path == f"/admin/studies/{opened}/protocol"
    assert desk.get(f"/admin/studies/{opened}/set-up").url.path == f"/admin/studies/{opened}/protocol"
    assert "step-name" not in desk.get(f"/admin/studies/{opened}/stimuli").text
    saved = desk.post(
        f"/admin/studies/{opened}/set-up/plan", data=filled(database, opened, Step.PLAN, plan_alpha="0.1")
    )
    assert saved.status_code == 409
    assert desk.get(f"/admin/studies/{opened}/set-up/nowhere").status_code == 404

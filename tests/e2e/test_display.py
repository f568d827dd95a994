"""The display gate, the screen of every answer, and what trial pages note besides."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, text

from app.db.models import Event, Screening, Session
from app.sessions import events
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

SMALL, LARGE = {"width": 500, "height": 420}, {"width": 1280, "height": 800}
GATED = {"practice_trials": 0, "block_size": 8, "display_gate": "require", "gate_pixels": 300}


def at_the_gate(house: House, sitter: Sitter, window: dict[str, int], **settings: object) -> str:
    """The session's address, with its gate on the screen."""
    sitter.page.set_viewport_size(window)
    sitter.page.goto(house.study(**GATED | settings))
    sitter.onwards("landing", "consent")
    sitter.arrive("display")
    expect(sitter.page.locator("#gate")).to_be_visible()
    return sitter.page.url


def row(page: Page, name: str) -> tuple[str | None, str]:
    return page.get_attribute(f"#check-{name}", "data-state"), page.inner_text(f"#check-{name} p")


def test_the_gate_tells_how_to_mend_a_small_window_and_opens_by_itself(house: House, sitter: Sitter) -> None:
    at_the_gate(house, sitter, {"width": 300, "height": 420})
    page = sitter.page
    sitter.says("#check-room", "to be mended")
    print(page.inner_text("#gate"))
    page.screenshot(path="/tmp/screen_gate_small.png", full_page=True)
    page.set_viewport_size(LARGE)
    page.screenshot(path="/tmp/screen_gate_1280.png", full_page=True)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.screenshot(path="/tmp/screen_gate_1920.png", full_page=True)
    print(page.inner_text("#gate"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sitter.arrive("instructions")


def showings(house: House, session: str) -> list[tuple[object, ...]]:
    with house.database.read() as db:
        rows = db.execute(
            text(
                "SELECT pixel_ratio, pane_width, pane_height, exact, gamut, dynamic_range FROM showings"
                " JOIN trials ON trials.id = showings.trial_id JOIN sessions ON sessions.id = trials.session_id"
                " WHERE sessions.token = :token ORDER BY position"
            ),
            {"token": session.rsplit("/", 1)[1]},
        )
        return [tuple(row) for row in rows]


def test_a_window_that_shrinks_between_pairs_halts_answering_until_it_is_mended(house: House, sitter: Sitter) -> None:
    session = at_the_gate(house, sitter, LARGE)
    sitter.page.keyboard.press("Tab")
    sitter.page.keyboard.press("Enter")
    sitter.onwards("instructions")
    sitter.answer("left")
    sitter.ready(2)
    sitter.page.set_viewport_size(SMALL | {"width": 300})
    sitter.says("#halt", "too small for the pictures")
    sitter.page.screenshot(path="/tmp/screen_halt.png")
    sitter.page.keyboard.press("ArrowLeft")
    assert sitter.page.get_attribute("[data-side=left]", "aria-disabled") == "true"
    sitter.page.set_viewport_size({"width": 1000, "height": 700})
    sitter.ready(2)
    expect(sitter.page.locator("#halt")).to_be_hidden()
    sitter.answer("right")
    sitter.ready(3)
    sitter.saved()
    assert house.votes(session)[:3] == ["left", "right", None]
    print(showings(house, session))

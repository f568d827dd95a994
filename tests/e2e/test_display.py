"""The display gate, the screen of every answer, and what trial pages note besides."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, text

from app.db.models import Event, Screening, Session
from app.sessions import events
from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database  # what a browser measures and sends; tests/web/test_screens.py stores it in both

SMALL, LARGE = {"width": 300, "height": 420}, {"width": 1280, "height": 800}
GATED: dict[str, object] = {"practice_trials": 0, "block_size": 8, "display_gate": "require", "gate_pixels": 300}
FREE: dict[str, object] = {"practice_trials": 0, "block_size": 8}


def at_the_gate(house: House, sitter: Sitter, window: dict[str, int] | None = None, **settings: object) -> str:
    """The session's address, with its gate on the screen."""
    if window:
        sitter.page.set_viewport_size({"width": window["width"], "height": window["height"]})
    sitter.page.goto(house.study(**GATED | settings))
    sitter.onwards("landing", "consent")
    sitter.arrive("display")
    expect(sitter.page.locator("#gate")).to_be_visible()
    return sitter.page.url


def through(sitter: Sitter) -> None:
    """From a gate that is open to the first pair."""
    expect(sitter.page.locator("#onwards")).to_have_attribute("aria-disabled", "false")
    sitter.onwards("display", "instructions")
    sitter.ready()


def state(page: Page, check: str) -> str | None:
    return page.get_attribute(f"#check-{check}", "data-state")


def rows(house: House, statement: str, session: str) -> list[tuple[Any, ...]]:
    with house.database.read() as db:
        return [tuple(row) for row in db.execute(text(statement), {"token": session.rsplit("/", 1)[1]})]


def showings(house: House, session: str) -> list[tuple[Any, ...]]:
    return rows(
        house,
        "SELECT pixel_ratio, pane_width, pane_height, exact, gamut, dynamic_range FROM showings"
        " JOIN trials ON trials.id = showings.trial_id JOIN sessions ON sessions.id = trials.session_id"
        " WHERE sessions.token = :token ORDER BY position",
        session,
    )


def noticed(house: House, session: str) -> list[dict[str, Any]]:
    """What the log of the session says was noticed, in order; its chain is as it was written."""
    with house.database.read() as db:
        number = db.scalars(select(Session.id).where(Session.token == session.rsplit("/", 1)[1])).one()
        found = select(Event.payload).where(Event.session_id == number, Event.kind == events.TRACE)
        batches = list(db.scalars(found.order_by(Event.number)))
    assert events.verify(house.database, number)
    return [event for batch in batches if batch for event in batch["events"]]


def test_the_gate_tells_how_to_mend_a_small_window_and_opens_by_itself(house: House, sitter: Sitter) -> None:
    session, page = at_the_gate(house, sitter, SMALL), sitter.page
    sitter.says("#check-room", "to be mended")
    sitter.says("#check-room", "120 × 90 are needed")
    sitter.says("#verdict", "Please mend what is marked ✕")
    page.click("#onwards", force=True)
    page.keyboard.press("Enter")
    assert sitter.page.url == session
    page.set_viewport_size({"width": 1280, "height": 800})
    sitter.says("#check-room", "in order")
    sitter.says("#verdict", "can show the pictures as they are")
    panes = page.evaluate("[...document.querySelectorAll('#probe canvas')].map((pane) => [pane.width, pane.height])")
    page.reload()  # so that the keyboard begins at the text again
    through(sitter)
    shown = page.evaluate("[...document.querySelectorAll('.pane canvas')].map((pane) => [pane.width, pane.height])")
    assert shown == panes  # the gate has measured what the trial page then has
    with house.database.read() as db:
        result = db.scalars(select(Screening.result).order_by(Screening.id.desc())).first()
    assert result is not None
    assert [result["pane_width"], result["pane_height"]] == min(panes)
    assert (result["gamut"], result["dynamic_range"], result["zoom_percent"]) == ("srgb", "standard", 100)


def test_a_window_that_shrinks_during_trials_halts_answering_until_it_is_mended(house: House, sitter: Sitter) -> None:
    session, page = at_the_gate(house, sitter, LARGE), sitter.page
    through(sitter)
    sitter.answer("left")
    sitter.ready(2)
    page.set_viewport_size({"width": 300, "height": 420})
    sitter.says("#halt", "too small for the pictures")
    assert page.get_attribute("[data-side=left]", "aria-disabled") == "true"
    assert page.inner_text("#hint") == ""  # said once
    assert page.is_hidden(".narrow")
    page.keyboard.press("ArrowLeft")
    page.click("#halt-gate")
    sitter.arrive("display")
    sitter.says("#check-room", "to be mended")
    assert "/p/" in page.input_value("#personal-link")
    page.go_back()
    sitter.says("#halt", "too small for the pictures")
    page.set_viewport_size({"width": 1000, "height": 700})
    sitter.ready(2)
    expect(page.locator("#halt")).to_be_hidden()
    sitter.answer("right")
    sitter.ready(3)
    sitter.saved()
    assert house.votes(session)[:3] == ["left", "right", None]
    (first, second) = showings(house, session)
    assert first[1] > second[1] > 300
    assert (first[0], bool(first[3]), *first[4:]) == (1.0, True, "srgb", "standard")


def test_a_screen_in_order_is_one_line_with_the_way_on_in_view(house: House, sitter: Sitter) -> None:
    sitter.page.add_init_script("Object.defineProperty(self, 'outerWidth', { get: () => innerWidth })")
    at_the_gate(house, sitter, {"width": 1280, "height": 720})
    sitter.says("#verdict", "can show the pictures as they are")
    assert sitter.page.is_hidden("#check-room")
    box = sitter.page.locator("#onwards").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 720
    sitter.page.click("#checks summary")
    sitter.says("#check-room", "in order")


def test_a_gate_that_only_advises_lets_on_and_halts_nothing(house: House, sitter: Sitter) -> None:
    at_the_gate(house, sitter, SMALL, display_gate="advise")
    sitter.says("#check-room", "to be mended")
    sitter.says("#verdict", "you may go on as it is")
    assert sitter.page.inner_text("#onwards") == "Continue as it is"
    through(sitter)
    assert sitter.page.is_hidden("#halt")


def test_the_gate_counts_device_pixels(house: House, launch: Callable[..., Browser], watch: Watch) -> None:
    ratio = 1.25
    browser = launch(f"--force-device-scale-factor={ratio}", "--window-size=1301,805")
    try:
        context = browser.new_context(no_viewport=True)
        watch.over(context)
        sitter = Sitter(context.new_page())
        session = at_the_gate(house, sitter)
        assert state(sitter.page, "exact") == "right"
        through(sitter)
        sitter.answer("left")
        sitter.ready(2)
        sitter.saved()
        ((told, width, height, exact, *_),) = showings(house, session)
        box = sitter.page.locator("#pane-left").bounding_box()
        assert box is not None
        assert (told, bool(exact)) == (ratio, True)
        assert abs(width - ratio * box["width"]) < 1.01
        assert abs(height - ratio * box["height"]) < 1.01
    finally:
        browser.close()


LIES = """
Object.defineProperty(self, "outerWidth", { get: () => 1.25 * innerWidth })
const ask = matchMedia.bind(self)
self.matchMedia = (query) => {
  const found = ask(query), lie = /gamut/.test(query) ? "none" : /range/.test(query) ? "high" : ""
  if (lie) Object.defineProperty(found, "matches", { get: () => query.includes(lie) })
  return found
}
"""


def test_what_could_be_better_is_said_with_its_remedy_and_closes_nothing(house: House, sitter: Sitter) -> None:
    sitter.page.add_init_script(LIES)
    session = at_the_gate(house, sitter, LARGE)
    sitter.says("#check-zoom", "The browser zoom is 125 %")
    sitter.says("#check-range", "HDR is switched on")
    sitter.says("#check-gamut", "may not show all colours")
    assert [state(sitter.page, check) for check in ("room", "zoom", "range", "gamut")] == ["right", *["advice"] * 3]
    through(sitter)
    sitter.answer("left")
    sitter.ready(2)
    sitter.saved()
    assert [row[4:] for row in showings(house, session)] == [(None, "high")]


def test_a_telephone_is_told_to_use_a_computer(house: House, browser: Browser, watch: Watch) -> None:
    context = browser.new_context(viewport={"width": 844, "height": 390}, has_touch=True, is_mobile=True)
    watch.over(context)
    page = context.new_page()
    page.goto(house.study(**GATED))
    for stage in ("landing", "consent"):
        page.wait_for_selector(f"main[data-stage={stage}]")
        if stage == "consent":
            page.check("[name=agreed]")
        page.click("button.primary")
    expect(page.locator("#check-computer")).to_contain_text("open your link on a computer")
    assert page.get_attribute("#onwards", "aria-disabled") == "true"
    assert "/p/" in page.input_value("#personal-link")
    context.close()


def test_without_scripts_the_page_says_that_it_needs_them(house: House, browser: Browser, watch: Watch) -> None:
    context = browser.new_context(java_script_enabled=False)
    watch.over(context)
    page = context.new_page()
    page.goto(house.study(**GATED))
    page.click("button.primary")
    page.check("[name=agreed]")
    page.click("button.primary")
    assert "please allow scripts" in page.inner_text("main")
    assert page.is_hidden("#gate")
    context.close()


def test_looks_pauses_and_sizes_are_in_the_log_once_the_page_is_left(house: House, sitter: Sitter) -> None:
    sitter.page.set_viewport_size({"width": 900, "height": 700})
    session, page = sitter.begin(house.study(**FREE)), sitter.page
    page.keyboard.press("+")
    sitter.says("#zoom", "2 : 1")
    page.wait_for_timeout(300)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    sitter.answer("left")
    sitter.ready(2)
    sitter.saved()
    page.goto("about:blank")
    for _ in range(50):
        found = sorted(noticed(house, session), key=lambda event: event["t"])  # the last two batches race each other
        if {"panes", "answered"} <= {event["kind"] for event in found}:
            break
        page.wait_for_timeout(100)
    kinds = [event["kind"] for event in found]
    assert {"panes", "shown", "view", "paused", "resumed", "answered"} <= set(kinds)
    assert [event["scale"] for event in found if event["kind"] == "view" and event["trial"] == 0][-1] == 2
    assert [event["trial"] for event in found if event["kind"] == "shown"] == [0, 1]


def test_batches_that_never_arrive_cost_no_answer(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("ERR_FAILED",)
    sitter.page.route("**/events", lambda route: route.abort())
    session = sitter.begin(house.study(**FREE))
    sitter.answer(*("left", "right") * 4)
    sitter.arrive("end")
    assert house.votes(session) == ["left", "right"] * 4
    noticed(house, session)  # at most the last one, which goes off while the page is left
    assert len(showings(house, session)) == 8

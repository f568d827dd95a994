"""The four viewing conditions in a browser, by keyboard alone."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import select

from app.db.models import Screening, Session
from app.results.viewing_columns import columns
from app.sessions import viewing_acuity, viewing_brightness, viewing_colour
from app.simulation.eyes import read_ring
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database
NEAR = 60  # mm from the cross, where these eyes have their blind spot


def seed(house: House, page: Page) -> int:
    """The seed of the session that the page belongs to."""
    with house.database.read() as db:
        return db.scalars(select(Session.seed).where(Session.token == page.url.rsplit("/", 1)[1])).one()


def found(house: House, page: Page) -> dict[str, object]:
    """What was stored of the session's viewing conditions."""
    with house.database.read() as db:
        token = page.url.rsplit("/", 1)[1]
        of_session = select(Screening).join(Session, Session.id == Screening.session_id).where(Session.token == token)
        return columns(db.scalars(of_session.order_by(Screening.id)))


def measure(page: Page) -> None:
    """Makes the card a little wider, and says five times when the dot has vanished."""
    page.wait_for_selector("#width:focus")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#begin:focus")
    page.keyboard.press("Enter")
    for number in range(1, 6):
        page.wait_for_function(
            """([number, mm]) => {
              const [cross, dot] = ["cross", "dot"].map((id) => document.getElementById(id).getBoundingClientRect())
              const away = cross.left + cross.width / 2 - dot.left - dot.width / 2
              return document.getElementById("which").textContent.startsWith(`${number} /`) && away > mm * 331 / 85.6
            }""",
            arg=[number, NEAR],
        )
        page.keyboard.press("Space")
        page.wait_for_timeout(50)


def count(house: House, page: Page) -> None:
    """Counts the shapes, and writes the numbers down."""
    page.wait_for_selector(".faint")
    for number in viewing_brightness.expected(seed(house, page), 1).values():
        page.keyboard.press("Tab")
        page.keyboard.type(str(number))
    page.keyboard.press("Enter")


def look(house: House, page: Page) -> None:
    """Reads line after line, as far as they go; each ring is on the screen as the server drew it."""
    for line in range(1, len(viewing_acuity.lines(None)) + 1):
        page.wait_for_selector(f"input[name=turn][value='{line}']", state="attached")
        page.wait_for_selector("canvas[data-ready]")
        for number, way in enumerate(viewing_acuity.directions(seed(house, page), line), start=1):
            if number == 1:
                shot = page.locator("#ring").screenshot()
                drawn = np.asarray(Image.open(io.BytesIO(shot)).convert("L"))
                rows, across = np.nonzero(drawn == 255)
                field = drawn[rows.min() : rows.max() + 1, across.min() : across.max() + 1]
                assert set(np.unique(field)) == {0, 255}  # nothing between black and white: no pixel was scaled
                assert read_ring(field) == way
            page.keyboard.press(f"Arrow{way.capitalize()}")


def read(house: House, page: Page) -> None:
    """Presses the digits' keys, one of them by the list and Enter."""
    page.wait_for_selector(".plate:focus")  # a key pressed before the script is there is lost
    page.wait_for_load_state()  # once the last is answered, there are no discs any more
    assert page.locator(".plate:not([hidden]) :is(:focus, :checked)").count() == 0  # nothing looks chosen
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    first, *others = [plate.digit for plate in viewing_colour.plates(seed(house, page), 1)]
    for _ in range((first - 1) % 11):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    for digit in others:
        page.keyboard.press(str(digit))


def test_all_four_are_passed_by_keyboard_alone(house: House, sitter: Sitter, page: Page) -> None:
    page.goto(house.study(viewing=("acuity", "card", "brightness", "colour")))
    sitter.onwards("landing", "consent")
    sitter.arrive("viewing")
    look(house, page)
    measure(page)
    count(house, page)
    read(house, page)
    sitter.arrive("instructions")
    seen = found(house, page)
    assert seen["distance_by"] == "blind spot"
    assert 240 < float(str(seen["distance_mm"])) < 330
    assert seen["px_per_mm"] == pytest.approx(331 / 85.6, abs=0.001)
    assert [seen[name] for name in ("brightness", "acuity", "colour_vision")] == ["passed"] * 3
    assert seen["acuity_gap_px"] == 1


def to_the_edge(page: Page) -> None:
    """Lets the dot walk until it can go no further; the page's clock stands still afterwards."""
    for _ in range(60):
        page.clock.run_for(100)
        if page.is_visible("#edge-reached"):
            return
    raise AssertionError("the dot never reached the edge")


def test_the_edge_of_the_window_is_no_blind_spot_and_no_walk_goes_on_behind_the_form(
    house: House, sitter: Sitter, page: Page
) -> None:
    page.clock.install()
    page.goto(house.study(viewing=("card",)))
    sitter.onwards("landing", "consent")
    page.wait_for_selector("#width:focus")
    page.keyboard.press("Enter")
    page.set_viewport_size({"width": 600, "height": 800})
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 0.1)
    page.keyboard.press("Enter")
    to_the_edge(page)
    page.keyboard.press("Space")
    page.clock.run_for(1_000)
    assert page.text_content("#which") == "1 / 5"
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    to_the_edge(page)
    page.keyboard.press("Escape")
    left = page.locator("#dot").get_attribute("style")
    page.clock.run_for(1_500)
    assert page.locator("#dot").get_attribute("style") == left


@pytest.mark.parametrize("module", ["card", "acuity"])
def test_without_scripts_a_page_says_so_and_lets_its_subject_go_on(house: House, sitter: Sitter, module: str) -> None:
    page = sitter.page
    page.goto(house.study(viewing=(module,)))
    sitter.onwards("landing", "consent")
    sitter.arrive("viewing")
    browser, state = page.context.browser, page.context.storage_state()
    assert browser is not None
    with browser.new_context(java_script_enabled=False, storage_state=state) as plain:
        other = plain.new_page()
        other.goto(page.url)
        assert "Without them you can only say below" in other.content()
        other.get_by_role("button", name="I cannot do this").click()
        other.wait_for_selector("main[data-stage=instructions]")


def test_discs_and_fields_can_be_answered_without_scripts(house: House, sitter: Sitter) -> None:
    page = sitter.page
    page.goto(house.study(viewing=("brightness", "colour")))
    sitter.onwards("landing", "consent")
    sitter.arrive("viewing")
    browser, state, number = page.context.browser, page.context.storage_state(), seed(house, page)
    assert browser is not None
    with browser.new_context(java_script_enabled=False, storage_state=state) as plain:
        other = plain.new_page()
        other.goto(page.url)
        for name, value in viewing_brightness.expected(number, 1).items():
            other.fill(f"[name={name}]", str(value))
        other.get_by_role("button", name="Continue").click()
        for place, plate in enumerate(viewing_colour.plates(number, 1), start=1):
            other.check(f"[name=digit_{place}][value='{plate.digit}']")
        other.get_by_role("button", name="Continue").click()
        other.wait_for_selector("main[data-stage=instructions]")

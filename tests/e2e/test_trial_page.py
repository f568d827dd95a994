"""The trial page beside its pictures: what it says, where its parts stand, what its keys do."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.house import House
from tests.e2e.sitter import PANES, Sitter
from tests.web.small_study import paint

pytestmark = pytest.mark.one_database  # what a browser does with what it was sent


def test_zoom_starts_anew_with_each_trial(house: House, sitter: Sitter) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8))
    sitter.page.keyboard.press("+")
    sitter.says("#zoom", "2 : 1")
    sitter.answer("left")
    sitter.ready(2)
    assert sitter.page.inner_text("#zoom") == "1 : 1"


def test_holding_r_puts_the_reference_in_place_of_both(house: House, sitter: Sitter) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8))
    before = sitter.panes()
    sitter.page.keyboard.down("r")
    sitter.says("#hint", "in all three places")
    held = sitter.panes()
    assert (held["left"] == before["reference"]).all()
    assert (held["right"] == before["reference"]).all()
    sitter.page.keyboard.up("r")
    expect(sitter.page.locator("#hint")).to_be_empty()
    after = sitter.panes()
    assert all((after[name] == before[name]).all() for name in PANES)


def test_a_window_too_small_for_the_pictures_is_named(house: House, sitter: Sitter, tmp_path: Path) -> None:
    sitter.page.set_viewport_size({"width": 1000, "height": 700})
    sitter.begin(house.study(paint(tmp_path, 240), practice_trials=0, block_size=8))
    assert sitter.page.inner_text("#hint") == ""
    sitter.page.set_viewport_size({"width": 500, "height": 700})
    sitter.says("#hint", "too small for the whole pictures at 1 : 1")
    sitter.page.keyboard.press("0")
    sitter.says("#hint", "Overview only")
    sitter.page.set_viewport_size({"width": 1000, "height": 700})
    sitter.says("#zoom", "1 : 1")


def test_text_of_twice_the_size_leaves_everything_in_reach(house: House, sitter: Sitter) -> None:
    sitter.page.set_viewport_size({"width": 1280, "height": 800})
    sitter.begin(house.study(practice_trials=0, block_size=8, is_demo=True))
    sitter.page.evaluate("document.documentElement.style.fontSize = '200%'")
    inside = sitter.page.evaluate(
        """[...document.querySelectorAll('button, canvas, h1, #saved, .legend')].every((element) => {
          const box = element.getBoundingClientRect()
          return !element.checkVisibility() || (box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight)
        })"""
    )
    assert inside
    assert min(pane.shape[0] for pane in sitter.panes().values()) > 200


@pytest.mark.parametrize("text", [100, 200])
def test_panes_are_equal_at_every_width_and_cant_tell_stands_in_the_middle(
    house: House, sitter: Sitter, text: int
) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8, allow_tie=True))
    sitter.page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
    for width in (1500, 1100, 900, 700, 500, 330):
        sitter.page.set_viewport_size({"width": width, "height": 600})
        panes = [sitter.page.locator(f"#pane-{name}").bounding_box() for name in PANES]
        buttons = [sitter.page.locator(f"[data-side={side}]").bounding_box() for side in ("left", "tie", "right")]
        assert max(pane["width"] for pane in panes) - min(pane["width"] for pane in panes) <= 1
        assert len({(pane["y"], pane["height"]) for pane in panes}) == 1
        assert len({button["y"] for button in buttons}) == 1
        for pane, after in itertools.pairwise(panes):
            assert pane["x"] + pane["width"] <= after["x"]
        for pane, button in zip(panes, buttons, strict=True):
            assert abs(pane["x"] + pane["width"] / 2 - button["x"] - button["width"] / 2) <= 1
            assert button["width"] <= pane["width"]
        if text == 100 or width >= 700:  # the style that doubles the text here is unknown to media queries
            assert sitter.page.evaluate("document.documentElement.scrollWidth") <= width
        assert sitter.page.locator(".narrow").is_visible() == (width < 480)


def test_no_hint_that_comes_or_goes_moves_the_pictures(house: House, sitter: Sitter) -> None:
    sitter.page.set_viewport_size({"width": 620, "height": 700})
    sitter.begin(house.study(practice_trials=0, block_size=8, flicker=True))
    before = sitter.page.locator("#pane-reference").bounding_box()
    for key, words in (("f", "take turns"), ("f", ""), ("r", "in all three places")):
        sitter.page.keyboard.down(key)
        expect(sitter.page.locator("#hint")).to_contain_text(words)
        assert sitter.page.locator("#pane-reference").bounding_box() == before
        if key == "f":
            sitter.page.keyboard.up(key)


def test_a_low_window_still_shows_every_button_and_a_high_one_has_them_near_small_pictures(
    house: House, sitter: Sitter
) -> None:
    page = sitter.page
    sitter.begin(house.study(practice_trials=0, block_size=8, allow_tie=True, flicker=True))
    page.set_viewport_size({"width": 622, "height": 375})
    expect(page.locator(".legend")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") <= 375
    page.set_viewport_size({"width": 1920, "height": 1080})
    pane, button = (page.locator(place).bounding_box() for place in ("#pane-left", "[data-side=left]"))
    picture_ends = pane["y"] + (pane["height"] + 90) / 2
    assert button["y"] - picture_ends < 150


def test_a_zoom_moves_neither_panes_nor_buttons(house: House, sitter: Sitter) -> None:
    sitter.page.set_viewport_size({"width": 700, "height": 520})
    sitter.begin(house.study(practice_trials=0, block_size=8, allow_tie=True))
    sitter.page.set_viewport_size({"width": 340, "height": 620})
    before = [sitter.page.locator(place).bounding_box() for place in ("#pane-reference", "[data-side=tie]", "#hold")]
    sitter.page.keyboard.press("0")
    sitter.says("#zoom", "fit")
    after = [sitter.page.locator(place).bounding_box() for place in ("#pane-reference", "[data-side=tie]", "#hold")]
    assert after == before


def test_what_the_study_leaves_out_is_neither_on_the_page_nor_on_its_keys(house: House, sitter: Sitter) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8, hold_reference=False, flicker=True))
    page, before = sitter.page, sitter.panes()
    assert page.locator("#hold").count() == 0
    assert "reference in place" not in page.inner_text(".legend")
    page.keyboard.down("r")
    page.wait_for_timeout(100)
    assert (sitter.panes()["left"] == before["left"]).all()
    page.keyboard.up("r")
    page.keyboard.press("f")
    sitter.says("#hint", "take turns with the reference")
    page.keyboard.press("f")
    expect(page.locator("#hint")).to_be_empty()
    after = sitter.panes()
    assert all((after[name] == before[name]).all() for name in PANES)


def test_a_study_without_flicker_knows_no_f(house: House, sitter: Sitter) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8))
    assert sitter.page.locator("#flicker").count() == 0
    assert "flicker" not in sitter.page.inner_text(".legend")
    sitter.page.keyboard.press("f")
    sitter.page.wait_for_timeout(50)
    assert sitter.page.inner_text("#hint") == ""


def test_the_next_pair_is_there_one_blank_after_the_answer_whatever_the_line_does(house: House, sitter: Sitter) -> None:
    page = sitter.page
    fetched: list[str] = []
    page.on("requestfinished", lambda request: request.url.endswith(".png") and fetched.append(request.url))
    sitter.begin(house.study(practice_trials=0, block_size=8, blank_ms=300))
    while len(fetched) < 3 * 6:  # this pair and the five after it
        page.wait_for_timeout(20)
    page.route("**/*.png", lambda _: None)  # from here on no picture comes any more
    frames = [page.evaluate(FRAMES_TO_THE_NEXT, key) for key in ("ArrowLeft", "ArrowRight", "ArrowLeft")]
    assert min(frames) <= 18 + 3  # 300 ms at 60 frames a second, and what a timer and a frame are late
    page.unroute_all(behavior="ignoreErrors")


FRAMES_TO_THE_NEXT = """(key) => new Promise((resolve) => {
  const busy = () => document.getElementById("panes").ariaBusy === "true"
  let frames = 0
  dispatchEvent(new KeyboardEvent("keydown", { key }))
  const count = () => (busy() ? requestAnimationFrame(count, frames++) : resolve(frames))
  requestAnimationFrame(count)
})"""

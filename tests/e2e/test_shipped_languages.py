"""A whole session in German and in Chinese: every page in the language, no word too long for its place."""

import pytest
from playwright.sync_api import Page, expect

from app.resources import LOCALES
from app.studies.wording import QUESTIONNAIRE
from app.web.languages import Languages
from tests.e2e.axe import overflow
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database  # what pages say
CUT_OFF = """() => [...document.querySelectorAll("button, .strip > *, .legend span, .readout, h1")]
  .filter(one => one.offsetParent && getComputedStyle(one).display !== "inline")
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 80))"""


def fits(page: Page) -> None:
    """Nothing on the page is wider than its place."""
    assert overflow(page) <= 0
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("tag", ["de", "zh-Hans"])
def test_a_session_in_a_shipped_language(house: House, sitter: Sitter, page: Page, tag: str) -> None:
    texts = Languages(LOCALES).texts(tag)
    link = house.study(
        practice_trials=1, allow_tie=True, flicker=True, trials_per_session=4, block_size=2, catch_trials=0,
        questionnaire=tuple(map(str, QUESTIONNAIRE)), is_demo=True,
    )  # fmt: skip
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(link)
    page.get_by_role("link", name=texts.name).click()
    expect(page.locator("html")).to_have_attribute("lang", tag)
    sitter.onwards("landing")
    sitter.arrive("consent")
    assert texts.raw("Do you want to take part?") == page.locator("h1").inner_text()
    sitter.onwards("consent")
    sitter.arrive("questionnaire")
    for asked in QUESTIONNAIRE:
        if asked.options:
            page.get_by_label(texts.raw(asked.options[0]), exact=True).check()
    page.locator("button.primary").click()
    sitter.onwards("instructions")
    sitter.ready()
    fits(page)
    expect(page.locator("#saved")).to_have_text(texts.raw("saved ✓"))
    sitter.answer("left")
    sitter.arrive("practice_done")
    fits(page)
    sitter.onwards("practice_done")
    sitter.ready()
    fits(page)
    page.keyboard.press("Escape")
    expect(page.locator("#paused h2")).to_have_text(texts.raw("Paused"))
    fits(page)
    page.keyboard.press("Escape")
    sitter.answer("left", "right")
    sitter.arrive("break")
    fits(page)
    sitter.onwards("break")
    sitter.answer("left", "right")
    sitter.arrive("end")
    fits(page)
    expect(page.locator("h1")).to_have_text(texts.raw("Done. Thank you!"))
    expect(page.locator("html")).to_have_attribute("lang", tag)

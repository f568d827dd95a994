"""Every part of the results in a real browser: both schemes, a laptop's width, by keyboard and without scripts."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from app.web import login
from app.web.admin.results_page import PARTS
from benchmarks import published_size
from tests.e2e.axe import overflow, violations
from tests.e2e.conftest import Watch
from tests.e2e.house import House

WIDTH = 1280
SHOW = "Show, and log that I looked"
BESIDES = ("looks",)  # pages that lie within a part


@pytest.fixture
def results(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the results of a study with one task and letters of more than one kind."""
    monkeypatch.setattr(published_size, "TASKS", ("denoise",))
    monkeypatch.setattr(published_size, "SCENES", published_size.SCENES[:5])
    study = published_size.write(house.database, votes_per_pair=3, subjects=6)
    return f"{house.address}/admin/studies/{study}/results"


def signed_in(house: House, context: BrowserContext, name: str) -> None:
    """Whoever has this account."""
    house.operator(name)
    page = context.new_page()
    page.goto(f"{house.address}/login/once/{login.one_time_link(house.database, name)}")
    page.locator("main button").first.click()
    page.wait_for_url("**/admin/studies")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_any_part_and_none_is_wider_than_the_window(
    house: House, browser: Browser, watch: Watch, results: str, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": WIDTH, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    watch.over(context)
    signed_in(house, context, f"axe-{scheme}")
    page, wrong = context.new_page(), dict[str, list[str]]()
    page.goto(results)
    if found := violations(page):
        wrong["/hidden"] = found
    page.get_by_role("button", name=SHOW).click()
    for part in ("", *(f"/{name}" for name in (*list(PARTS)[1:], *BESIDES))):
        reply = page.goto(f"{results}{part}")
        assert reply is not None
        assert reply.status == 200, part
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = violations(page)
        wide = overflow(page)
        found += [f"{wide} px wider than the window"] if wide > 0 else []
        if found:
            wrong[part or "/ranking"] = found
    context.close()
    assert wrong == {}


def test_switches_and_parts_are_reached_by_keyboard_and_need_no_script(
    house: House, browser: Browser, watch: Watch, results: str
) -> None:
    context = browser.new_context(viewport={"width": WIDTH, "height": 900}, java_script_enabled=False)
    watch.over(context)
    signed_in(house, context, "keys")
    page = context.new_page()
    page.goto(results)
    page.get_by_role("button", name=SHOW).focus()
    page.keyboard.press("Enter")
    page.locator("#correction").focus()
    page.keyboard.press("H")  # Holm
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Show", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**correction=holm**")
    expect(page.locator("#correction")).to_have_value("holm")
    page.get_by_role("link", name="Scenes", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/results/scenes?**correction=holm**")
    picture = page.locator("figure.plot img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    context.close()

"""Every page of the desk: axe-core finds nothing wrong with it, light or dark, and none scrolls sideways at 1280 px.

The pages are all routes that answer with HTML, so that a new one is looked at from its first day.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, BrowserContext, Page

from app.studies.steps import Step
from app.web import login
from app.web.app import create_app
from tests.e2e.axe import overflow, violations
from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.web import lived_in

pytestmark = pytest.mark.one_database  # what pages look like
NAME = "grace"
WIDTH = 1280
NOT_THERE = frozenset({  # figures and tables that this installation has under other names, and no page of a study
    "/admin/trainings/{job_id}/psnr.svg",
    "/admin/matrices/{job_id}/{figure}.svg",
    "/admin/studies/{study_id}/results/{figure}.{form}",
    "/admin/studies/{study_id}/results/methods.{form}",
    "/admin/studies/{study_id}/results/looks/{task}/{scene_name}/map.{form}",
})  # fmt: skip


@pytest.fixture(scope="module")
def house(own_house: House) -> House:
    return own_house


@pytest.fixture(scope="module")
def place(house: House) -> lived_in.Place:
    house.operator(NAME)
    return lived_in.furnish(house.settings, house.database, house.media, house.pictures, NAME)


@pytest.fixture
def desk(browser: Browser, house: House, watch: Watch) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": WIDTH, "height": 800})
    watch.over(context)
    page = context.new_page()
    page.goto(f"{house.address}/login/once/{login.one_time_link(house.database, NAME)}")
    page.locator("main button").click()
    page.wait_for_url("**/admin/studies")
    yield context
    context.close()


def routes(house: House) -> list[str]:
    """The path of every route of the desk that answers a GET."""
    web = create_app(house.settings, house.database, house.media)
    found = {route.path for route in iter_route_contexts(web.routes) if "GET" in (route.methods or ())}
    return sorted(path for path in found if path.startswith("/admin"))


def pages(house: House, place: lived_in.Place, desk: BrowserContext) -> dict[str, str]:
    """By route, the address of every page: what answers with HTML, and is neither a picture nor a download."""
    found, missing = dict[str, str](), set[str]()
    for path in routes(house):
        address = house.address + place.address(path)
        reply = desk.request.get(address)
        if reply.status != 200:
            missing.add(path)
        elif reply.headers["content-type"].startswith("text/html") and "content-disposition" not in reply.headers:
            found[path] = address
    assert missing <= NOT_THERE, f"tests/web/lived_in.py has nothing that these show: {missing - NOT_THERE}"
    return found


def drafts(place: lived_in.Place, found: dict[str, str]) -> dict[str, str]:
    """The same tabs of the study that is still being made, and every step of setting it up."""
    (draft,) = {int(page.rsplit("/", 1)[1]) for page in place.pages if "/studies/" in page} - {_drawn(place)}
    tabs = [path for path in found if path.startswith("/admin/studies/{study_id}/") and path.count("{") == 1]
    known = f"/studies/{_drawn(place)}/"
    shown = {f"{path} of a draft": found[path].replace(known, f"/studies/{draft}/") for path in tabs}
    made = found["/admin/studies/{study_id}/stimuli"].replace(known, f"/studies/{draft}/")
    return shown | {f"step {step}": made.replace("/stimuli", f"/set-up/{step}") for step in Step}


def _drawn(place: lived_in.Place) -> int:
    return int(place.values["study_id"])


def wrong_with(page: Page, address: str) -> list[str]:
    """What is wrong with the page, one line each; in the dark its colours alone are others."""
    page.emulate_media(color_scheme="light")
    reply = page.goto(address)
    assert reply is not None
    assert reply.status == 200, address
    told = violations(page)
    if (wide := overflow(page)) > 0:
        told.append(f"{wide} px wider than a window of {WIDTH} px")
    page.emulate_media(color_scheme="dark")
    return told + [f"in the dark: {line}" for line in violations(page, "color-contrast")]


def test_no_page_of_the_desk_breaks_a_rule_or_its_width(
    house: House, place: lived_in.Place, desk: BrowserContext
) -> None:
    page, wrong = desk.pages[0], dict[str, list[str]]()
    found = pages(house, place, desk)
    for path, address in (found | drafts(place, found)).items():
        if told := wrong_with(page, address):
            wrong[f"{path} ({urlsplit(address).path})"] = told
    assert wrong == {}
    assert {"/admin/studies", "/admin/trainings", "/admin/studies/{study_id}/monitor"} <= found.keys()

"""Every page that a subject meets: axe-core finds nothing wrong with it, and large text goes over no edge."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from sqlalchemy import select, update

from app.db.models import Outcome, Session
from app.sessions import links
from app.studies import service
from app.studies.wording import QUESTIONNAIRE
from tests.e2e.axe import overflow, violations
from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database  # what pages look like
ASKED = (*map(str, QUESTIONNAIRE), "town | Which town? | text | optional")
VIEWING = ("card", "brightness", "acuity", "colour")


class Critic:
    """Looks at one page after the other, and notes what is wrong with each."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page, self.watch = page, watch
        self.wrong: dict[str, list[str]] = {}
        watch.expected = ("status of 4",)  # pages of refusals

    def look(self, name: str) -> None:
        """The page in front of it."""
        found = violations(self.page)
        found += self._sideways(200)
        if not self.page.locator("#panes:visible").count():  # three pictures side by side need their width
            found += self._narrow(400)
        if found:
            self.wrong[name] = found

    def _sideways(self, percent: int) -> list[str]:
        self.page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{percent}%")
        wide = overflow(self.page)
        self.page.evaluate("document.documentElement.style.fontSize = ''")
        return [f"text at {percent} % is {wide} px wider than the window"] if wide > 0 else []

    def _narrow(self, width: int) -> list[str]:
        usual = self.page.viewport_size
        assert usual is not None
        self.page.set_viewport_size({"width": width, "height": usual["height"]})
        wide = overflow(self.page)
        self.page.set_viewport_size(usual)
        return [f"{wide} px wider than a window of {width} px"] if wide > 0 else []

    def open(self, address: str, name: str) -> None:
        """The page at an address."""
        self.page.goto(address)
        self.look(name)

    def onwards(self, stage: str) -> None:
        """The page behind the main button of this one."""
        self.page.locator("form[data-step] button").first.click()
        self.page.wait_for_selector(f"main[data-stage={stage}]")


@pytest.fixture
def critic(page: Page, watch: Watch) -> Critic:
    return Critic(page, watch)


def number_of(house: House, link: str) -> int:
    """The study behind a public link."""
    return links.read_public(house.settings.secret(), link.rsplit("/", 1)[1])


def become(house: House, session_page: str, outcome: Outcome | None) -> None:
    """The session ended in that way."""
    token = urlsplit(session_page).path.rsplit("/", 1)[1]
    with house.database.write() as db:
        db.execute(
            update(Session)
            .where(Session.token == token)
            .values(outcome=outcome, completion_code="MTK4-9QRE" if outcome else None)
        )


def begin(critic: Critic, link: str) -> None:
    """Agrees, and stands on the page after that."""
    critic.page.goto(link)
    critic.onwards("consent")
    critic.page.check("input[name=agreed]")


def test_the_way_from_the_link_to_the_first_pair(house: House, critic: Critic) -> None:
    page = critic.page
    link = house.study(questionnaire=ASKED, viewing=VIEWING, display_gate="advise", practice_trials=2, gate_pixels=90)
    critic.open(link, "landing")
    begin(critic, link)
    critic.look("consent")
    critic.onwards("questionnaire")
    critic.look("questionnaire")
    page.locator("form[data-step] button").first.click()
    page.wait_for_selector(".wrong")
    critic.look("questionnaire, with faults")
    for asked in QUESTIONNAIRE:
        if asked.options:
            page.locator(f"input[name=q_{asked.name}]").first.check()
    critic.onwards("display")
    page.wait_for_selector("#onwards[aria-disabled=false]")
    critic.look("display")
    page.click("#onwards")
    for module in VIEWING:
        page.wait_for_selector(f"main[data-stage=viewing] form[action*='{module}']")
        critic.look(f"viewing: {module}")
        page.locator("form[action$='/skip'] button").click()
    page.wait_for_selector("main[data-stage=instructions]")
    critic.look("instructions")
    assert critic.wrong == {}


def test_the_pairs_and_the_rests_between_them(house: House, sitter: Sitter, critic: Critic) -> None:
    page = critic.page
    link = house.study(practice_trials=1, allow_tie=True, flicker=True, break_minutes=1)
    address = sitter.begin(link)
    critic.look("practice")
    sitter.answer("left")
    sitter.arrive("practice_done")
    critic.look("practice done")
    sitter.onwards("practice_done")
    sitter.ready()
    critic.look("block")
    page.keyboard.press("Escape")
    page.wait_for_selector("#paused[open]")
    critic.look("pause")
    page.keyboard.press("Escape")
    critic.open(link, "landing, to go on")
    page.goto(address)
    sitter.answer("left", "right", "left", "right")
    sitter.arrive("break")
    critic.look("break")
    page.goto(address + "/withdraw")
    critic.look("withdraw")
    study = number_of(house, link)
    service.pause(house.database, study)
    critic.open(address, "paused")
    critic.open(link, "landing, paused")
    service.close(house.database, study)
    critic.open(address, "ended")
    assert critic.wrong == {}


def test_every_end_and_every_refusal(house: House, sitter: Sitter, critic: Critic) -> None:
    link = house.study(practice_trials=0, completed_url="https://example.org/?cc={code}")
    plain = house.study(practice_trials=0)
    for kind, address in (("with a way back", sitter.begin(link)), ("with a code", sitter.begin(plain))):
        for outcome in Outcome:
            become(house, address, outcome)
            critic.page.goto(address)
            critic.look(f"{outcome.value}, {kind}")
    critic.open(f"{house.address}/join/1.wrong", "a wrong link")
    critic.open(f"{house.address}/s/unknown", "no session")
    draft = house.study(opened=False)
    critic.open(draft, "not open yet")
    assert critic.wrong == {}


def test_the_rest_of_a_day(house: House, sitter: Sitter, critic: Critic) -> None:
    address = sitter.begin(house.study(practice_trials=0, sitting_minutes=5, dummy_trials=0))
    token = address.rsplit("/", 1)[1]
    sitter.answer("left", "right", "left", "right")
    sitter.arrive("break")
    with house.database.write() as db:
        session = db.scalars(select(Session).where(Session.token == token)).one()
        session.sitting_began_at = session.sitting_began_at.replace(year=session.sitting_began_at.year - 1)
    critic.open(address, "resting or break")
    assert critic.wrong == {}

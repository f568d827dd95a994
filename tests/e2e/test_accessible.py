"""Every page that a subject meets: axe-core finds nothing wrong with it, and large text goes over no edge."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from app.clock import now
from app.db.models import Outcome, Session, Side
from app.sessions import progress, votes
from app.studies import moves
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

    def open(self, address: str, name: str, stage: str) -> None:
        """The page at an address, which is one of this stage."""
        self.page.goto(address)
        self.is_at(stage)
        self.look(name)

    def is_at(self, stage: str) -> None:
        """The page in front of it is one of this stage."""
        assert self.page.locator("main").get_attribute("data-stage") == stage

    def onwards(self, stage: str) -> None:
        """The page behind the main button of this one."""
        self.page.locator("form[data-step] button").first.click()
        self.page.wait_for_selector(f"main[data-stage={stage}]")


@pytest.fixture
def critic(page: Page, watch: Watch) -> Critic:
    return Critic(page, watch)


def token_of(session_page: str) -> str:
    """The token of the session at that address."""
    return urlsplit(session_page).path.rsplit("/", 1)[1]


def become(house: House, session_page: str, **values: object) -> None:
    """The session is as these values say."""
    with house.database.write() as db:
        db.execute(update(Session).where(Session.token == token_of(session_page)).values(**values))


def next_block(house: House, session_page: str) -> None:
    """The subject goes on to the pairs that come next."""
    progress.start_block(house.database, token_of(session_page))


def answer(house: House, session_page: str, side: Side, elapsed_ms: int, at_most: int) -> None:
    """So many of the pairs that wait are answered."""
    token = token_of(session_page)
    for trial in progress.open_trials(house.database, token)[:at_most]:
        votes.record_vote(house.database, token, trial.token, votes.Answer(side, elapsed_ms))


def begin(critic: Critic, link: str) -> str:
    """Stands on the page of the consent, and has ticked its box; the session's address."""
    critic.page.goto(link)
    critic.onwards("consent")
    critic.page.check("input[name=agreed]")
    return critic.page.url


def agree(critic: Critic, link: str) -> str:
    """The address of a session that waits for its first pair."""
    address = begin(critic, link)
    critic.onwards("instructions")
    return address


def test_the_way_from_the_link_to_the_first_pair(house: House, critic: Critic) -> None:
    page = critic.page
    link = house.study(questionnaire=ASKED, viewing=VIEWING, display_gate="advise", practice_trials=2, gate_pixels=90)
    critic.open(link, "landing", "landing")
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
    critic.open(link, "landing, to go on", "landing")
    page.goto(address)
    sitter.answer("left", "right", "left", "right")
    sitter.arrive("break")
    critic.look("break")
    page.goto(address + "/withdraw")
    critic.look("withdraw")
    study = house.number_of(link)
    moves.pause(house.database, study)
    critic.open(address, "paused", "paused")
    critic.open(link, "landing, paused", "paused")
    moves.close(house.database, study)
    critic.open(address, "ended", "paused")
    assert critic.wrong == {}


def test_every_end_whatever_is_handed_over(house: House, critic: Critic) -> None:
    told = {"completed_url": "https://example.org/?cc={code}", "failed_code": "F", "screened_out_code": "S"}
    alike = (Outcome.COMPLETED, Outcome.SCREENED_OUT)  # the others look like one of these, or as they do above
    for name, settings, outcomes in (("with a way back", told, tuple(Outcome)), ("with a code", {}, alike)):
        address = agree(critic, house.study(practice_trials=0, **settings))
        for outcome in outcomes:
            become(house, address, outcome=outcome, completion_code="MTK4-9QRE")
            stage = "withdrawn" if outcome is Outcome.WITHDRAWN else "end"
            critic.open(address, f"{outcome.value}, {name}", stage)
    assert critic.wrong == {}


def test_every_kind_of_refusal_with_advice_and_a_way_back(house: House, critic: Critic) -> None:
    link = house.study()
    critic.open(f"{house.address}/join/1.wrong", "a wrong link", "stopped")
    critic.open(f"{house.address}/s/unknown", "no session", "stopped")
    critic.open(house.study(opened=False), "not open yet", "stopped")
    critic.open(f"{link}?PROLIFIC_PID=", "nobody named", "stopped")
    critic.open(f"{link}?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE", "a preview", "stopped")
    address = agree(critic, link)
    critic.open(f"{address}/withdraw", "withdraw", "withdraw")
    critic.page.eval_on_selector("form.agreement", "form => form.submit()")  # which asks for no tick
    critic.page.wait_for_selector("main[data-stage=stopped]")
    critic.look("no tick")
    assert critic.wrong == {}


def test_practice_that_is_not_passed(house: House, critic: Critic) -> None:
    link = house.study(practice_trials=1, practice_pass=1, practice_attempts=2, allow_tie=True)
    address = agree(critic, link)
    for told in ("not passed yet", "was not passed"):
        next_block(house, address)
        answer(house, address, Side.TIE, 2_000, at_most=1)
        critic.open(address, f"practice {told}", "practice_done")
        assert told in critic.page.locator("h1").inner_text()
    critic.onwards("end")
    assert critic.wrong == {}


def test_the_rest_of_a_day_and_the_way_back_after_it(house: House, critic: Critic) -> None:
    address = agree(critic, house.study(practice_trials=0, sitting_minutes=5))
    next_block(house, address)
    answer(house, address, Side.LEFT, 300_000, at_most=1)
    critic.open(address, "rests", "resting")
    assert critic.page.locator("form[data-step=start]").count() == 0
    become(house, address, last_seen_at=now() - timedelta(days=2), sitting_began_at=now())
    critic.open(address, "back after it", "resting")
    critic.onwards("block")
    assert critic.wrong == {}

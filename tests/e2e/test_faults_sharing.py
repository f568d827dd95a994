"""Two tabs, two devices, two subjects at one computer: every answer is its own subject's, and none is lost unsaid."""

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import text

from app.studies import moves
from tests.e2e.conftest import Watch
from tests.e2e.faults import BROKEN, IMPATIENT, Line
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database  # what pages do; tests/sessions asks both databases

_STUDY = {"practice_trials": 0, "block_size": 8}


def _overtaken(house: House, session: str) -> list[str]:
    return [said["side"] for said in house.logged(session, "overtaken")]


def test_two_tabs_share_their_answers_and_the_first_to_a_trial_stands(
    house: House, sitter: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = (*BROKEN, "409")
    context.add_init_script(IMPATIENT)
    session = sitter.begin(house.study(**_STUDY))
    other = Sitter(context.new_page())
    other.page.goto(session)
    other.ready(1)
    line = Line(context)
    line.down = True
    sitter.answer("left", "left")
    sitter.ready(3)
    other.answer("right")  # to the first pair, which it still shows
    other.ready(3)  # and learns what the other tab has answered
    other.says("#saved", "3 answers kept on this device, waiting for the connection")
    other.answer("right")
    other.ready(4)
    sitter.page.close()
    line.down = False
    other.says("#notice", "had been answered")
    other.ready(4)
    other.saved()
    assert house.votes(session) == ["left", "left", "right", *[None] * 5]
    assert _overtaken(house, session) == ["right"]
    assert len(house.logged(session, "saved")) == 3


def test_a_tab_that_comes_to_the_front_goes_on_where_the_other_one_is(
    house: House, sitter: Sitter, context: BrowserContext
) -> None:
    session = sitter.begin(house.study(**_STUDY))
    other = Sitter(context.new_page())
    other.page.goto(session)
    other.answer("left", "right")
    other.ready(3)
    other.saved()
    come = "dispatchEvent(new Event('focus'))"
    sitter.page.evaluate(come)
    sitter.ready(3)
    other.answer(*["left"] * 6)
    other.arrive("end")
    sitter.page.evaluate(come)
    sitter.arrive("end")
    assert house.votes(session) == ["left", "right", *["left"] * 6]


def test_answers_of_a_closed_tab_are_sent_by_the_one_that_is_open(
    house: House, sitter: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = BROKEN
    session = sitter.begin(house.study(**_STUDY))
    other = Sitter(context.new_page())
    other.page.goto(session)
    other.ready(1)
    line = Line(context)
    line.down = True
    sitter.answer("right", "left")
    sitter.ready(3)
    sitter.page.close()
    line.down = False
    other.page.evaluate("dispatchEvent(new Event('focus'))")  # the window that was behind is in front now
    other.ready(3)
    other.saved()
    assert house.votes(session) == ["right", "left", *[None] * 6]
    assert _overtaken(house, session) == []


def test_a_queued_answer_that_another_device_has_overtaken_is_written_down(
    house: House, sitter: Sitter, browser: Browser, watch: Watch
) -> None:
    watch.expected = (*BROKEN, "409")
    sitter.page.add_init_script(IMPATIENT)
    session = sitter.begin(house.study(**_STUDY))
    link = sitter.page.locator("#personal-link").input_value()
    line = Line(sitter.page)
    line.down = True
    sitter.answer("left", "right")
    sitter.ready(3)
    elsewhere = browser.new_context()
    try:
        watch.over(elsewhere)
        device = Sitter(elsewhere.new_page())
        device.page.goto(link)
        device.onwards("landing")
        device.answer("right", "right", "left")
        device.ready(4)
        device.saved()
    finally:
        elsewhere.close()
    line.down = False
    sitter.ready(4)
    sitter.saved()
    sitter.page.reload()  # nothing is left to be sent once more
    sitter.ready(4)
    assert house.votes(session) == ["right", "right", "left", *[None] * 5]
    assert _overtaken(house, session) == ["left"]


def test_the_next_subject_at_a_computer_sends_nothing_of_the_last_ones(
    house: House, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = BROKEN
    link = house.study(**_STUDY)
    ada = Sitter(context.new_page())
    adas = ada.begin(link)
    personal = ada.page.locator("#personal-link").input_value()
    line = Line(context)
    line.down = True
    ada.answer("right", "left")
    ada.ready(3)
    ada.page.close()
    line.down = False
    ben = Sitter(context.new_page())
    ben.page.goto(link)
    ben.page.click("text=Start as somebody else")
    ben.onwards("consent", "instructions")
    line.sent.clear()
    ben.answer("left")
    ben.ready(2)
    ben.saved()
    bens = ben.page.url
    assert all(url.startswith(bens) for url, _ in line.sent)
    assert (house.votes(adas), house.votes(bens)) == ([None] * 8, ["left", *[None] * 7])
    ben.page.close()
    again = Sitter(context.new_page())
    again.page.goto(personal)
    again.onwards("landing")
    again.ready(3)
    again.saved()
    assert again.page.url == adas
    assert house.votes(adas) == ["right", "left", *[None] * 6]
    assert house.votes(bens) == ["left", *[None] * 7]


def test_answers_queued_while_the_study_was_closed_are_stored_and_marked_late(
    house: House, sitter: Sitter, watch: Watch
) -> None:
    watch.expected = BROKEN
    sitter.page.add_init_script(IMPATIENT)
    link = house.study(**_STUDY)
    session = sitter.begin(link)
    sitter.answer("left")
    sitter.ready(2)
    sitter.saved()
    line = Line(sitter.page)
    line.down = True
    sitter.answer("right", "left")
    sitter.ready(4)
    moves.close(house.database, house.number_of(link))
    line.down = False
    sitter.saved()
    assert house.votes(session) == ["left", "right", "left", *[None] * 5]
    assert _late(house, session) == [False, True, True]
    sitter.page.goto(session)
    assert "The study has ended" in sitter.page.inner_text("main")


def _late(house: House, session: str) -> list[bool]:
    with house.database.read() as db:
        rows = db.execute(
            text(
                "SELECT late FROM votes JOIN trials ON trials.id = votes.trial_id JOIN sessions "
                "ON sessions.id = trials.session_id WHERE sessions.token = :token ORDER BY position"
            ),
            {"token": session.rsplit("/", 1)[1]},
        )
        return [bool(late) for (late,) in rows]

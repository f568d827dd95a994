"""The two ends of a session in Chromium: there and back for a recruiting service, withdrawal, a shared computer."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect
from sqlalchemy import select

from app.db.models import ExternalId, Outcome, Session
from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database

PLACE = "https://app.prolific.example/submissions/complete"
SETTINGS: dict[str, Any] = {"practice_trials": 0, "block_size": 8, "completed_code": "C0DE"}


def test_a_participant_of_prolific_is_led_there_and_back(
    house: House, sitter: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = ("app.prolific.example",)

    def prolific(route: Route) -> None:
        route.fulfill(body="<!doctype html><title>Prolific</title><h1>Welcome back</h1>", content_type="text/html")

    context.route("https://app.prolific.example/**", prolific)
    link = house.study(completed_url=f"{PLACE}?cc={{code}}&who={{participant}}", **SETTINGS)
    session = sitter.begin(f"{link}?PROLIFIC_PID=5f1e0c&STUDY_ID=60aa&SESSION_ID=61bb")
    sitter.answer("left", "right", "left")
    sitter.saved()
    sitter.page.goto(f"{link}?PROLIFIC_PID=5f1e0c&STUDY_ID=60aa&SESSION_ID=61bb")
    sitter.onwards("landing")
    sitter.ready(4)
    assert sitter.page.url == session
    sitter.answer("left", "right", "left", "right", "left")
    sitter.arrive("end")
    expect(sitter.page.locator("#back")).to_have_text("Back to Prolific")
    sitter.says("#leaving", "You go there in")
    sitter.page.click("#stay")
    expect(sitter.page.locator("#leaving")).to_be_hidden()
    sitter.page.clock.install()
    sitter.page.reload()
    sitter.says("#leaving", "You go there in")
    sitter.page.clock.run_for(11_000)
    sitter.page.wait_for_url(f"{PLACE}?cc=C0DE&who=5f1e0c")


def test_whoever_failed_the_checks_is_given_the_time_to_read_it(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("app.prolific.example",)
    sitter.begin(house.study(failed_url=PLACE, **SETTINGS | {"catch_failures_allowed": 0, "allow_tie": True}))
    for number in range(1, 9):
        sitter.ready(number)
        sitter.page.keyboard.press("ArrowDown")
    sitter.arrive("end")
    sitter.says("main", "may not count")
    expect(sitter.page.locator("#back")).to_be_visible()
    assert sitter.page.locator("#leaving").count() == 0


def test_nobody_is_led_away_while_an_answer_waits_on_the_device(
    house: House, sitter: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = ("ERR_FAILED", "app.prolific.example")
    session = sitter.begin(house.study(completed_url=PLACE, **SETTINGS))
    sitter.answer(*["left", "right"] * 4)
    sitter.arrive("end")
    waiting: dict[str, Any] = {
        "session": session.removeprefix(house.address),
        "trial": "overtaken",
        "key": "k",
        "side": "left",
    }
    waiting |= {"url": f"{waiting['session']}/trials/overtaken/vote", "elapsed_ms": 1, "kept_at": 1, "order": 1}
    sitter.page.evaluate(
        "answer => localStorage.setItem(`beholder.answer.${answer.session}.${answer.key}`, JSON.stringify(answer))",
        waiting,
    )
    context.route("**/overtaken/vote", lambda route: route.abort())
    sitter.page.reload()
    sitter.says("#outbox", "waiting for the connection")
    expect(sitter.page.locator("#leaving")).to_be_hidden()
    expect(sitter.page.locator("#back")).to_be_visible()


def test_a_subject_withdraws_from_the_pause_and_nothing_stays_on_the_device(
    house: House, sitter: Sitter, watch: Watch
) -> None:
    watch.expected = ("410", "ERR_FAILED", "Failed to load resource")
    session = sitter.begin(f"{house.study(**SETTINGS)}?PROLIFIC_PID=5f1e0d")
    sitter.answer("left")
    sitter.ready(2)
    sitter.saved()
    sitter.page.route("**/vote", lambda route: route.abort())
    sitter.answer("right")
    sitter.ready(3)
    sitter.page.keyboard.press("Escape")
    sitter.page.get_by_role("link", name="Withdraw from this study").click()
    sitter.arrive("withdraw")
    sitter.page.unroute("**/vote")
    sitter.page.get_by_role("checkbox").check()
    sitter.page.get_by_role("button", name="Withdraw").click()
    sitter.arrive("withdrawn")
    expect(sitter.page.locator("#outbox")).to_be_hidden()
    sitter.page.wait_for_function(
        """async () => {
          const opening = indexedDB.open("beholder-answers")
          await new Promise((resolve) => { opening.onsuccess = resolve })
          const answers = opening.result.transaction("answers").objectStore("answers").getAll()
          await new Promise((resolve) => { answers.onsuccess = resolve })
          return answers.result.length === 0
        }"""
    )
    token = session.rsplit("/", 1)[1]
    with house.database.read() as db:
        row = db.scalars(select(Session).where(Session.token == token)).one()
        assert row.outcome is Outcome.WITHDRAWN
        assert db.get(ExternalId, row.subject_id) is None
    assert house.votes(session)[:2] == ["left", None]


def test_at_a_shared_computer_the_next_subject_sees_nothing_of_the_one_before(
    house: House, sitter: Sitter, watch: Watch
) -> None:
    watch.expected = ("403",)
    link = house.study(**SETTINGS)
    session = sitter.begin(link)
    sitter.answer(*["left", "right"] * 4)
    sitter.arrive("end")
    sitter.page.get_by_role("button", name="Next subject").click()
    sitter.arrive("landing")
    expect(sitter.page.get_by_role("button", name="Start")).to_be_visible()
    sitter.page.go_back()
    sitter.arrive("stopped")
    assert "C0DE" not in sitter.page.content()
    assert sitter.begin(link) != session

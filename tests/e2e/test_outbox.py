"""Answers survive what networks, servers and people do to them."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from app.settings import Settings
from app.studies import moves
from tests.e2e import panes
from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.e2e.sitter import Sitter


def test_answers_given_without_a_connection_arrive_when_it_is_back(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("net::ERR_FAILED",)
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    sitter.page.route("**/vote", lambda route: route.abort())
    sitter.answer("left", "right", "right", "left")
    sitter.says("#saved", "answers kept on this device, waiting for the connection")
    assert house.votes(session) == [None] * 8
    sitter.page.unroute("**/vote")
    sitter.saved()
    assert house.votes(session) == ["left", "right", "right", "left", *[None] * 4]


def test_after_five_unsent_answers_the_page_waits_and_says_so(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("net::ERR_FAILED",)
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    sitter.page.route("**/vote", lambda route: route.abort())
    sitter.answer("left", "left", "left", "right", "right")
    sitter.says("#halt", "Your last 5 answers are kept on this device")
    sitter.page.keyboard.press("ArrowLeft")
    sitter.page.unroute("**/vote")
    sitter.ready(6)
    sitter.saved()
    assert house.votes(session) == ["left", "left", "left", "right", "right", None, None, None]


def test_the_end_is_not_shown_before_the_server_holds_every_answer(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("net::ERR_FAILED",)
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    sitter.answer(*["left"] * 6)
    sitter.ready(7)
    sitter.saved()
    sitter.page.route("**/vote", lambda route: route.abort())
    sitter.answer("right", "right")
    sitter.says("#halt", "this part ends when they are saved")
    assert house.votes(session)[6:] == [None, None]
    assert sitter.page.locator("output.code").count() == 0
    sitter.page.unroute("**/vote")
    sitter.arrive("end")
    assert house.votes(session) == [*["left"] * 6, "right", "right"]


def test_a_server_killed_between_vote_and_reply_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, context: BrowserContext, watch: Watch
) -> None:
    house = House(tmp_path_factory.mktemp("killed"), settings.database_url)
    house.open()
    try:
        watch.origin = house.address
        watch.expected = ("net::ERR_FAILED", "net::ERR_CONNECTION", "net::ERR_CONTENT_LENGTH")  # a picture cut off
        sitter = Sitter(context.new_page())
        session = sitter.begin(house.study(practice_trials=0, block_size=8))
        statuses = list[int]()

        def commit_then_die(route: Route) -> None:
            statuses.append(route.fetch().status)
            house.kill()
            route.abort()

        sitter.page.route("**/vote", commit_then_die, times=1)
        sitter.answer("right", "left")
        sitter.says("#saved", "kept on this device")
        assert statuses == [201]
        assert house.votes(session) == ["right", *[None] * 7]
        house.open()
        sitter.saved()
        assert house.votes(session) == ["right", "left", *[None] * 6]
        sitter.answer("left")
        sitter.ready(4)
    finally:
        house.close()


def test_a_refused_answer_is_kept_and_shown_and_sent_again_with_the_link(
    house: House, sitter: Sitter, page: Page, watch: Watch
) -> None:
    watch.expected = ("403",)
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    page.keyboard.press("Escape")
    link = page.input_value("#personal-link")
    page.keyboard.press("Escape")
    page.context.clear_cookies()
    sitter.answer("right")
    sitter.says("#notice", "what you chose is kept on this device")
    sitter.says("#halt", "Open your own link again")
    sitter.says("#saved", "1 answer not taken")
    page.goto(link)
    sitter.onwards("landing")
    sitter.ready(2)
    sitter.saved()
    assert page.url == session
    assert house.votes(session) == ["right", *[None] * 7]


def test_a_tab_whose_session_was_taken_over_stops_for_good(
    house: House, sitter: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = ("403",)
    link = house.study(practice_trials=0, block_size=8)
    session = sitter.begin(link)
    sitter.ready(1)
    sitter.page.wait_for_load_state("networkidle")  # the next pairs' pictures are there already
    before = sitter.page.locator("#pane-left").bounding_box()
    other = context.new_page()
    other.goto(link)
    other.click("text=Start as somebody else")
    Sitter(other).arrive("consent")
    sitter.answer("left")
    sitter.says("#halt", "somebody else has begun one here since")
    sitter.says("#saved", "not taken")
    sitter.page.wait_for_load_state("networkidle")
    for key in ("ArrowLeft", "ArrowRight", "+", "Escape", "Escape", "ArrowLeft"):
        sitter.page.keyboard.press(key)
    sitter.says("#halt", "somebody else has begun one here since")
    assert sitter.page.locator("[data-side][aria-disabled=false]").count() == 0
    assert sitter.page.locator("#pane-left").bounding_box() == before  # the notice moved nothing
    assert house.votes(session) == [None] * 8


def test_a_pair_that_stood_there_for_more_than_a_day_is_answered_without_a_time(
    house: House, sitter: Sitter, page: Page
) -> None:
    page.clock.install()
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    page.clock.fast_forward("25:00:00")
    with page.expect_request("**/vote") as sent:
        sitter.page.keyboard.press("ArrowLeft")
    body = sent.value.post_data_json
    assert (body["side"], body["elapsed_ms"]) == ("left", None)
    sitter.ready(2)
    sitter.saved()
    assert house.votes(session)[0] == "left"


def test_a_page_of_somebody_between_us_and_the_server_counts_as_no_connection(
    house: House, sitter: Sitter, page: Page
) -> None:
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    page.route(
        "**/vote", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi login</h1>")
    )
    sitter.answer("left")
    sitter.says("#saved", "1 answer kept on this device")
    page.unroute("**/vote")
    sitter.saved()
    assert house.votes(session)[0] == "left"


def test_pictures_are_fetched_again_when_the_connection_is_back(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("net::ERR_FAILED",)
    sitter.page.route("**/*.png", lambda route: route.abort())
    sitter.page.goto(house.study(practice_trials=0, block_size=8))
    sitter.onwards("landing", "consent", "instructions")
    sitter.says("#halt", "no connection to the server")
    sitter.page.keyboard.press("ArrowLeft")
    sitter.page.unroute("**/*.png")
    sitter.ready(1)
    assert house.votes(sitter.page.url) == [None] * 8


def test_answers_left_behind_reach_a_study_that_was_paused_meanwhile(
    house: House, sitter: Sitter, watch: Watch
) -> None:
    watch.expected = ("net::ERR_FAILED",)
    link = house.study(practice_trials=0, block_size=8)
    session = sitter.begin(link)
    sitter.page.route("**/vote", lambda route: route.abort())
    sitter.answer("right", "left")
    sitter.ready(3)
    moves.pause(house.database, house.number_of(link))
    sitter.page.goto(session)
    sitter.arrive("paused")
    sitter.says("#outbox", "2 answers kept on this device")
    sitter.page.unroute("**/vote")
    sitter.says("#outbox", "2 answers from your last visit are saved")
    assert house.votes(session) == ["right", "left", *[None] * 6]


@pytest.mark.one_database
def test_a_slip_of_the_store_does_not_keep_later_answers_from_being_sent(browser: Browser) -> None:
    page = browser.new_page()
    panes.serve(page)
    sent = page.evaluate(
        """async () => {
          const { Outbox } = await import("/js/outbox.js")
          const outbox = new Outbox("ours", { changed: () => {}, stored: () => {} }), sent = []
          window.fetch = async (url, { body }) => {
            sent.push(url)
            return { status: 201, json: async () => ({ trial: url, side: JSON.parse(body).side }) }
          }
          const answer = (trial) => outbox.add({ trial, url: trial, side: "left", elapsed_ms: 900 })
          const all = outbox.store.all.bind(outbox.store)
          let looks = 0
          outbox.store.all = async () => { // the second look comes before the answer is sent
            if (++looks === 2) throw new Error("a slip")
            return all()
          }
          await answer("first")
          await new Promise((resolve) => setTimeout(resolve, 50))
          await answer("second")
          await Promise.race([outbox.until(() => outbox.waiting === 0), new Promise((end) => setTimeout(end, 3000))])
          return sent
        }"""
    )
    page.close()
    assert sent == ["first", "second"]

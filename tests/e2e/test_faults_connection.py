"""Whatever the connection does, the server ends with exactly the answers given, each to its own trial."""

import random

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from app.sessions import links
from tests.e2e.conftest import Watch
from tests.e2e.faults import BROKEN, IMPATIENT, Line
from tests.e2e.house import House
from tests.e2e.sitter import Sitter
from tests.web import small_study

pytestmark = pytest.mark.one_database  # what the page does

_SCENES = tuple(f"scene_{number}" for number in range(7))
_FIVE = {"practice_trials": 0, "block_size": 8}
_LATE = """
const send = window.fetch
window.fetch = async (...request) => {
  const reply = await send(...request)
  if (request[1]?.method === "PUT") await new Promise(resolve => setTimeout(resolve, 3000))
  return reply
}
"""

_ODD_SCREEN = """
const send = window.fetch
window.fetch = (url, options) => {
  if (options?.method !== "PUT") return send(url, options)
  const said = JSON.parse(options.body)
  if (said.screen) said.screen.pixel_ratio = -1
  return send(url, { ...options, body: JSON.stringify(said) })
}
"""


@pytest.fixture(scope="module")
def long_study(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The link of a study whose sessions are one block of twenty trials."""
    pictures = small_study.paint(tmp_path_factory.mktemp("many"), 40, 30, _SCENES)
    number = small_study.create(
        house.database, house.media, pictures, trials_per_session=20, block_size=20, practice_trials=0,
        catch_trials=0, catch_failures_allowed=0, blank_ms=0,
    )  # fmt: skip
    return f"{house.address}/join/{links.public_token(house.database, house.settings.secret(), number)}"


@pytest.fixture
def hurried(sitter: Sitter) -> Sitter:
    """A sitter whose page tries again soon."""
    sitter.page.add_init_script(IMPATIENT)
    return sitter


def _outages(seed: int) -> list[str]:
    """One fault, then two in a row, up to four, each of any kind."""
    rng = random.Random(seed)
    runs = [[*rng.choices(("before", "during", "after"), k=length), ""] for length in (1, 2, 3, 4)]
    return [fault for run in runs for fault in run]


@pytest.mark.parametrize(
    "faults",
    [["before", ""] * 20, ["during", ""] * 20, ["after", ""] * 20, _outages(4) * 5],
    ids=["before the request", "during the request", "after the request", "again and again"],
)
def test_twenty_answers_survive_a_connection_that_is_cut(
    house: House, hurried: Sitter, watch: Watch, long_study: str, faults: list[str]
) -> None:
    watch.expected = BROKEN
    session = hurried.begin(long_study)
    line = Line(hurried.page, faults)
    given = random.Random(str(faults)).choices(("left", "right"), k=20)
    for number, side in enumerate(given, start=1):
        hurried.ready(number)
        hurried.answer(side)
    hurried.arrive("end")
    assert house.votes(session) == given
    assert len(house.logged(session, "saved")) == 20
    assert house.logged(session, "overtaken") == []
    assert len(line.sent) > 30  # there was something to survive


def test_replies_that_come_late_hold_nobody_up(house: House, sitter: Sitter) -> None:
    sitter.page.add_init_script(_LATE)
    session = sitter.begin(house.study(**_FIVE))
    sitter.answer("left", "right")
    sitter.ready(3)
    expect(sitter.page.locator("#saved")).to_have_text("saving…")
    sitter.saved()
    assert house.votes(session) == ["left", "right", *[None] * 6]


def test_requests_that_arrive_again_later_and_in_another_order_change_nothing(
    house: House, hurried: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = BROKEN
    session = hurried.begin(house.study(**_FIVE))
    line = Line(hurried.page, ["hold", "", "", "hold"])
    hurried.answer("right", "left", "left", "right")
    hurried.ready(5)
    hurried.saved()
    line.let_go()
    for url, body in [*reversed(line.sent), *line.sent]:
        reply = context.request.put(url, data=body, headers={"Content-Type": "application/json"})
        assert (reply.status, reply.json()["side"] in body) == (200, True)
    hurried.answer("left")
    hurried.ready(6)
    hurried.saved()
    assert house.votes(session) == ["right", "left", "left", "right", "left", *[None] * 3]
    assert len(house.logged(session, "saved")) == 5
    assert len({body for _, body in line.sent}) == 5  # the same answer, sent again, is the same to the letter


def test_a_wireless_network_that_comes_and_goes_loses_nothing(
    house: House, hurried: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = BROKEN
    session = hurried.begin(house.study(**_FIVE))
    given = ["left", "right", "right", "left", "right", "left", "left", "right"]
    for number, side in enumerate(given, start=1):
        hurried.ready(number)
        context.set_offline(True)
        hurried.answer(side)
        hurried.page.wait_for_timeout(20 * number)  # cut off for longer each time
        context.set_offline(False)
    hurried.arrive("end")
    assert house.votes(session) == given
    assert len(house.logged(session, "saved")) == 8


def test_the_strip_says_what_has_become_of_the_answers(house: House, hurried: Sitter, watch: Watch) -> None:
    watch.expected = BROKEN
    saved = hurried.page.locator("#saved")
    session = hurried.begin(house.study(**_FIVE))
    expect(saved).to_have_text("saved ✓")
    line = Line(hurried.page, ["hold"])
    hurried.answer("left")
    expect(saved).to_have_text("saving…")
    line.down = True
    expect(saved).to_have_text("1 answer kept on this device, waiting for the connection")
    hurried.answer("right")
    expect(saved).to_have_text("2 answers kept on this device, waiting for the connection")
    line.down = False
    expect(saved).to_have_text("saved ✓")
    assert house.votes(session)[:3] == ["left", "right", None]


def test_trouble_with_one_answer_holds_no_other_up(house: House, hurried: Sitter, watch: Watch) -> None:
    watch.expected = ("500",)
    session = hurried.begin(house.study(**_FIVE))
    trouble = {"type": "errors#app-error", "title": "Fault", "status": 500, "detail": "A fault.", "fix": "Wait."}
    first = list[str]()

    def fail(route: Route) -> None:
        first.append(route.request.url)
        if route.request.url == first[0]:
            route.fulfill(status=500, json=trouble)
        else:
            route.continue_()

    hurried.page.route("**/vote", fail)
    hurried.answer("right", "left", "left")
    hurried.ready(4)
    hurried.says("#saved", "1 answer kept on this device")
    assert house.votes(session) == [None, "left", "left", *[None] * 5]
    hurried.page.unroute("**/vote")
    hurried.saved()
    assert house.votes(session) == ["right", "left", "left", *[None] * 5]


@pytest.mark.parametrize("reply", ["null", "[]", '{"trial": 1}', "{"])
def test_a_reply_that_makes_no_sense_is_no_acknowledgement(house: House, hurried: Sitter, reply: str) -> None:
    session = hurried.begin(house.study(**_FIVE))
    hurried.page.route("**/vote", lambda route: route.fulfill(content_type="application/json", body=reply))
    hurried.answer("right", "left")
    hurried.says("#saved", "2 answers kept on this device")
    hurried.page.unroute("**/vote")
    hurried.saved()
    assert house.votes(session) == ["right", "left", *[None] * 6]


def test_a_screen_that_the_server_does_not_take_costs_no_answer(house: House, sitter: Sitter, watch: Watch) -> None:
    watch.expected = ("422",)
    sitter.page.add_init_script(_ODD_SCREEN)
    session = sitter.begin(house.study(**_FIVE))
    sitter.answer("right", "left")
    sitter.ready(3)
    sitter.saved()
    assert house.votes(session) == ["right", "left", *[None] * 6]


def test_five_clicks_at_once_are_one_answer(house: House, sitter: Sitter) -> None:
    session = sitter.begin(house.study(**_FIVE))
    line = Line(sitter.page)
    sitter.page.evaluate(
        "for (const side of ['right', 'left', 'left', 'right', 'left']) "
        "document.querySelector(`button[data-side=${side}]`).click()"
    )
    sitter.ready(2)
    sitter.saved()
    assert house.votes(session) == ["right", *[None] * 7]
    assert len(line.sent) == 1

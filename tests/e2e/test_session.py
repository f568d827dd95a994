"""Whole sessions in a browser, by keyboard alone."""

from playwright.sync_api import BrowserContext, Page

from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.e2e.sitter import Sitter


def test_a_session_is_played_from_the_link_to_the_completion_code(house: House, sitter: Sitter) -> None:
    session = sitter.begin(house.study(practice_trials=2, block_size=3))
    given = ["left", "right", "right", "left", "left", "left", "right", "left", "right", "right"]
    sitter.answer(*given[:2])
    sitter.onwards("practice_done")
    sitter.answer(*given[2:6])
    sitter.onwards("break")
    sitter.answer(*given[6:])
    sitter.arrive("end")
    assert sitter.page.inner_text("output.code").count("-") == 2
    assert house.votes(session) == given


def test_a_reload_shows_the_same_pair_with_the_same_sides(house: House, sitter: Sitter) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8))
    sitter.answer("left", "right")
    sitter.ready(3)
    sitter.saved()
    before = sitter.panes()
    sitter.page.reload()
    sitter.ready(3)
    after = sitter.panes()
    assert before["left"].std() > 5  # there is something to see
    for name, pixels in before.items():
        assert (after[name] == pixels).all()


def test_five_presses_at_once_answer_one_trial(house: House, sitter: Sitter) -> None:
    session = sitter.begin(house.study(practice_trials=0, block_size=8, blank_ms=1500))
    for _ in range(5):
        sitter.page.keyboard.press("ArrowLeft")
    for _ in range(5):
        sitter.page.keyboard.down("ArrowRight")  # held down: the same key again and again
    sitter.ready(2)
    for _ in range(3):
        sitter.page.keyboard.down("ArrowRight")
    sitter.page.keyboard.up("ArrowRight")
    sitter.saved()
    assert house.votes(session) == ["left", *[None] * 7]
    sitter.answer("right")
    sitter.ready(3)
    assert house.votes(session)[:3] == ["left", "right", None]


def test_a_second_tab_cannot_change_an_answer_and_catches_up(
    house: House, sitter: Sitter, context: BrowserContext, watch: Watch
) -> None:
    watch.expected = ("409",)
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    other = Sitter(context.new_page())
    other.page.goto(session)
    other.ready(1)
    sitter.answer("left", "left", "right")
    sitter.ready(4)
    sitter.saved()
    other.answer("right")
    other.says("#notice", "had been answered")
    other.ready(4)
    assert house.votes(session) == ["left", "left", "right", *[None] * 5]
    other.answer("right")
    other.ready(5)
    other.saved()
    assert house.votes(session)[:5] == ["left", "left", "right", "right", None]


def test_a_pause_hides_the_pictures_and_offers_a_link_to_go_on_elsewhere(
    house: House, sitter: Sitter, page: Page, watch: Watch
) -> None:
    watch.expected = ("403",)  # pictures of later trials, asked for after the cookie is gone
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("ArrowLeft")
    assert sitter.panes()["left"][:, :380].std() == 0
    link = page.input_value("#personal-link")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    page.context.clear_cookies()
    page.goto(link)
    sitter.onwards("landing")
    sitter.ready(1)
    assert page.url == session
    assert house.votes(session) == [None] * 8


def test_enter_held_down_goes_no_further_than_the_consent_text(house: House, sitter: Sitter, page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 300})
    page.goto(house.study(consent_text="\n\n".join(["Read this."] * 40)))
    page.wait_for_selector("button.primary:focus")
    page.keyboard.down("Enter")
    sitter.arrive("consent")
    page.wait_for_selector("h1:focus")
    for _ in range(5):
        page.keyboard.down("Enter")  # held: the same key again and again
    page.focus("button.primary")
    page.keyboard.down("Enter")
    page.focus("[type=checkbox]")
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    assert page.locator("main").get_attribute("data-stage") == "consent"


def test_consent_is_read_from_its_beginning_and_needs_a_tick(house: House, sitter: Sitter, page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 300})
    page.goto(house.study(consent_text="\n\n".join(["Read this."] * 40), instructions="\n\n".join(["And this."] * 40)))
    sitter.onwards("landing")
    page.wait_for_selector("main[data-stage=consent] h1:focus")
    assert page.evaluate("scrollY") == 0
    page.click("button.primary")
    assert page.evaluate("document.querySelector('form').matches(':invalid')")
    assert page.locator("main").get_attribute("data-stage") == "consent"
    page.check("[name=agreed]")
    page.click("button.primary")
    page.wait_for_selector("main[data-stage=instructions] h1:focus")
    assert page.evaluate("scrollY") == 0


def test_the_public_link_offers_the_begun_session_first(house: House, sitter: Sitter, page: Page) -> None:
    link = house.study(practice_trials=0, block_size=8)
    session = sitter.begin(link)
    sitter.answer("left", "right")
    sitter.ready(3)
    sitter.saved()
    page.goto(link)
    sitter.onwards("landing")
    sitter.ready(3)
    assert page.url == session
    page.goto(link)
    page.click("text=Start as somebody else")
    sitter.arrive("consent")
    assert page.url != session


def test_buttons_stay_shut_until_the_pair_has_been_seen_long_enough(house: House, sitter: Sitter) -> None:
    link = house.study(practice_trials=0, block_size=8, min_view_ms=1200)
    sitter.page.goto(link)
    sitter.onwards("landing", "consent", "instructions")
    sitter.page.wait_for_selector(".panes[aria-busy=false]")
    sitter.page.keyboard.press("ArrowLeft")
    sitter.answer("right")
    sitter.ready(2)
    sitter.saved()
    assert house.votes(sitter.page.url)[:2] == ["right", None]


def test_a_tie_can_be_given_only_where_the_study_allows_it(house: House, sitter: Sitter) -> None:
    session = sitter.begin(house.study(practice_trials=0, block_size=8))
    sitter.answer("down", "left")
    sitter.ready(2)
    sitter.saved()
    assert house.votes(session)[:2] == ["left", None]
    session = sitter.begin(house.study(practice_trials=0, block_size=8, allow_tie=True))
    sitter.answer("down")
    sitter.ready(2)
    sitter.saved()
    assert house.votes(session)[:2] == ["tie", None]

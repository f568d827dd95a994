"""What scripts write on the page is in the session's language too."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.web.app import create_app
from app.web.languages import Languages
from app.web.pages import Pages
from tests.e2e.conftest import Watch
from tests.e2e.sitter import Sitter
from tests.web import pseudo, small_study

pytestmark = pytest.mark.one_database  # what scripts write

QUESTION = "QUESTION of the study"
DATA = (QUESTION, "CONSENT of the study", "INSTRUCTIONS of the study", "A small study", "Beholder")


class Reader(Sitter):
    """A subject who notes whatever on the page is in no language they know."""

    def reads(self, selector: str, part: str) -> None:
        """Waits until the element says this, and finds nothing untranslated anywhere on the page."""
        expect(self.page.locator(selector)).to_contain_text(pseudo.accented(part)[1:-1])
        address = self.page.locator("#personal-link")
        own = (address.get_attribute("value") or "",) if address.count() else ()
        assert pseudo.untranslated(pseudo.told(self.page.content()), (*DATA, *own)) == []


@pytest.fixture
def link(settings: Settings, database: Database, media: Media, tmp_path: Path) -> Iterator[str]:
    """The link of a study on a server that speaks the language that nobody speaks."""
    web = create_app(settings, database, media)
    web.state.pages = Pages(web.state.statics, Languages(pseudo.write(tmp_path / "locales", "pl")))
    study = small_study.create(
        database, media, small_study.paint(tmp_path / "pictures"), question=QUESTION, break_minutes=5, allow_tie=True,
        practice_trials=2, consent_text="CONSENT of the study", instructions="INSTRUCTIONS of the study",
    )  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(web, host="127.0.0.1", port=0, log_config=None))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://localhost:{port}/join/{links.public_token(database, settings.secret(), study)}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser, link: str) -> Iterator[Page]:
    watch = Watch(link.split("/join/")[0], expected=("net::ERR_FAILED", "403"))
    context = browser.new_context(viewport={"width": 1500, "height": 800}, locale="pl-PL")
    context.set_default_timeout(20_000)
    watch.over(context)
    yield context.new_page()
    context.close()
    assert watch.unexpected == []


def test_scripts_speak_the_language_of_the_session(page: Page, link: str) -> None:
    reader = Reader(page)
    reader.begin(link)
    reader.reads("#saved", "saved ✓")
    page.keyboard.down("r")
    reader.reads("#hint", "The reference is shown in all three places.")
    page.keyboard.up("r")
    page.set_viewport_size({"width": 330, "height": 500})
    reader.reads(".narrow", "This window is too narrow for three pictures side by side")
    page.wait_for_function(
        "() => document.querySelector('#pane-left').width < 330"
    )  # a key must not overtake the new size
    page.keyboard.press("0")
    reader.reads("#hint", "Overview only: press 1 to judge pixel by pixel.")
    reader.reads("#zoom", "fit (")
    page.set_viewport_size({"width": 1500, "height": 800})
    reader.answer("down")
    reader.reads("#feedback", "Last pair: one of the two was closer to the reference.")
    page.keyboard.press("Escape")
    reader.reads("dialog", "Rest as long as you like.")
    page.keyboard.press("Escape")
    reader.answer("left")
    reader.onwards("practice_done")
    page.route("**/vote", lambda route: route.abort())
    reader.answer("left", "right")
    reader.reads("#saved", "answers kept on this device, waiting for the connection")
    reader.answer("left", "right")
    reader.reads("#halt", "this part ends when they are saved.")
    page.unroute("**/vote")
    reader.arrive("break")
    reader.reads("#left", " left")


def test_a_refusal_is_told_in_the_language_of_the_session(page: Page, link: str) -> None:
    reader = Reader(page)
    reader.begin(link)
    page.context.clear_cookies()
    reader.answer("right")
    reader.reads("#halt", "Open your own link again; everything you answered is kept.")
    reader.reads("#notice", "Please tell the experimenter.")
    reader.reads("#saved", "answer not taken")

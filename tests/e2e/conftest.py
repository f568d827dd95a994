"""Chromium against a real server; every test also fails on a console error or a request to anybody else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from app.db import Database
from app.media import Media
from app.settings import Settings
from tests.e2e.chromium import start
from tests.e2e.house import House
from tests.e2e.lab import Lab, furnished
from tests.e2e.sitter import Sitter
from tests.postgres import chosen_url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:  # all tests are handed over when they are collected together
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    """A server that all tests share; each makes a study of its own."""
    yield from _opened(tmp_path_factory, request)


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    """A server that the tests of one file share, where they need the installation to hold what they put there alone."""
    yield from _opened(tmp_path_factory, request)


def _opened(folders: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    with chosen_url(request) as url:
        house = House(folders.mktemp("house"), url)
        house.open()
        yield house
        house.close()


@pytest.fixture
def lab(settings: Settings, database: Database, media: Media, tmp_path: Path) -> Iterator[Lab]:
    """The desk of a small laboratory, of this test alone."""
    with furnished(settings, database, media, tmp_path / "pictures") as lab:
        yield lab


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Callable[..., Browser]:
    """Starts Chromium, with more arguments where a test needs them."""
    return partial(start, playwright)


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@dataclass
class Watch:
    """What went wrong in any page of a context; ``expected`` are parts of messages that a test provokes."""

    origin: str
    wrong: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def over(self, context: BrowserContext) -> None:
        context.on("console", lambda said: said.type in ("error", "warning") and self.wrong.append(said.text))
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("request", lambda request: self._stranger(request.url))

    def _stranger(self, url: str) -> None:
        if f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" != self.origin:
            self.wrong.append(f"a request to {url}")

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.wrong if not any(part in text for part in self.expected)]


@pytest.fixture
def watch(house: House) -> Iterator[Watch]:
    watch = Watch(house.address)
    yield watch
    assert watch.unexpected == []


@pytest.fixture
def context(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1500, "height": 800})
    context.set_default_timeout(20_000)
    watch.over(context)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def sitter(page: Page) -> Sitter:
    """Somebody with a keyboard in front of an empty page."""
    return Sitter(page)

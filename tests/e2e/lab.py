"""The desk of a small laboratory, on a server in the test's own process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Page

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web import login
from app.web.app import create_app
from tests.web import small_study, trained

NAME = "lab.test"


@dataclass
class Lab:
    """A server in this process, and what its desk shows."""

    port: int
    database: Database
    media: Media
    settings: Settings
    study: int
    trainings: dict[tuple[str, str], int]

    def enter(self, page: Page, host: str = "localhost") -> None:
        """Signs in with a one-time link, by keyboard."""
        token = login.one_time_link(self.database, "marlene")
        page.goto(f"http://{host}:{self.port}/login/once/{token}")
        page.locator("button:focus").wait_for()  # the page focuses it when it is first drawn; keys before that are lost
        page.keyboard.press("Enter")
        page.wait_for_url("**/admin/studies")


@contextmanager
def furnished(settings: Settings, database: Database, media: Media, folder: Path) -> Iterator[Lab]:
    """A draft, and a matrix of trainings in every state, until the server ends."""
    settings = settings.model_copy(update={"hosts": (NAME,)})
    login.create_account(database, "marlene", None)
    study = small_study.create(database, media, small_study.paint(folder, 48, 32), opened=False)
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    trained.rendered(database, media, matrix.renderings["denoise", "mae"])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings, database, media), log_level="error", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Lab(listener.getsockname()[1], database, media, settings, study, matrix.trainings)
    server.should_exit = True
    thread.join()

"""What goes wrong between a page and its server, done on purpose."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page, Route

BROKEN = ("net::ERR_",)  # what the browser says of a broken connection
IMPATIENT = """
const timer = window.setTimeout, patience = AbortSignal.timeout
window.setTimeout = (work, ms, ...more) => timer(work, ms >= 1000 ? ms / 20 : ms, ...more)
AbortSignal.timeout = ms => patience.call(AbortSignal, ms / 20)
"""  # the page waits a twentieth of the time before it tries again


class Line:
    """The connection of a page or a browser, on which answers meet these faults, one after the other.

    ``before``: nothing arrives. ``during``: half of the request does. ``after``: the request does, its reply does not.
    ``hold``: the reply comes only when nobody waits for it any more. An empty text is no fault; so is what follows.
    """

    def __init__(self, place: Page | BrowserContext, faults: Iterable[str] = ()) -> None:
        self._faults = iter(faults)
        self._held = list[Route]()
        self.sent = list[tuple[str, str]]()  # address and body, as they left the page
        self.down = False  # while it is, nothing arrives
        place.route("**/vote", self._answer)

    def _answer(self, route: Route) -> None:
        request = route.request
        self.sent.append((request.url, request.post_data or ""))
        match "before" if self.down else next(self._faults, ""):
            case "before":
                route.abort()
            case "during":
                _half(request.url, request.post_data or "")
                route.abort()
            case "after":
                route.fetch()
                route.abort()
            case "hold":
                route.fetch()
                self._held.append(route)
            case _:
                route.continue_()

    def let_go(self) -> None:
        """The replies that were held arrive now."""
        for route in self._held:
            with suppress(Error):  # the page gave that request up
                route.fulfill(status=201, json={"trial": "of long ago", "side": "left"})


def _half(url: str, body: str) -> None:
    """A request whose connection ends in the middle of its body."""
    place = urlsplit(url)
    head = f"PUT {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", place.port or 80)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body[: len(body) // 2]}".encode())

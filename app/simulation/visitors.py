"""Simulated subjects behind any link that takes them: a study tries itself out before people see it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from random import Random
from urllib.parse import urlsplit

import httpx2

from app.errors import AppError, BadInput
from app.simulation.observer import Observer, PixelPeeper, RandomClicker
from app.simulation.patience import Patient
from app.simulation.subject import SimulatedSubject

_PATIENCE = 300  # seconds for one reply: hundreds at once wait for one another


class NotALink(BadInput):
    """The link does not lead to a study."""

    def __init__(self, link: str) -> None:
        super().__init__(f"{link[:200]!r} is no link to a study", "copy a whole link: http://…/join/…")


class ServerAway(AppError):
    """The server that the link names does not answer."""

    status = 503

    def __init__(self, address: str, error: Exception) -> None:
        super().__init__(f"The server at {address} does not answer ({error})", "see that it runs, and try again")


def visit(
    link: str,
    *,
    subjects: int,
    seed: int,
    clickers: int = 0,
    at_once: int = 1,
    tries: int = 1,
    seated: Callable[[int, int], None],
) -> None:
    """So many simulated subjects have each finished a session; ``seated`` hears who answered how much.

    The last ``clickers`` of them answer without looking. The same seed decides in the same way about the same trials.
    ``at_once`` of them sit at the same time, each in a thread and with a connection of its own; each request is sent up
    to ``tries`` times while the server is busy.
    """
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.netloc or not parts.path.startswith("/join/"):
        raise NotALink(link)
    address = f"{parts.scheme}://{parts.netloc}"

    def sit(number: int) -> int:
        rng = Random(f"{seed}:{number}")
        observer: Observer = RandomClicker(rng) if number > subjects - clickers else PixelPeeper(rng)
        try:
            with httpx2.Client(base_url=address, timeout=_PATIENCE, transport=Patient(tries)) as client:
                return _sit(SimulatedSubject(client, parts.path, observer))
        except httpx2.HTTPError as error:
            raise ServerAway(address, error) from error

    with ThreadPoolExecutor(at_once) as chairs:
        sitting = {chairs.submit(sit, number): number for number in range(1, subjects + 1)}
        try:
            for done in as_completed(sitting):
                seated(sitting[done], done.result())
        finally:
            for left in sitting:
                left.cancel()  # nobody sits down after somebody has failed


def _sit(subject: SimulatedSubject) -> int:
    landing = subject.client.get(subject.link)
    if landing.status_code == 404:
        raise NotALink(subject.link)
    return subject.sit()

"""Whose pictures are looked at next: two sets at once, however many people bring some."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import AppError

_TURN = threading.Semaphore(2)  # a picture of 50 megapixels takes some 400 MB while it is looked at
_ROOM = threading.Semaphore(4)  # and whoever waits holds a thread that subjects' pictures and votes need
_PATIENCE = 30.0  # seconds; large sets take minutes


class TooManyIngests(AppError):
    """Pictures of several others are being taken in at this moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Other pictures are being taken in at this moment", "try again in a minute or two")
        self.headers = {"Retry-After": "60"}


@contextmanager
def turn() -> Iterator[None]:
    """One of the few sets at a time; raises ``TooManyIngests`` rather than let anybody wait long, or many wait."""
    if not _ROOM.acquire(blocking=False):
        raise TooManyIngests
    try:
        if not _TURN.acquire(timeout=_PATIENCE):
            raise TooManyIngests
        try:
            yield
        finally:
            _TURN.release()
    finally:
        _ROOM.release()

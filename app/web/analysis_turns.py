"""Whose results are worked out next: subjects' pictures and votes must not wait for what readers ask."""

from collections.abc import Iterator
from itertools import chain

from fastapi import Depends

from app.errors import AppError
from app.turns import Turns


class TooManyAnalyses(AppError):
    """Results of several others are being worked out at this moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Other results are being worked out at this moment", "try again in a minute")
        self.headers = {"Retry-After": "60"}


# A page asks for as many as eight figures at once. Whoever works or waits here holds one of the server's forty threads.
ANALYSES = Turns(at_once=2, waiting=14, patience=60.0, refusal=TooManyAnalyses)
# A zip is written while it is sent, so that a slow line holds its place; it must not be one of those above.
PACKAGES = Turns(at_once=2, waiting=2, patience=30.0, refusal=TooManyAnalyses)


def begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first made already: what a table is worked out from is, before the turn ends."""
    return chain([next(pieces, b"")], pieces)


def _analysis() -> Iterator[None]:
    with ANALYSES.take():
        yield


def _package() -> Iterator[None]:
    with PACKAGES.take():
        yield


IN_TURN = Depends(_analysis, scope="function")  # given back before the reply is sent
PACKAGE_IN_TURN = Depends(_package, scope="request")  # given back when all is sent

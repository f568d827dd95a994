"""Costly work done a few at a time, however many ask: hashing passwords and looking at pictures take turns here."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turns:
    """``at_once`` work, ``waiting`` more wait up to ``patience`` seconds, and all others are refused at once.

    Whoever waits holds a thread that subjects' pictures and votes need, so neither many wait nor anybody long.
    """

    def __init__(self, at_once: int, waiting: int, patience: float, refusal: Callable[[], Exception]) -> None:
        self.patience = patience
        self._working = threading.Semaphore(at_once)
        self._inside = threading.Semaphore(at_once + waiting)
        self._refusal = refusal

    @contextmanager
    def take(self) -> Iterator[None]:
        """A turn, for as long as the block lasts; raises the refusal where none comes in time."""
        if not self._inside.acquire(blocking=False):
            raise self._refusal()
        try:
            if not self._working.acquire(timeout=self.patience):
                raise self._refusal()
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._inside.release()

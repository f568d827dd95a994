"""Leases of every age, and a way to wait for what another process or thread does."""

import threading
from collections.abc import Callable
from datetime import timedelta

LEASE = timedelta(seconds=90)
OVER = timedelta(seconds=-1)  # a lease that ran out a second ago
LONG_OVER = timedelta(minutes=-11)


def until(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Returns once ``happened`` is true; fails when it takes too long."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if happened():
            return
        pause.wait(0.02)
    raise AssertionError("what the test waited for did not happen")

"""How a command that works on and on is asked to stop: by Ctrl-C, by SIGTERM, or because its terminal is closed."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TWICE_SECONDS = 1.0  # what arrives within this was asked once: a terminal and whoever waits in it both pass it on


@contextmanager
def stopping(told: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Inside, the event is set when somebody asks; ``told`` is called then, once.

    Asked again, the process ends on the spot: its jobs are rescued when their leases are over.
    """
    stop, asked_at = threading.Event(), list[float]()

    def ask(number: int, _frame: object) -> None:
        if not asked_at:
            asked_at.append(time.monotonic())
            stop.set()
            told()
        elif time.monotonic() - asked_at[0] > _TWICE_SECONDS:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    heard = [number for number in _SIGNALS if number is not signal.SIGHUP or not _is_ignored(number)]  # as under nohup
    before = {number: signal.signal(number, ask) for number in heard}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN

"""How a running job is heard, and told to stop: through a pipe by the worker that started it, or in a terminal."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Protocol

from app.jobs.contract import Progress

PIPE = "BEHOLDER_REPORT_FD"


class Stopped(Exception):
    """The job was asked to stop and has saved what it had."""


class Report(Protocol):
    """Where progress goes, and where the wish to stop comes from."""

    stop_requested: bool

    def due(self) -> bool:
        """Whether it is time to say something again."""
        ...

    def progress(self, progress: Progress) -> None:
        """Says how far the job is."""
        ...


def heed(report: Report) -> None:
    """Raises ``Stopped`` where the job was asked to stop, and has nothing to save."""
    if report.stop_requested:
        raise Stopped


class PipeReport:
    """Lines of JSON to the worker; a pipe that it has closed means: save and stop."""

    def __init__(self, descriptor: int, every: float = 0.5) -> None:
        self.stop_requested = False
        self._descriptor = descriptor
        self._due = _every(every)
        os.set_blocking(descriptor, False)  # a worker that does not read must not hold up a training

    def due(self) -> bool:
        """Whether it is time to say something again."""
        return self._due()

    def progress(self, progress: Progress) -> None:
        """Writes one line; where the pipe is full the line is dropped, where it is closed the job shall stop."""
        line = progress.model_dump_json().encode() + b"\n"  # shorter than PIPE_BUF: written whole or not at all
        with contextlib.suppress(BlockingIOError):
            try:
                os.write(self._descriptor, line)
            except BrokenPipeError:
                self.stop_requested = True


class TerminalReport:
    """One line that renews itself in a terminal; elsewhere a line every ten seconds."""

    def __init__(self) -> None:
        self.stop_requested = False
        self._terminal = sys.stderr.isatty()
        self._due = _every(0.2 if self._terminal else 10.0)

    def due(self) -> bool:
        """Whether it is time to say something again."""
        return self._due()

    def progress(self, progress: Progress) -> None:
        """Writes where the job stands, its loss and its speed."""
        parts = [f"{progress.step:>{len(str(progress.total))}}/{progress.total}"]
        if progress.loss is not None:
            parts.append(f"loss {progress.loss:.5f}")
        if progress.steps_per_second is not None:
            parts.append(f"{progress.steps_per_second:.1f} steps/s")
        start = "\r\x1b[K" if self._terminal else ""  # back to the line's beginning, and clear it
        end = "\n" if not self._terminal or progress.step == progress.total else ""
        sys.stderr.write(start + " · ".join(parts) + end)
        sys.stderr.flush()


class SilentReport:
    """That of a process which only helps another: it says nothing."""

    def __init__(self) -> None:
        self.stop_requested = False

    def due(self) -> bool:
        """It is never time."""
        return False

    def progress(self, progress: Progress) -> None:
        """Nothing is said."""


def report_from_environment() -> Report:
    """Silence for one who helps, the pipe that the worker left open for this process, or the terminal."""
    if os.environ.get("RANK", "0") != "0":
        return SilentReport()
    descriptor = os.environ.get(PIPE, "")
    return PipeReport(int(descriptor)) if descriptor.isdigit() else TerminalReport()


@contextlib.contextmanager
def stoppable(report: Report) -> Iterator[None]:
    """While this lasts, SIGTERM and Ctrl-C ask the job to save and stop; asked twice, it dies on the spot."""

    def ask(number: int, frame: FrameType | None) -> None:
        report.stop_requested = True
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _every(seconds: float) -> Callable[[], bool]:
    """A question that is answered with yes at first, and then at most once in so many seconds."""
    last = float("-inf")

    def due() -> bool:
        nonlocal last
        if time.monotonic() - last < seconds:
            return False
        last = time.monotonic()
        return True

    return due

"""What a running process says about itself, carried to the table a few lines at a time."""

import time
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from app.jobs.contract import Progress

_WRITE_SECONDS = 2.0  # between two writes to the table; the last report is always written
_CURVE_POINTS = 500  # a loss curve finer than a screen serves nobody
_PACE_STEPS = 20  # after the first report, which comes when all that is slow at the start is over

Write = Callable[[Progress, list[tuple[int, float]]], None]


class Reports:
    """Follows one process; ``step`` is where it said it was."""

    def __init__(self, lines: Iterable[str], write: Write, write_seconds: float = _WRITE_SECONDS) -> None:
        self.step = 0
        self._lines = lines
        self._write = write
        self._write_seconds = write_seconds
        self._points: list[tuple[int, float]] = []
        self._next_point = 0
        self._first: tuple[int, float] | None = None
        self._last = (0, 0.0)

    @property
    def step_ms(self) -> float | None:
        """Milliseconds a step between the first report and the last; None where too few steps lie between."""
        if self._first is None or self._last[0] - self._first[0] < _PACE_STEPS:
            return None
        return 1000 * (self._last[1] - self._first[1]) / (self._last[0] - self._first[0])

    def follow(self) -> None:
        """Everything the process reported is in the table; returns when the process has closed its end."""
        latest, written_at = None, float("-inf")
        for line in self._lines:
            report = _read(line)
            if report is None:
                continue
            latest, self.step = report, report.step
            self._last = (report.step, time.monotonic())
            self._first = self._first or self._last
            self._collect(report)
            if time.monotonic() - written_at >= self._write_seconds:
                self._flush(latest)
                latest, written_at = None, time.monotonic()
        if latest is not None:
            self._flush(latest)

    def _collect(self, report: Progress) -> None:
        if report.loss is not None and (report.step >= self._next_point or report.step == report.total):
            self._points.append((report.step, report.loss))
            self._next_point = report.step + max(1, report.total // _CURVE_POINTS)

    def _flush(self, latest: Progress) -> None:
        points, self._points = self._points, []
        self._write(latest, points)


def _read(line: str) -> Progress | None:
    """The report in a line; None for a line that was cut off when its process died."""
    try:
        return Progress.model_validate_json(line)
    except ValidationError:
        return None

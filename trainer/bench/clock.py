"""Two ways of doing the same thing, timed in alternation."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

Step = Callable[[], None]

ENOUGH = 50
"""Timings that a median should stand on before anything is said to be reached."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took: milliseconds, and how many timings they stand on."""

    median: float
    lower: float  # quartiles
    upper: float
    count: int

    def each(self, parts: int) -> "Taken":
        """The same of one of so many equal parts, which were timed together."""
        return Taken(self.median / parts, self.lower / parts, self.upper / parts, self.count)


def alternate(steps: dict[str, Step], device: torch.device, *, repeats: int, seconds: float) -> dict[str, Taken]:
    """How long each step took, after one that warms up.

    The steps take turns until each was timed ``repeats`` times or all of them together have taken so many ``seconds``;
    none is timed less than twice.
    """
    for step in steps.values():
        _milliseconds(step, device)
    times: dict[str, list[float]] = {name: [] for name in steps}
    began = time.perf_counter()
    for turn in range(repeats):
        for name, step in steps.items():
            times[name].append(_milliseconds(step, device))
        if turn and time.perf_counter() - began > seconds:
            break
    return {name: _summed_up(taken) for name, taken in times.items()}


def spread(taken: Taken) -> str:
    """The quartiles as a table shows them."""
    return f"{taken.lower:.2f}–{taken.upper:.2f}"


def _summed_up(times: Sequence[float]) -> Taken:
    lower, median, upper = statistics.quantiles(times, n=4, method="inclusive")
    return Taken(median, lower, upper, len(times))


def _milliseconds(step: Step, device: torch.device) -> float:
    _wait(device)
    began = time.perf_counter()
    step()
    _wait(device)  # a GPU works on when the call has returned
    return 1000 * (time.perf_counter() - began)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)

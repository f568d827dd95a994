"""Two ways of doing the same thing, timed in alternation."""

import statistics
import time
from collections.abc import Callable

import torch

Step = Callable[[], None]


def alternate(steps: dict[str, Step], device: torch.device, *, repeats: int, seconds: float) -> dict[str, float]:
    """The median of each step's milliseconds, after one that warms up.

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
    return {name: statistics.median(taken) for name, taken in times.items()}


def _milliseconds(step: Step, device: torch.device) -> float:
    _wait(device)
    began = time.perf_counter()
    step()
    _wait(device)  # a GPU works on when the call has returned
    return 1000 * (time.perf_counter() - began)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)

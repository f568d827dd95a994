"""``python -m trainer bench measures``: value and gradient of each measure, ours and pyiqa's, on the same pictures."""

import statistics
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from app.catalog import measure
from app.jobs.contract import Progress
from trainer.bench import pyiqa
from trainer.bench.clock import ENOUGH, Step, Taken, alternate
from trainer.measures import MEASURES
from trainer.measures.channels import Form
from trainer.report import Report, Stopped

CLASSICAL = ("ssim", "ms_ssim", "cw_ssim", "vif", "mad", "fsim", "gmsd", "vsi", "nlpd")
"""The measures whose mean speed-up is an aim: those that pyiqa has too and that need no weights."""

_MEAN_AIM, _MAD_AIM = 4.0, 20.0
_IN_COLOUR_AT_PYIQA = ("psnr",)  # of the measures that know a form on luma; all the others compare luma there


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one value and gradient of a whole batch took."""

    form: Form
    ours: Taken
    theirs: Taken | None  # None: pyiqa is not installed, or has no such measure

    @property
    def ratio(self) -> float | None:
        """How many times as fast as pyiqa ours is, by the medians."""
        return None if self.theirs is None else self.theirs.median / self.ours.median


@dataclass(frozen=True, slots=True)
class Aim:
    """What was to be reached."""

    text: str
    reached: bool
    timings: int  # the fewest that any of its medians stands on

    def __str__(self) -> str:
        few = (
            ""
            if self.timings >= ENOUGH
            else f" (on {self.timings} timings, too few to hold on to: give more --seconds)"
        )
        return f"{'reached' if self.reached else 'MISSED '}  {self.text}{few}"


def time_measures(
    names: Sequence[str], shape: tuple[int, int, int, int], device: torch.device, seconds: float, report: Report
) -> dict[str, Timing]:
    """The timing of each measure on a batch of that shape, N × 3 × H × W, for so many seconds each."""
    reference, restored = _pictures(shape, device)
    timings = {}
    for number, name in enumerate(names, 1):
        if report.stop_requested:
            raise Stopped
        form = form_of(name)
        steps = {"ours": _step(partial(_ours, name, form), restored, reference)}
        other = pyiqa.measure(name, device) if pyiqa.installed() else None
        if other is not None:
            steps["theirs"] = _step(other, restored, reference)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # theirs
            taken = alternate(steps, device, repeats=ENOUGH, seconds=seconds)
        timings[name] = Timing(form, taken["ours"], taken.get("theirs"))
        report.progress(Progress(step=number, total=len(names)))
    return timings


def form_of(name: str) -> Form:
    """The form in which ours compares what pyiqa's does; a measure of colour has only one."""
    return "rgb" if measure(name).colour or name in _IN_COLOUR_AT_PYIQA else "y"


def geometric_mean(timings: dict[str, Timing]) -> float | None:
    """How many times as fast as pyiqa the classical measures are on the average; None unless all of them were timed."""
    ratios = [timing.ratio for name, timing in timings.items() if name in CLASSICAL and timing.ratio is not None]
    return statistics.geometric_mean(ratios) if len(ratios) == len(CLASSICAL) else None


def aims(timings: dict[str, Timing]) -> tuple[Aim, ...]:
    """What was to be reached, as far as what was timed can tell."""
    ratios = {name: timing.ratio for name, timing in timings.items() if timing.ratio is not None}
    found = []
    nine = [name for name in ratios if name in CLASSICAL]
    fewest = min((timings[name].ours.count for name in nine), default=0)
    mean = geometric_mean(timings)
    if mean is not None:
        text = f"geometric mean of the classical nine at least {_MEAN_AIM:g} times as fast: {mean:.1f}"
        found.append(Aim(text, mean >= _MEAN_AIM, fewest))
    if "mad" in ratios:
        text = f"MAD at least {_MAD_AIM:g} times as fast: {ratios['mad']:.1f}"
        found.append(Aim(text, ratios["mad"] >= _MAD_AIM, timings["mad"].ours.count))
    if nine:
        slower = [name for name in nine if ratios[name] < 1]
        found.append(Aim("none of these slower" + (f": {', '.join(slower)}" if slower else ""), not slower, fewest))
    return tuple(found)


def _pictures(shape: tuple[int, int, int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """A reference with large and small structures, and the same with noise, which is what a gradient is wanted of."""
    generator = torch.Generator().manual_seed(192)
    noise = torch.rand(shape[0], 3, 24, 24, generator=generator)
    reference = torch.nn.functional.interpolate(noise, shape[2:], mode="bicubic").clamp(0, 1)
    restored = (reference + 0.05 * torch.randn(shape, generator=generator)).clamp(0, 1)
    return reference.to(device), restored.to(device).requires_grad_()


def _ours(name: str, form: Form, restored: Tensor, reference: Tensor) -> Tensor:
    return MEASURES[name](restored, reference, form).mean()


def _step(loss: Callable[[Tensor, Tensor], Tensor], restored: Tensor, reference: Tensor) -> Step:
    def step() -> None:
        torch.autograd.grad(loss(restored, reference), restored)

    return step

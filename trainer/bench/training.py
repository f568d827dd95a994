"""``python -m trainer bench train``: our training step beside a plain loop's, in alternation in one process."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from app.jobs.contract import Progress, Recipe
from app.jobs.presets import keys
from trainer.bench.clock import Step, Taken, alternate
from trainer.bench.measures import Aim
from trainer.bench.reference import ReferenceLoop
from trainer.crops import Crops
from trainer.data import Photograph
from trainer.report import Report, Stopped
from trainer.state import fresh, set_learning_rate
from trainer.tasks import degradation_of
from trainer.train import learning_rate, step_of

AIMS = {"denoise": 2.0, "superres": 3.0}
"""The tasks that are timed: how many times as fast as the plain loop a step of the published size shall be on a GPU."""

_WARM_UP = 8  # steps of ours until one is compiled and captured
_TOGETHER = 10  # steps between two looks at the clock on a GPU, whose queue one step does not fill


@dataclass(frozen=True, slots=True)
class StepTiming:
    """How long one training step took."""

    recipe: Recipe
    ours: Taken
    plain: Taken

    @property
    def ratio(self) -> float:
        """How many times as fast as the plain loop ours is."""
        return self.plain.median / self.ours.median

    @property
    def crops_per_second(self) -> float:
        """How many crops ours learns from in a second."""
        return 1000 * self.recipe.batch / self.ours.median


def bench_recipe(task: str, preset: str | None, precision: str | None, device: torch.device) -> Recipe:
    """What is timed: on a GPU the published size in bfloat16, on a CPU ``tiny``; with averaged weights, under MAE."""
    on_gpu = device.type == "cuda"
    chosen: dict[str, Any] = keys(preset or ("paper" if on_gpu else "tiny"), task, "mae", stage=1)
    return Recipe.model_validate(
        {
            **chosen,
            "task": task,
            "objective": "mae",
            "precision": precision or ("bf16" if on_gpu else "fp32"),
            "ema": 0.999,
        }
    )


def time_step(recipe: Recipe, device: torch.device, seconds: float, report: Report) -> StepTiming:
    """The timing of both loops on the same photographs, for so many seconds of both; at least two turns of each."""
    photographs = _photographs(max(256, recipe.patch))
    ours, plain = _ours(recipe, photographs, device), ReferenceLoop(recipe, photographs, device)
    for step in range(_WARM_UP):
        next(ours)
        plain.step()
        if report.due():
            report.progress(Progress(step=step + 1, total=_WARM_UP))
        if report.stop_requested:
            raise Stopped
    count = _TOGETHER if device.type == "cuda" else 1

    def several(step: Step) -> None:
        for _ in range(count):
            step()

    steps: dict[str, Step] = {"ours": partial(several, partial(next, ours)), "plain": partial(several, plain.step)}
    taken = alternate(steps, device, repeats=200, seconds=seconds)
    return StepTiming(recipe, taken["ours"].each(count), taken["plain"].each(count))


def aim(timing: StepTiming, device: torch.device) -> Aim | None:
    """Whether the step is as fast as it shall be; None on a CPU and for other sizes, for which no aim is set."""
    recipe, wanted = timing.recipe, AIMS[timing.recipe.task]
    if device.type != "cuda" or recipe.network.channels < 64 or (recipe.batch, recipe.patch) != (16, 192):
        return None
    text = f"{recipe.task} at least {wanted:g} times as fast: {timing.ratio:.2f}"
    return Aim(text, timing.ratio >= wanted, timing.ours.count)


def _ours(recipe: Recipe, photographs: list[Photograph], device: torch.device) -> Iterator[None]:
    """A step of our loop each time it is asked for."""
    state = fresh(recipe, photographs, device, None)
    step, degrade = step_of(recipe, state), degradation_of(recipe, device)
    crops = Crops(photographs, recipe.patch, recipe.batch, state.generator)
    while True:
        set_learning_rate(state.optimizer, learning_rate(recipe, state.step))
        clean: Tensor = next(crops)
        step(degrade(clean, state.generator), clean)
        state.step += 1
        yield


def _photographs(side: int) -> list[Photograph]:
    """Eight pictures of noise: how fast a step is does not depend on what they show."""
    generator = torch.Generator().manual_seed(192)
    return [
        Photograph(f"{number}.png", torch.randint(256, (side, side, 3), generator=generator, dtype=torch.uint8))
        for number in range(8)
    ]

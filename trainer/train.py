"""The training loop, readable in one sitting."""

import math
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import torch

import app
from app.errors import Conflict
from app.jobs.contract import Progress, Recipe, TrainResult
from app.log import logger
from trainer.checkpoint import Keeper, newest_whole
from trainer.data import Crops, Photograph
from trainer.files import write_whole
from trainer.objectives import loss_of
from trainer.report import Report, Stopped
from trainer.state import TrainingState, fresh
from trainer.tasks import TASKS
from trainer.validate import psnr


class Diverged(Conflict):
    """The numbers of a training are finite no longer: too many of its steps, or what its network restores."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not finite", "lower 'learning_rate', or set 'clip_norm', and train again")


@dataclass(frozen=True, slots=True)
class Training:
    """One training: what to do, with what, and where to leave it."""

    recipe: Recipe
    photographs: list[Photograph]
    folder: Path
    device: torch.device
    start_from: Path | None = None  # a checkpoint that lends its weights: stage 2
    resume_from: Path | None = None  # a checkpoint of this very training
    checkpoint_seconds: float = 300.0


def train(training: Training, report: Report) -> TrainResult:
    """Trains to the end, or until asked to stop; leaves checkpoints and ``result.json`` in the folder.

    Raises
    ------
    Stopped
        After saving, because the report asked for it.
    Diverged
        More than one step in a hundred (and more than twenty) was not finite, or every step, or what the network now
        restores.
    """
    recipe = training.recipe
    checkpoint = newest_whole(training.resume_from, recipe) if training.resume_from else None
    state = fresh(recipe, training.photographs, training.device, None if checkpoint else training.start_from)
    if checkpoint:
        state.restore(checkpoint)
    crops = Crops(training.photographs, recipe.patch, recipe.batch, state.generator)
    keeper = Keeper(training.folder, recipe, training.checkpoint_seconds)
    logger("trainer").info("training", task=recipe.task, objective=recipe.objective, step=state.step, of=recipe.steps)
    _loop(state, crops, recipe, keeper, report)
    ratio = psnr(state.network, recipe.task, training.photographs, training.device)
    if state.loss.isnan():  # not a single step was finite
        raise Diverged(_skipped(state))
    if not math.isfinite(ratio):
        raise Diverged("What the trained network restores is")
    path, sidecar = keeper.save(state.step, state.as_saved())
    result = TrainResult(
        checkpoint=path.name,
        sha256=sidecar.sha256,
        recipe_hash=recipe.hash,
        steps=state.step,
        loss=state.loss.item(),
        psnr=ratio,
        skipped_steps=state.skipped,
        versions={"beholder": app.__version__, "python": platform.python_version(), "torch": torch.__version__},
    )
    write_whole(training.folder / "result.json", result.model_dump_json(indent=1).encode())
    return result


def _loop(state: TrainingState, crops: Crops, recipe: Recipe, keeper: Keeper, report: Report) -> None:
    task, objective = TASKS[recipe.task], loss_of(recipe.objective)
    weights = list(state.network.parameters())
    trunk = torch.autocast(crops.generator.device.type, torch.bfloat16, enabled=recipe.precision == "bf16")
    said = _Said(state.step, time.monotonic())
    while state.step < recipe.steps:
        for group in state.optimizer.param_groups:
            group["lr"] = learning_rate(recipe, state.step)  # from the step alone: nothing to save, nothing to restore
        clean = next(crops)
        degraded = task.degrade(clean, crops.generator)  # the same generator: one state restores crops and noise
        with trunk:
            restored = state.network(degraded)
        loss = objective(restored, clean)  # outside autocast: measures subtract near-equals
        state.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        # Without a limit this only measures; where the norm is finite, every gradient is.
        norm = torch.nn.utils.clip_grad_norm_(weights, recipe.clip_norm or math.inf)
        state.step += 1
        if (loss.isfinite() & norm.isfinite()).item():
            state.optimizer.step()
            state.loss = torch.where(state.loss.isnan(), loss, state.loss.lerp(loss, 0.05)).detach()
        else:
            _skip(state, recipe)  # one bad batch must not poison the weights, nor Adam's averages
        if report.due() or state.step == recipe.steps:
            report.progress(said.progress(state, recipe))
        if (report.stop_requested or keeper.due()) and state.step < recipe.steps:
            keeper.save(state.step, state.as_saved())
            if report.stop_requested:
                raise Stopped


def _skip(state: TrainingState, recipe: Recipe) -> None:
    state.skipped += 1
    if state.skipped > max(20, recipe.steps // 100):
        raise Diverged(_skipped(state))


def _skipped(state: TrainingState) -> str:
    return f"{state.skipped} of the first {state.step} steps had a loss or gradient that is"


@dataclass(slots=True)
class _Said:
    """Up to where progress has been reported, and when: the speed is that since then."""

    step: int
    at: float

    def progress(self, state: TrainingState, recipe: Recipe) -> Progress:
        now, average = time.monotonic(), state.loss.item()
        speed = (state.step - self.step) / max(now - self.at, 1e-9)
        self.step, self.at = state.step, now
        return Progress(
            step=state.step,
            total=recipe.steps,
            loss=average if math.isfinite(average) else None,
            steps_per_second=round(speed, 3),
        )


def learning_rate(recipe: Recipe, step: int) -> float:
    """The learning rate at a step: it falls along straight lines, halving every ``halve_every`` steps."""
    halvings, rest = divmod(step, recipe.halve_every)
    return math.ldexp(recipe.learning_rate, -halvings) * (1 - rest / recipe.halve_every / 2)

"""The training loop, readable in one sitting."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from app.errors import Conflict
from app.jobs.contract import Progress, Recipe, TrainResult
from app.jobs.objective import parse
from app.log import logger
from trainer.captured import CapturedStep
from trainer.checkpoint import Checkpoint, Keeper, Sidecar, newest_whole
from trainer.company import ALONE, Company, Meetings
from trainer.crops import crops_of
from trainer.data import Photograph
from trainer.files import write_whole
from trainer.machine import room_for_photographs
from trainer.measures.readiness import require as require_measures
from trainer.objectives import loss_of
from trainer.report import Report, Stopped, heed
from trainer.samples import Sampler
from trainer.state import TrainingState, fresh, set_learning_rate
from trainer.step import Step
from trainer.tasks import degradation_of
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
    company: Company = ALONE
    room: int | None = None  # bytes that the photographs may take on the device; half of what is free there


def train(training: Training, report: Report) -> TrainResult:
    """Trains to the end, or until asked to stop; leaves checkpoints and ``result.json`` in the folder.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WeightsUnfit, PyiqaMissing
        A learned measure of the objective cannot be computed here; said before anything is trained.
    Stopped
        After saving, because the report asked for it.
    Diverged
        More than one step in a hundred (and more than twenty) was not finite, or every step, or what the network now
        restores.
    """
    _have_measures(training, report)
    state, crops, checkpoint = _begun(training)
    recipe = training.recipe
    keeper = Keeper(training.folder, recipe, training.checkpoint_seconds, state.photographs, state.learned_from)
    if checkpoint:
        _tell_what_differs(checkpoint.sidecar, keeper, training.device)
    logger("trainer").info("training", task=recipe.task, objective=recipe.objective, step=state.step, of=recipe.steps)
    _loop(training, state, crops, keeper, report)
    ratio = psnr(state.shown, recipe.task, training.photographs, training.device)
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
        skipped_steps=int(state.skipped),
        photographs_hash=state.photographs,
        versions=keeper.versions,
    )
    write_whole(training.folder / "result.json", result.model_dump_json(indent=1).encode())
    return result


def assist(training: Training, report: Report) -> None:
    """Trains along with the process that leads the company; leaves nothing."""
    _have_measures(training, report)
    state, crops, _ = _begun(training)
    _loop(training, state, crops, None, report)


def _have_measures(training: Training, report: Report) -> None:
    """The weights of learned measures are fetched and loaded, or the training is refused, before anything else."""
    require_measures(parse(training.recipe.objective).measures, training.device, lambda: heed(report))


def _begun(training: Training) -> tuple[TrainingState, Iterator[Tensor], Checkpoint | None]:
    """The state to go on from, the batches to come, and the checkpoint that both were found in."""
    recipe = training.recipe
    training.company.check(recipe)
    checkpoint = newest_whole(training.resume_from, recipe) if training.resume_from else None
    state = fresh(recipe, training.photographs, training.device, None if checkpoint else training.start_from)
    if checkpoint:
        state.restore(checkpoint)
    room = room_for_photographs(training.device) if training.room is None else training.room
    # Where photographs lie decides which numbers choose the crops: all must draw the same, on fuller devices too.
    room = training.company.least(room, training.device)
    return state, crops_of(training.photographs, recipe, state.generator, first_step=state.step, room=room), checkpoint


def _tell_what_differs(begun: Sidecar, keeper: Keeper, device: torch.device) -> None:
    """What keeps a training that goes on from being the same to the last bit is in its log."""
    if begun.versions not in ({}, keeper.versions):
        logger("trainer").warning("goes on under other versions", begun_with=begun.versions)
    threads = torch.get_num_threads()
    if device.type == "cpu" and begun.threads not in (None, threads):
        logger("trainer").warning("goes on with another number of threads", begun_with=begun.threads, now=threads)


def _loop(
    training: Training, state: TrainingState, crops: Iterator[Tensor], keeper: Keeper | None, report: Report
) -> None:
    recipe, company, device = training.recipe, training.company, training.device
    degrade, step = degradation_of(recipe, device), step_of(recipe, state, company)
    said, meetings = _Said(state.step, time.monotonic()), Meetings(company, device, state.step)
    sampler = Sampler(recipe.task, training.photographs, recipe.steps, training.folder, device)
    while state.step < recipe.steps:
        set_learning_rate(state.optimizer, learning_rate(recipe, state.step))  # from the step alone: nothing to save
        clean = next(crops)
        degraded = degrade(clean, state.generator)  # one generator's state restores crops and degradations
        step(company.share(degraded), company.share(clean))
        state.step += 1
        last = state.step == recipe.steps
        if keeper and sampler.due(state.step):  # before the report, whose reader then finds the crops
            sampler.write(state.step, state.shown)
        meeting = meetings.after(state.step)
        if (meeting and company.any(report.due(), device)) or last:  # whatever waits for the device waits here
            _check(state, recipe)
            report.progress(said.progress(state, recipe))
        stop = meeting and company.any(report.stop_requested, device)
        if keeper and (stop or keeper.due()) and not last:
            keeper.save(state.step, state.as_saved())
        if stop and not last:
            raise Stopped


def step_of(recipe: Recipe, state: TrainingState, company: Company = ALONE) -> Callable[[Tensor, Tensor], None]:
    """What a batch, degraded and clean, does to the state: on a GPU compiled and, for one process alone, captured."""
    step, device = Step(state, recipe, loss_of(recipe.objective, recipe.beyond), company), state.generator.device
    if device.type != "cuda":
        return step
    torch.backends.cudnn.benchmark = True  # the fastest algorithm is looked for once: all batches have one shape
    return CapturedStep(step, device, capture=company.size == 1)


def _check(state: TrainingState, recipe: Recipe) -> None:
    if int(state.skipped) > max(20, recipe.steps // 100):
        raise Diverged(_skipped(state))


def _skipped(state: TrainingState) -> str:
    return f"{int(state.skipped)} of the first {state.step} steps had a loss or gradient that is"


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

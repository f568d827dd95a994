"""The matrix of trainings: tasks down, objectives across, and in each cell where its newest training stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.catalog import MEASURES, TASKS
from app.db.models import JobState
from app.jobs import objective
from app.jobs.contract import RenderSpec, TrainSpec
from app.jobs.store import JobView


@dataclass(frozen=True, slots=True)
class Cell:
    """The newest training of one task under one objective."""

    job: JobView
    word: str
    detail: str  # what is going on besides, in a few words


@dataclass(frozen=True, slots=True)
class Row:
    """One task: its shared first stage, and a cell per objective."""

    task: str
    title: str
    first_stage: Cell | None
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class TrainingMatrix:
    """What the trainings page opens on."""

    objectives: tuple[str, ...]
    rows: tuple[Row, ...]


def matrix(jobs: Iterable[JobView]) -> TrainingMatrix:
    """The newest training of each task and objective; a training that others start from is a first stage."""
    jobs = list(jobs)
    trainings = [(job, job.spec) for job in jobs if isinstance(job.spec, TrainSpec)]
    shared = {spec.start_from for _, spec in trainings}
    rendered = {job.spec.training: job for job in jobs if isinstance(job.spec, RenderSpec)}
    first = {spec.recipe.task: _cell(job, None) for job, spec in trainings if job.id in shared}
    cells = {
        (spec.recipe.task, objective.parse(spec.recipe.objective).name): _cell(job, rendered.get(job.id))
        for job, spec in trainings
        if job.id not in shared
    }
    names = {name for _, name in cells}
    objectives = (*(name for name in MEASURES if name in names), *sorted(names - set(MEASURES)))
    present = {task for task, _ in cells} | set(first)
    rows = tuple(
        Row(task.id, task.title, first.get(task.id), tuple(cells.get((task.id, name)) for name in objectives))
        for task in TASKS.values()
        if task.id in present
    )
    return TrainingMatrix(objectives, rows)


def _cell(job: JobView, rendering: JobView | None) -> Cell:
    return Cell(job, word(job), _detail(job, rendering))


def word(job: JobView) -> str:
    """Where a job stands, in as few letters as a cell holds."""
    if job.stop_requested and job.is_live:
        return "stopping"
    if job.state is JobState.RUNNING:
        return f"{min(99, int(100 * job.share))} %"
    if job.state is JobState.SUCCEEDED:
        return "done"
    return job.state.value


def seconds_left(job: JobView) -> float | None:
    """How long a running job will still take at its present pace, where that is known."""
    if job.state is not JobState.RUNNING or not job.steps_per_second:
        return None
    return (job.total_steps - job.step) / job.steps_per_second


def _detail(job: JobView, rendering: JobView | None) -> str:
    if job.state is JobState.SUCCEEDED and job.result and "psnr" in job.result:
        state = {JobState.SUCCEEDED: "rendered", JobState.FAILED: "rendering failed"}
        more = "" if rendering is None else f" · {state.get(rendering.state, 'to render')}"
        return f"{job.result['psnr']:.1f} dB{more}"
    if job.state is JobState.QUEUED and job.attempt:
        return "again"
    return ""

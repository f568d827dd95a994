"""Which trainings can be compared: a matrix found again from any of its jobs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.db import Database
from app.db.models import JobState
from app.errors import NotFound
from app.jobs import objective as grammar
from app.jobs import views
from app.jobs.contract import PhotographRef, Recipe, RenderSpec, SceneRef, ScoreSpec, TrainSpec
from app.jobs.launch import Matrix
from app.jobs.regime import regime
from app.jobs.views import JobView

Cell = tuple[str, str]  # a task, and a condition
_Kind = tuple[tuple[PhotographRef, ...], int, int, tuple[object, ...]]


class NotInMatrix(NotFound):
    """The job belongs to no matrix of trainings."""

    def __init__(self, job_id: int) -> None:
        super().__init__(
            f"Job {job_id} is no second stage of a training, and neither renders nor scores one",
            "name a job that trains under an objective from the weights of a first stage",
        )


@dataclass(frozen=True, slots=True)
class Together:
    """The jobs that can be compared, and the objective of each cell."""

    number: int  # the smallest of its trainings: how addresses name it
    matrix: Matrix
    objectives: dict[Cell, str]


def together(database: Database, job_id: int) -> Together:
    """The second stages on the same photographs, from the same seed, as long, of networks as wide as that of this job.

    In each task they begin from one first stage, in the job's own task from its own: what a preset of another length
    made of as wide a network is another matrix. Of several jobs for one cell, what has succeeded speaks, otherwise the
    newest; of renderings of several scenes those that most cells of the task have, because pictures of different scenes
    cannot be compared.

    Raises
    ------
    JobNotFound, NotInMatrix
    """
    views.get(database, job_id)
    jobs = {job.id: job for job in views.listing(database)}
    training = _training(jobs, job_id)
    if training is None:
        raise NotInMatrix(job_id)
    alike = _from_one_start(
        [job for job in jobs.values() if _second(job) and _kind(job) == _kind(training)], training, jobs
    )
    matrix, objectives = Matrix({}, {}, {}, {}), dict[Cell, str]()
    for job in sorted(alike, key=_standing):  # the last one stands
        recipe = _recipe(job)
        cell = recipe.task, grammar.parse(recipe.objective).name
        objectives[cell], matrix.trainings[cell] = recipe.objective, job.id
    for cell, number in matrix.trainings.items():
        matrix.pretrainings[cell[0]] = _first(jobs[number])
    matrix.renderings.update(_renderings(jobs.values(), matrix.trainings))
    for cell, drawn in matrix.renderings.items():
        scored = _best(job for job in jobs.values() if isinstance(job.spec, ScoreSpec) and job.spec.rendering == drawn)
        if scored is not None:
            matrix.scorings[cell] = scored
    return Together(min(job.id for job in alike), matrix, objectives)


def _from_one_start(found: Iterable[JobView], training: JobView, jobs: Mapping[int, JobView]) -> list[JobView]:
    """In each task those whose first stage is the same; in other tasks than the training's that of most objectives."""
    starts = defaultdict[str, dict[str, list[JobView]]](lambda: defaultdict(list))  # by task and first recipe's hash
    for job in found:
        starts[_recipe(job).task][_start(job, jobs)].append(job)
    chosen = list[JobView]()
    for task, groups in starts.items():
        mine = groups[_start(training, jobs)] if task == _recipe(training).task else max(groups.values(), key=_size)
        chosen += mine
    return chosen


def _start(job: JobView, jobs: Mapping[int, JobView]) -> str:
    """What the first stage was, in whichever job: one that failed may have been launched anew."""
    first = jobs.get(_first(job))
    return _recipe(first).hash if first is not None and isinstance(first.spec, TrainSpec) else ""


def _size(found: list[JobView]) -> tuple[int, int]:
    """How many objectives were trained, and the newest of the trainings."""
    return len({_recipe(job).objective for job in found}), max(job.id for job in found)


def _renderings(jobs: Iterable[JobView], trainings: Mapping[Cell, int]) -> dict[Cell, int]:
    cells = {number: cell for cell, number in trainings.items()}
    drawn = defaultdict[tuple[str, tuple[SceneRef, ...], int], dict[Cell, JobView]](dict)  # by task, scenes and seed
    for job in sorted(jobs, key=_standing):  # the last one stands
        if isinstance(job.spec, RenderSpec) and job.spec.training in cells:
            cell = cells[job.spec.training]
            drawn[cell[0], job.spec.scenes, job.spec.seed][cell] = job
    widest = {task: found for (task, _, _), found in sorted(drawn.items(), key=lambda one: _width(one[1]))}
    return {cell: widest[cell[0]][cell].id for cell in trainings if cell in widest.get(cell[0], {})}


def _width(found: Mapping[Cell, JobView]) -> tuple[int, int]:
    """How many cells have succeeded, and the newest of them."""
    return sum(job.state is JobState.SUCCEEDED for job in found.values()), max(job.id for job in found.values())


def _training(jobs: dict[int, JobView], job_id: int) -> JobView | None:
    """The second stage that the job is, renders or scores."""
    job = jobs[job_id]
    if isinstance(job.spec, ScoreSpec):
        job = jobs[job.spec.rendering]
    if isinstance(job.spec, RenderSpec) and job.spec.training is not None:
        job = jobs[job.spec.training]
    return job if _second(job) else None


def _second(job: JobView) -> bool:
    return isinstance(job.spec, TrainSpec) and job.spec.start_from is not None


def _kind(job: JobView) -> _Kind:
    assert isinstance(job.spec, TrainSpec)
    recipe = job.spec.recipe
    return job.spec.photographs, recipe.seed, recipe.network.channels, regime(recipe)


def _recipe(job: JobView) -> Recipe:
    assert isinstance(job.spec, TrainSpec)
    return job.spec.recipe


def _first(job: JobView) -> int:
    assert isinstance(job.spec, TrainSpec)
    assert job.spec.start_from is not None
    return job.spec.start_from


def _standing(job: JobView) -> tuple[bool, int]:
    return job.state is JobState.SUCCEEDED, job.id


def _best(jobs: Iterable[JobView]) -> int | None:
    found = max(jobs, key=_standing, default=None)
    return None if found is None else found.id

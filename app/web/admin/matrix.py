"""The matrices of trainings, one per launch: tasks down, objectives across, in each cell where a training stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from app.catalog import MEASURES, TASKS
from app.db.models import JobState
from app.jobs import objective
from app.jobs.contract import Recipe, RenderSpec, ScoreSpec, TrainSpec
from app.jobs.standing import word
from app.jobs.views import JobView
from app.web.admin.launches import Launch, Launches, scenes

_Trained = tuple[JobView, TrainSpec]
_DRAWN = {
    JobState.SUCCEEDED: "rendered", JobState.FAILED: "rendering failed", JobState.CANCELLED: "rendering cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A training of one task under one objective."""

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
    """The trainings of one launch: they can be compared with each other, and with those of no other matrix."""

    number: int  # of its first training
    title: str
    objectives: tuple[str, ...]
    rows: tuple[Row, ...]
    scored: int | None = None  # one of its trainings whose pictures are scored
    own: tuple[tuple[str, str], ...] = ()  # objectives whose second stages differ from the preset's, and in what


def matrices(jobs: Iterable[JobView], launches: Launches, silent: Mapping[int, float]) -> list[TrainingMatrix]:
    """A matrix per launch, the newest first; ``silent`` are the jobs whose workers are.

    What was trained twice for one cell, with second stages that differ in what belongs to the objective, stands in a
    table of its own: one of the two would otherwise be hidden behind the other.
    """
    jobs = list(jobs)
    trainings = {job.id: (job, job.spec) for job in jobs if isinstance(job.spec, TrainSpec)}
    shared = {spec.start_from for _, spec in trainings.values()}
    drawn = defaultdict[int, list[JobView]](list)
    for job in jobs:
        if isinstance(job.spec, RenderSpec) and job.spec.training is not None:
            drawn[job.spec.training].append(job)
    scored = {job.spec.rendering for job in jobs if isinstance(job.spec, ScoreSpec) and job.state is JobState.SUCCEEDED}
    groups = defaultdict[Launch, list[_Trained]](list)
    for number, (job, spec) in trainings.items():
        launch = launches.of(job)
        if number not in shared and launch:
            groups[launch].append((job, spec))
    newest_first = sorted(groups.items(), key=lambda group: -max(job.id for job, _ in group[1]))
    return [
        replace(
            _matrix(_titled(launch, place), layer, trainings, drawn, silent),
            scored=None if place else _scored(layer, drawn, scored),
            own=_own(layer, launches),
        )
        for launch, group in newest_first
        for place, layer in enumerate(_layers(group))
    ]


def _titled(launch: Launch, place: int) -> str:
    return f"{launch.title} · other second stages" if place else launch.title


def _layers(group: list[_Trained]) -> list[list[_Trained]]:
    """The trainings with one recipe for each cell, and again with the others that there are; what stands first."""
    cells = defaultdict[tuple[str, str], dict[Recipe, list[_Trained]]](dict)
    for job, spec in sorted(group, key=lambda one: _stands(one[0]), reverse=True):
        cell = spec.recipe.task, objective.parse(spec.recipe.objective).name
        cells[cell].setdefault(spec.recipe, []).append((job, spec))
    layers = defaultdict[int, list[_Trained]](list)
    for recipes in cells.values():
        for place, found in enumerate(recipes.values()):
            layers[place] += found
    return [layers[place] for place in sorted(layers)]


def _own(group: list[_Trained], launches: Launches) -> tuple[tuple[str, str], ...]:
    """What single objectives' second stages differ in; with the task where it is not the same in all."""
    found = defaultdict[str, dict[str, str]](dict)
    for _, spec in group:
        found[objective.parse(spec.recipe.objective).name][spec.recipe.task] = launches.own(spec)
    told = list[tuple[str, str]]()
    for name, by_task in found.items():
        if len(set(by_task.values())) == 1:
            told.append((name, next(iter(by_task.values()))))
        else:
            told += [(f"{name} ({task})", keys) for task, keys in by_task.items()]
    return tuple((name, keys) for name, keys in sorted(told) if keys)


def _scored(group: list[_Trained], drawn: Mapping[int, list[JobView]], scored: Set[int]) -> int | None:
    second = [job.id for job, spec in group if spec.start_from is not None]
    return min((number for number in second if any(one.id in scored for one in drawn.get(number, []))), default=None)


def _matrix(
    title: str,
    group: list[_Trained],
    trainings: Mapping[int, _Trained],
    drawn: Mapping[int, list[JobView]],
    silent: Mapping[int, float],
) -> TrainingMatrix:
    found, first = defaultdict[tuple[str, str], list[JobView]](list), defaultdict[str, list[JobView]](list)
    for job, spec in group:
        found[spec.recipe.task, objective.parse(spec.recipe.objective).name].append(job)
        if spec.start_from is not None and spec.start_from in trainings:
            first[spec.recipe.task].append(trainings[spec.start_from][0])
    names = {name for _, name in found}
    objectives = (*(name for name in MEASURES if name in names), *sorted(names - set(MEASURES)))
    present = {task for task, _ in found}
    rows = tuple(
        Row(
            task.id,
            task.title,
            _cell(first.get(task.id), drawn, silent),
            tuple(_cell(found.get((task.id, name)), drawn, silent) for name in objectives),
        )
        for task in TASKS.values()
        if task.id in present
    )
    shown = scenes([rendering for job, _ in group for rendering in drawn.get(job.id, [])])
    number = min(job.id for job, _ in group)
    return TrainingMatrix(number, " · ".join(part for part in (title, shown) if part), objectives, rows)


def _cell(jobs: list[JobView] | None, drawn: Mapping[int, list[JobView]], silent: Mapping[int, float]) -> Cell | None:
    if not jobs:
        return None
    job = _standing(jobs)
    renderings = drawn.get(job.id)
    return Cell(job, word(job), _detail(job, _standing(renderings) if renderings else None, job.id in silent))


def _standing(jobs: list[JobView]) -> JobView:
    """The job that speaks for all that were launched for the same: what has succeeded, otherwise the newest."""
    return max(jobs, key=_stands)


def _stands(job: JobView) -> tuple[bool, int]:
    return job.state is JobState.SUCCEEDED, job.id


def _detail(job: JobView, rendering: JobView | None, silent: bool) -> str:
    if silent:
        return "worker silent"
    if job.state is JobState.SUCCEEDED and job.result and "psnr" in job.result:
        more = "" if rendering is None else f" · {_DRAWN.get(rendering.state, 'to render')}"
        return f"{job.result['psnr']:.1f} dB{more}"
    if job.state is JobState.QUEUED and job.attempt:
        return "again"
    return ""

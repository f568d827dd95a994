"""What launching a matrix would do, said before anything starts; nothing here writes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import select

from app.catalog import MEASURES
from app.catalog import task as known_task
from app.catalog.shelf import Shelf, needed
from app.db import Database
from app.db.models import Job, JobKind, JobState, Worker
from app.errors import AppError
from app.jobs import objective as grammar
from app.jobs.contract import AnySpec, digest_of
from app.jobs.estimate import MatrixEstimate, estimate_matrix
from app.jobs.launch import Matrix, jobs_of
from app.jobs.matrix_plan import MatrixPlan, MatrixWish, TaskRecipes, check_matrix, plan_matrix, taken_from, task_plan
from app.jobs.speeds import devices_of, measured
from app.jobs.views import LIVE

_NOBODY = 2**31 - 1  # from here down: numbers for jobs that are not there yet, which no job has
_NAMED = 6  # of what is told one by one
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ForeseenJob:
    """A job that the launch would ask for."""

    kind: JobKind
    title: str
    job: int | None  # that is there already, and would be found
    state: JobState | None

    @property
    def fate(self) -> str:
        """``new``, ``at work`` or ``done`` where it is found, and ``again`` where it had ended badly."""
        if self.state is None:
            return "new"
        if self.state in LIVE:
            return "at work"
        return "done" if self.state is JobState.SUCCEEDED else "again"


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would come of a launch; with problems nothing would be launched."""

    problems: tuple[str, ...]
    cautions: tuple[str, ...] = ()  # it would be launched, and then wait, fail or surprise
    jobs: tuple[ForeseenJob, ...] = ()
    estimate: MatrixEstimate | None = None  # of the trainings that are not done yet, first stages included

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """By fate, how many jobs of each kind."""
        found = dict[str, dict[str, int]]()
        for (fate, kind), number in Counter((job.fate, job.kind.value) for job in self.jobs).items():
            found.setdefault(fate, {})[kind] = number
        return found


def foresee(database: Database, wish: MatrixWish, shelf: Shelf) -> Foresight:
    """What launching the matrix would do; ``shelf`` is where this machine keeps weights, asked if no worker reports."""
    problems = faults(database, wish)
    if problems:
        return Foresight(problems)
    plan = plan_matrix(database, wish)
    jobs, matrix = _foreseen(database, plan)
    missing = _not_done(plan, matrix, {job.job for job in jobs if job.fate == "done"})
    estimate = estimate_matrix(missing, devices_of(database), measured(database)) if missing else None
    return Foresight((), tuple(_cautions(database, wish, plan, estimate, shelf)), jobs, estimate)


@dataclass(frozen=True, slots=True)
class AtHand:
    """The measures whose weights are at hand, or that need none, and who says so."""

    measures: frozenset[str]
    workers: int  # that have reported; with none it is this machine that was looked at


def at_hand(database: Database, shelf: Shelf) -> AtHand:
    """What the workers have; ``shelf`` is where this machine keeps weights, and counts if no worker reports."""
    with database.read() as db:
        told = [set(weights) for weights in db.scalars(select(Worker.weights)) if weights is not None]
    free = {name for name, measure in MEASURES.items() if not measure.needs_weights}
    found = set[str]().union(*told) if told else {name for name in MEASURES if not shelf.missing([name])}
    return AtHand(frozenset(free | found), len(told))


def faults(database: Database, wish: MatrixWish) -> tuple[str, ...]:
    """Everything for which the launch would be refused, not only the first."""
    told = _Faults()
    objectives = [text for text in wish.objectives if told.unless(partial(grammar.parse, text))]
    tasks = [name for name in wish.tasks if told.unless(partial(known_task, name))]
    taken = told.unless(partial(taken_from, database, wish.photograph_set))
    if not wish.tasks or not wish.objectives:
        told.unless(partial(_recipes, wish, wish.tasks, wish.objectives))
    for name in tasks:
        fit = [own for text in objectives if (own := told.unless(partial(_recipes, wish, [name], [text])))]
        if taken and fit:
            together = replace(fit[0], second={key: one for own in fit for key, one in own.second.items()})
            told.unless(partial(task_plan, together, taken, wish))
    return tuple(told.sentences)


class _Faults:
    """Collects what several looks refuse, each sentence once."""

    def __init__(self) -> None:
        self.sentences = dict[str, None]()

    def unless(self, look: Callable[[], T]) -> T | None:
        """What the look finds; None, and a sentence more, where it refuses."""
        try:
            return look()
        except AppError as error:
            self.sentences[error.message] = None
            return None


def _recipes(wish: MatrixWish, tasks: Sequence[str], objectives: Sequence[str]) -> TaskRecipes:
    return check_matrix(tasks, objectives, preset=wish.preset, seed=wish.seed, changes=wish.changes)[0]


def _foreseen(database: Database, plan: MatrixPlan) -> tuple[tuple[ForeseenJob, ...], Matrix]:
    """The jobs that would be asked for, and the matrix with numbers that no job has where one is not there yet."""
    known, jobs = _known(database), list[ForeseenJob]()

    def take(spec: AnySpec, title: str) -> int:
        number, state = known.get(digest_of(spec.model_dump(mode="json")), (None, None))
        jobs.append(ForeseenJob(JobKind(spec.kind), title, number, state))
        return _NOBODY - len(jobs) if number is None else number

    matrix = jobs_of(plan, take)
    return tuple(jobs), matrix


def _known(database: Database) -> dict[str, tuple[int, JobState]]:
    """The job that a launch of the same would find: one at work, else the latest done, else the latest that ended."""
    with database.read() as db:
        rows = db.execute(select(Job.spec_hash, Job.id, Job.state).order_by(Job.id)).all()
    found = dict[str, tuple[int, JobState]]()
    for digest, number, state in rows:
        before = found.get(digest)
        if before is None or _rank(state) >= _rank(before[1]):
            found[digest] = (number, state)
    return found


def _rank(state: JobState) -> int:
    return 2 if state in LIVE else 1 if state is JobState.SUCCEEDED else 0


def _not_done(plan: MatrixPlan, matrix: Matrix, done: set[int | None]) -> list[TaskRecipes]:
    """The recipes of the trainings that are still to do; a first stage counts as long as a second needs it."""
    left = []
    for one in plan.tasks:
        task, recipes = one.recipes.task, one.recipes
        second = {name: recipe for name, recipe in recipes.second.items() if matrix.trainings[task, name] not in done}
        if second:
            left.append(replace(recipes, second=second))
    return left


def _cautions(
    database: Database, wish: MatrixWish, plan: MatrixPlan, estimate: MatrixEstimate | None, shelf: Shelf
) -> Iterator[str]:
    with database.read() as db:
        if db.scalar(select(Worker.name).limit(1)) is None:
            yield "No worker has reported: the jobs wait until `beholder worker` runs."
    weights = at_hand(database, shelf)
    for name in _asked_measures(plan):
        if name not in weights.measures:
            files = ", ".join(file.name for file in needed([name]))
            where = "No worker has" if weights.workers else "This machine does not have"
            yield (
                f"{where} the weights of {MEASURES[name].name} ({files}): fetch them with `python -m trainer "
                f"fetch-weights --measures {name}` where a worker runs, or what needs them fails."
            )
    names = Counter(grammar.parse(text).text for text in wish.objectives)
    for text, number in names.items():
        if number > 1:
            yield f"{text} is asked for {number} times, and trained once."
    if estimate:
        for one in estimate.too_large[:_NAMED]:
            what = f"{one.recipe.task} under {one.recipe.objective}"
            yield f"{what} needs about {one.bytes / 1e9:.1f} GB of memory, which no device has."


def _asked_measures(plan: MatrixPlan) -> list[str]:
    asked = {name for task in plan.tasks for text in _objectives(task.recipes) for name in grammar.parse(text).measures}
    asked |= {name for task in plan.tasks if task.scores for name in task.scores.measures}
    return [name for name in MEASURES if name in asked]


def _objectives(recipes: TaskRecipes) -> Iterator[str]:
    yield recipes.first.objective
    for recipe in recipes.second.values():
        yield recipe.objective

"""What launching a matrix would do, said before anything starts; nothing here writes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from app.catalog import task as known_task
from app.catalog.shelf import Shelf
from app.db import Database
from app.errors import AppError
from app.jobs import objective as grammar
from app.jobs.contract import AnySpec
from app.jobs.estimate import MatrixEstimate, estimate_matrix
from app.jobs.foreseen import ForeseenJob, Foresight, Known, lacking, nobody_works
from app.jobs.launch import Matrix, jobs_of
from app.jobs.matrix_plan import MatrixPlan, MatrixWish, TaskRecipes, check_matrix, plan_matrix, taken_from, task_plan
from app.jobs.speeds import devices_of, measured
from app.jobs.weights_at_hand import AtHand, WeightsNotAtHand, at_hand

_NOBODY = 2**31 - 1  # from here down: numbers for jobs that are not there yet, which no job has
_NAMED = 6  # of what is told one by one
T = TypeVar("T")


def foresee(database: Database, wish: MatrixWish, shelf: Shelf) -> Foresight:
    """What launching the matrix would do; ``shelf`` is this machine's, asked if no worker is present."""
    hand = at_hand(database, shelf)
    wish = _scored_here(wish, hand)
    problems = faults(database, wish)
    if problems:
        return Foresight(problems)
    plan = plan_matrix(database, wish)
    jobs, matrix = _foreseen(database, plan)
    missing = _not_done(plan, matrix, {job.job for job in jobs if job.fate == "done"})
    estimate = estimate_matrix(missing, devices_of(database), measured(database)) if missing else None
    without = lacking(jobs, hand)
    cautions = (*nobody_works(database), *map(hand.sentence, without), *_cautions(wish, estimate))
    return Foresight((), cautions, jobs, estimate, lacking=without)


def ready(database: Database, wish: MatrixWish, shelf: Shelf, *, anyway: bool = False) -> MatrixPlan:
    """The matrix as it can be launched now, scored with the measures whose weights are at hand.

    ``anyway`` launches trainings under measures whose weights nobody has: who takes them up must have or fetch them.
    Their results are scored without these measures, because one that fails would take all others with it; launched
    again when the weights are there, the matrix is scored with them, too.

    Raises
    ------
    WeightsNotAtHand
        A job that is still to be done needs weights that nobody has.
    UnknownTask, UnknownMeasure, BadObjective, UnknownPreset, UnknownSet, PhotographTooSmall, BadMatrix
        As ``plan_matrix`` does.
    """
    hand = at_hand(database, shelf)
    wish = _scored_here(wish, hand)
    plan = plan_matrix(database, wish)
    jobs, _ = _foreseen(database, plan)
    without = lacking(jobs, hand)
    if not without:
        return plan
    if not anyway:
        raise WeightsNotAtHand(hand, without)
    scores = wish.scores.among(hand.best(wish.scores.measures), named_too=True) if wish.scores else None
    return plan_matrix(database, replace(wish, scores=scores))


def _scored_here(wish: MatrixWish, hand: AtHand) -> MatrixWish:
    """The wish, scored with no measure that nobody asked for by name and that no worker could compute with the rest."""
    return replace(wish, scores=wish.scores.among(hand.best(wish.scores.measures)) if wish.scores else None)


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
    known, jobs = Known(database), list[ForeseenJob]()

    def take(spec: AnySpec, title: str) -> int:
        found = known.foreseen(spec, title, covered=True)
        jobs.append(found)
        return _NOBODY - len(jobs) if found.job is None else found.job

    matrix = jobs_of(plan, take)
    return tuple(jobs), matrix


def _not_done(plan: MatrixPlan, matrix: Matrix, done: set[int | None]) -> list[TaskRecipes]:
    """The recipes of the trainings that are still to do; a first stage counts as long as a second needs it."""
    left = []
    for one in plan.tasks:
        task, recipes = one.recipes.task, one.recipes
        second = {name: recipe for name, recipe in recipes.second.items() if matrix.trainings[task, name] not in done}
        if second:
            left.append(replace(recipes, second=second))
    return left


def _cautions(wish: MatrixWish, estimate: MatrixEstimate | None) -> Iterator[str]:
    names = Counter(grammar.parse(text).text for text in wish.objectives)
    for text, number in names.items():
        if number > 1:
            yield f"{text} is asked for {number} times, and trained once."
    if estimate:
        for one in estimate.too_large[:_NAMED]:
            what = f"{one.recipe.task} under {one.recipe.objective}"
            yield f"{what} needs about {one.bytes / 1e9:.1f} GB of memory, which no device has."

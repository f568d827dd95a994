"""A matrix of trainings with its scores: ranks under each measure, and whether each network is best under its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.diagonal import Diagonal, OnDiagonal, diagonal
from app.analysis.rank_matrix import RankMatrix, rank_matrix
from app.catalog import TASKS
from app.db import Database
from app.db.models import JobState, MeasureForm
from app.jobs import views
from app.jobs.launch import Matrix
from app.jobs.together import together
from app.results.measure_tables import MeasureId, MeasureTable, measure_tables
from app.studies.measured import Held, held_by_renderings

Cell = tuple[str, str]  # a task, and a condition


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell whose scores are not there yet, and what it waits for."""

    task: str
    condition: str
    why: str


def missing_in(database: Database, matrix: Matrix) -> tuple[Missing, ...]:
    """The cells of a matrix that are not scored yet, each with the first job that it waits for."""
    jobs = {job.id: job for job in views.listing(database)}
    found = list[Missing]()
    for (task, condition), training in matrix.trainings.items():
        cell = task, condition
        chain = (
            matrix.pretrainings.get(task), training, matrix.renderings.get(cell), matrix.scorings.get(cell)
        )  # fmt: skip
        late = next((jobs[job] for job in chain if job is not None and jobs[job].state is not JobState.SUCCEEDED), None)
        if late is not None:
            why = f": {late.error.splitlines()[0]}" if late.error and late.state is JobState.FAILED else ""
            found.append(Missing(task, condition, f"job {late.id} ({late.title}) is {late.state.value}{why}"))
        elif cell not in matrix.scorings:
            found.append(Missing(task, condition, "no job scores its pictures"))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class TaskMatrix:
    """One task: its networks down, the measures across."""

    task: str
    table: MeasureTable
    matrix: RankMatrix
    diagonal: Diagonal

    @property
    def title(self) -> str:
        """The task's name as pages show it."""
        return TASKS[self.task].title if self.task in TASKS else self.task

    @property
    def ids(self) -> tuple[MeasureId, ...]:
        """The measures, in the order of the matrix's columns."""
        return self.table.ids


@dataclass(frozen=True, slots=True, eq=False)
class MatrixReport:
    """Everything that the scores of a matrix say."""

    tasks: tuple[TaskMatrix, ...]
    held: tuple[Held, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def entries(self) -> tuple[tuple[str, OnDiagonal], ...]:
        """The diagonals of all tasks, one network after the other."""
        return tuple((task.task, entry) for task in self.tasks for entry in task.diagonal.entries)

    @property
    def asked(self) -> int:
        """How many networks the diagonal criterion is asked of."""
        return len(self.entries)

    @property
    def met(self) -> int:
        """How many come first under their own measure."""
        return sum(entry.met for _, entry in self.entries)


def matrix_report(
    database: Database,
    renderings: Mapping[Cell, int],
    objectives: Mapping[Cell, str],
    missing: Sequence[Missing] = (),
) -> MatrixReport:
    """The report of the renderings that are scored; ``objectives`` are what their networks were trained under."""
    return report_of(held_by_renderings(database, [*renderings.values()]), objectives, missing)


def report_around(database: Database, job_id: int) -> tuple[int, MatrixReport]:
    """The matrix that a job belongs to, by its number, and its report; raises ``JobNotFound`` or ``NotInMatrix``."""
    found = together(database, job_id)
    missing = missing_in(database, found.matrix)
    return found.number, matrix_report(database, found.matrix.renderings, found.objectives, missing)


def report_of(held: Sequence[Held], objectives: Mapping[Cell, str], missing: Sequence[Missing] = ()) -> MatrixReport:
    """The report of these values."""
    tables = measure_tables(held, objectives)
    tasks = [task for task in TASKS if task in tables] + [task for task in tables if task not in TASKS]
    return MatrixReport(tuple(_task(tables[task]) for task in tasks), tuple(held), tuple(missing))


def _task(table: MeasureTable) -> TaskMatrix:
    # Networks learn from all channels, so that the form of luminance alone is no measure's own.
    learned = np.array([one.form is MeasureForm.RGB for one in table.ids])
    values = replace(table.values, own=table.values.own & learned[:, None])
    matrix = rank_matrix(values, table.objectives)
    return TaskMatrix(table.task, replace(table, values=values), matrix, diagonal(values, matrix))

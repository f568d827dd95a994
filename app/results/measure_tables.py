"""Values of measures as the statistics take them: an array for each task, and who was trained under what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.analysis.arrays import IntArray
from app.analysis.measure_values import MeasureValues
from app.catalog import MEASURES
from app.db import Database
from app.db.models import MeasureForm
from app.jobs.objective import names_in
from app.results.measures_csv import MeasureFile, read_measures
from app.studies import measured, trained
from app.studies.measured import Held

Objectives = Mapping[tuple[str, str], str]  # the text by task and condition, where it is known


@dataclass(frozen=True, slots=True)
class MeasureId:
    """A measure in one of its forms; ``text`` is how pages and figures call it."""

    measure: str
    form: MeasureForm

    @property
    def text(self) -> str:
        """The name, with the form where it is not the usual one."""
        return self.measure if self.form is MeasureForm.RGB else f"{self.measure} ({self.form})"


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of measures, and the objectives of the conditions that training jobs tell them of."""

    held: Sequence[Held] = ()
    objectives: Objectives = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # on how a file was read


@dataclass(frozen=True, slots=True, eq=False)
class MeasureTable:
    """The values of one task; ``values`` numbers the ``ids``, and ``objectives`` the measures in each objective."""

    task: str
    ids: tuple[MeasureId, ...]
    values: MeasureValues
    objectives: IntArray
    sources: tuple[str, ...]


def measured_in(database: Database, study_id: int) -> Measured:
    """What is known of a study's pictures."""
    return Measured(measured.held(database, study_id), trained.objectives(database, study_id))


def measure_tables(held: Sequence[Held], objectives: Objectives) -> dict[str, MeasureTable]:
    """A table for each task that has values, by its name."""
    known = {one.measure for one in held} | MEASURES.keys()
    by_task = dict[str, list[Held]]()
    for one in held:
        by_task.setdefault(one.task, []).append(one)
    return {task: _table(task, by_task[task], objectives, known) for task in sorted(by_task)}


def measured_on_file(path: Path) -> Measured:
    """The values in a file, as if they were those of a study; raises ``BadMeasures``."""
    file = read_measures(path)
    return Measured(_held_in(file), notes=tuple(f"{file.name}: {note}" for note in file.notes))


def _held_in(file: MeasureFile) -> list[Held]:
    higher = {measure.id: measure.higher_is_better for measure in MEASURES.values()} | file.higher_is_better
    return sorted(
        (
            Held(task, scene, condition, measure, form, value, higher[measure], file.name)
            for (task, scene, condition, measure, form), value in file.values.items()
        ),
        key=lambda one: (one.task, one.scene, one.condition, one.measure, one.form),
    )


def trained_under(condition: str, objective: str, known: frozenset[str] | set[str]) -> tuple[str, ...]:
    """The measures of the objective that a condition was trained under; none where it has none.

    Where no training job tells the objective, the condition's name does: trainings name their conditions by the
    measure, or by the text of the objective. A text counts only if all its names are of measures: ``jpeg-2`` is none.
    """
    for text in (objective, condition):
        if text in known:
            return (text,)
        names = names_in(text)
        if names and known.issuperset(names):
            return names
    return ()


def _table(task: str, held: Sequence[Held], objectives: Objectives, known: set[str]) -> MeasureTable:
    ids = sorted({(one.measure, one.form) for one in held})
    scenes, conditions = sorted({one.scene for one in held}), sorted({one.condition for one in held})
    places = [{name: place for place, name in enumerate(names)} for names in (scenes, conditions)]
    number = {one: place for place, one in enumerate(ids)}
    at = (
        np.array([number[one.measure, one.form] for one in held]),
        np.array([places[0][one.scene] for one in held]),
        np.array([places[1][one.condition] for one in held]),
    )
    value, there = np.zeros((len(ids), len(scenes), len(conditions))), [len(ids), len(scenes), len(conditions)]
    known_at = np.zeros(there, dtype=np.bool_)
    value[at], known_at[at] = [one.value for one in held], True
    higher = {one.measure: one.higher_is_better for one in held}
    trained = [trained_under(name, objectives.get((task, name), ""), known) for name in conditions]
    named = tuple(MeasureId(measure, form) for measure, form in ids)
    values = MeasureValues(
        measures=tuple(one.text for one in named),
        scenes=tuple(scenes),
        conditions=tuple(conditions),
        value=value,
        known=known_at,
        higher_is_better=np.array([higher[measure] for measure, _ in ids], dtype=np.bool_),
        own=np.array([[measure in under for under in trained] for measure, _ in ids], dtype=np.bool_),
    )
    counts = np.array([len(under) for under in trained], dtype=np.int64)
    return MeasureTable(task, named, values, counts, tuple(sorted({one.source for one in held})))

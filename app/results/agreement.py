"""Measures beside subjects: who agrees with them how far, in each task and over all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from app.analysis.agreement import MeasureAgreement, agreement
from app.analysis.alignment import Incomplete
from app.analysis.arrays import FloatArray
from app.analysis.correlations import Coefficient
from app.analysis.rank_matrix import RankMatrix, rank_matrix
from app.analysis.scores import NothingToScore, TaskScores
from app.analysis.two_afc import Mean, VotedPairs, mean_over_pairs, scores, voted_pairs
from app.analysis.two_way import REPLICATES, SEED, two_way
from app.catalog import TASKS
from app.results.agreement_words import (
    agreement_cautions,
    agreement_in_words,
    agreement_notes,
    diagonal_in_words,
)
from app.results.judgements import TaskTally
from app.results.measure_tables import MeasureId, MeasureTable
from app.results.options import ReportOptions
from app.results.scoring import scored
from app.results.sentences import some
from app.studies.inventory import DEGRADED, REFERENCE


class People(StrEnum):
    """How far people get with other people's votes: what a measure is compared with."""

    ONE_PERSON = "one person"
    MAJORITY = "majority of the others"


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure's line in the table of its task."""

    id: MeasureId
    higher_is_better: bool
    found: MeasureAgreement

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is left out or missing, a few words each, where the name does not tell it."""
        whole, without, own = self.found.whole, self.found.without_own, self.found.own
        told = [whole.reason] if whole.reason else []
        told += [f"own: {', '.join(own)}"] if own and own != (self.id.measure,) else []
        told += [f"without own: {without.reason}"] if without and without.reason not in ("", whole.reason) else []
        return tuple(told)

    @property
    def srcc(self) -> float | None:
        """What the rows are sorted by; None where it is not defined."""
        found = self.found.whole.coefficients.get(Coefficient.SRCC)
        return found.value if found else None


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """How often a measure, or people, prefer what a subject prefers; no mean without a pair to ask about."""

    who: MeasureId | People
    mean: Mean | None

    @property
    def reason(self) -> str:
        """Why the mean or its interval is missing; empty where neither is."""
        if self.mean is not None:
            return self.mean.reason
        return "no pair has votes of two subjects" if isinstance(self.who, People) else "no voted pair has its values"


@dataclass(frozen=True, eq=False)
class TaskAgreement:
    """A task's measures beside its subjects; each part is worked out when it is first asked for.

    Without values there are no rows and no matrix, and without votes no preferences.
    """

    tally: TaskTally
    table: MeasureTable | None
    options: ReportOptions

    @property
    def task(self) -> str:
        """The task's name."""
        return self.tally.task

    @property
    def title(self) -> str:
        """The name as pages show it."""
        return TASKS[self.task].title if self.task in TASKS else self.task

    @property
    def ids(self) -> tuple[MeasureId, ...]:
        """The measures, in the order of the matrix's columns."""
        return self.table.ids if self.table else ()

    @property
    def rows(self) -> tuple[MeasureRow, ...]:
        """The measures by SRCC, the highest first."""
        return self._compared[0]

    @property
    def of_subjects(self) -> bool:
        """Whether the intervals speak about other subjects, too."""
        return self._compared[1]

    @cached_property
    def matrix(self) -> RankMatrix | None:
        """Ranks under each measure; of the scenes alone that take part, where a reader chose some."""
        if self.table is None:
            return None
        chosen = self.options.scenes
        scenes = [scene for scene in self.table.values.scenes if not chosen or scene in chosen]
        values = self.table.values.within(scenes, self.table.values.conditions)
        return rank_matrix(values, self.table.objectives)

    @property
    def diagonal(self) -> str:
        """How the diagonal of the matrix stands, in a sentence; empty without a matrix."""
        return diagonal_in_words(self.matrix) if self.matrix else ""

    @property
    def sentence(self) -> str:
        """What the rows show."""
        found = [(row.id.text, row.found) for row in self.rows]
        if self.table is not None and not found and self.options.incomplete is Incomplete.ALIGN:
            return "No scene joins all conditions, and measures are compared over such scenes alone."
        return agreement_in_words(found, self.table is not None, bool(self.tally.votes))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, and what else a reader has to know."""
        found, unused = [row.found for row in self.rows], _unused(self.tally, self.table)
        told = agreement_notes(found, self.matrix, unused, of_subjects=self.of_subjects)
        return (*told, *(agreement_cautions(self.tally, self.options) if self.rows else ()))

    @property
    def votes_per_pair(self) -> float | None:
        """On the mean, of the pairs with votes of two subjects and more; None without any."""
        several = self.pairs.several
        return float(self.pairs.votes[several].mean()) if several.any() else None

    @property
    def preferences(self) -> tuple[PreferenceRow, ...]:
        """Who prefers what the subjects prefer, how often."""
        return _preferences(self.answers, self.options.level)

    @cached_property
    def pairs(self) -> VotedPairs:
        """The pairs that have votes."""
        return voted_pairs(self.tally.columns)

    @cached_property
    def answers(self) -> tuple["Answers", ...]:
        """What measures and people score on them."""
        return tuple(_answers(self.tally, self.pairs, self.table))

    @cached_property
    def _compared(self) -> tuple[tuple[MeasureRow, ...], bool]:
        if self.table is None:
            return (), False
        try:
            fitted = scored(self.tally, replace(self.options, incomplete=Incomplete.LEAVE_OUT))
        except NothingToScore:
            return (), False
        return _rows(self.tally, self.table, fitted, self.options)


@dataclass(frozen=True, eq=False)
class Agreement:
    """All tasks' agreement, in the order of their names, and the preferences over all their pairs."""

    tasks: tuple[TaskAgreement, ...]
    sources: tuple[str, ...]
    unused: tuple[str, ...]  # tasks that values are of and no votes
    level: float
    replicates: int = REPLICATES
    seed: int = SEED

    def of(self, task: str) -> TaskAgreement:
        """That of the task with this name."""
        return next(one for one in self.tasks if one.task == task)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said about the values as a whole."""
        return (f"Values of {some(self.unused)} are not used: no votes are on it.",) if self.unused else ()

    @property
    def measured(self) -> bool:
        """Whether any measure has a value for a picture of these tasks."""
        return any(task.table is not None for task in self.tasks)

    @cached_property
    def overall(self) -> tuple[PreferenceRow, ...]:
        """Over the pairs of all tasks."""
        return _preferences([one for task in self.tasks for one in task.answers], self.level)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a measure, or people, score on the voted pairs of a task that they can be asked about."""

    who: MeasureId | People
    score: FloatArray
    scenes: tuple[str, ...]  # one for each pair


def agree(
    tallies: Sequence[TaskTally], tables: Mapping[str, MeasureTable], options: ReportOptions
) -> Agreement:  # fmt: skip
    """The agreement of every task, in the order of the tallies."""
    return Agreement(
        tasks=tuple(TaskAgreement(tally, tables.get(tally.task), options) for tally in tallies),
        sources=tuple(sorted({source for table in tables.values() for source in table.sources})),
        unused=tuple(sorted(tables.keys() - {tally.task for tally in tallies})),
        level=options.level,
    )


def _answers(tally: TaskTally, pairs: VotedPairs, table: MeasureTable | None) -> Iterator[Answers]:
    scenes = np.array(tally.scenes, dtype=np.str_)[pairs.scene]
    if table is not None:
        score, known = scores(pairs, table.values.within(tally.scenes, tally.conditions))
        for m, of in enumerate(table.ids):
            yield Answers(of, score[m][known[m]], tuple(scenes[known[m]].tolist()))
    several = pairs.several
    for who, told in ((People.ONE_PERSON, pairs.one_person), (People.MAJORITY, pairs.majority)):
        yield Answers(who, told[several], tuple(scenes[several].tolist()))


def _preferences(answers: Sequence[Answers], level: float) -> tuple[PreferenceRow, ...]:
    """Everybody's mean over the pairs they were asked about: measures first, the highest in front, then people."""
    by_who = dict[MeasureId | People, list[Answers]]()
    for one in answers:
        by_who.setdefault(one.who, []).append(one)
    rows = [
        PreferenceRow(
            who,
            mean_over_pairs(
                np.concatenate([one.score for one in told]), [name for one in told for name in one.scenes], level
            ),
        )
        for who, told in by_who.items()
    ]
    rows.sort(key=lambda row: (isinstance(row.who, People), -row.mean.value if row.mean else 0.0))
    measures = [row for row in rows if not isinstance(row.who, People)]
    return (*measures, *(row for who in People for row in rows if row.who is who))


def _unused(tally: TaskTally, table: MeasureTable | None) -> tuple[str, ...]:
    """Scenes and conditions that values are of and no votes, which may be slips of the pen."""
    if table is None:
        return ()
    conditions = {*table.values.conditions} - {*tally.conditions, REFERENCE, DEGRADED}
    return (*sorted({*table.values.scenes} - {*(tally.offered or tally.scenes)}), *sorted(conditions))


def _rows(
    tally: TaskTally, table: MeasureTable, fitted: TaskScores, options: ReportOptions
) -> tuple[tuple[MeasureRow, ...], bool]:  # fmt: skip
    columns = tally.columns.within(fitted.scenes, fitted.conditions)
    replicates = two_way(columns, prior=options.prior)
    values = table.values.within(fitted.scenes, fitted.conditions)
    found = agreement(fitted.by_scene, values, replicates, level=options.level)
    rows = [
        MeasureRow(of, bool(higher), one)
        for of, higher, one in zip(table.ids, values.higher_is_better, found, strict=True)
    ]
    rows.sort(key=lambda row: (row.srcc is None, -(row.srcc or 0.0), row.id.text))
    return tuple(rows), replicates.of_subjects

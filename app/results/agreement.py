"""Measures beside subjects: who agrees with them how far, in each task and over all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.analysis.agreement import MeasureAgreement, agreement
from app.analysis.arrays import FloatArray
from app.analysis.correlations import Coefficient
from app.analysis.rank_matrix import RankMatrix, rank_matrix
from app.analysis.scores import NothingToScore, TaskScores, task_scores
from app.analysis.two_afc import Mean, VotedPairs, mean_over_pairs, scores, voted_pairs
from app.analysis.two_way import REPLICATES, SEED, two_way
from app.catalog import TASKS
from app.results.agreement_words import agreement_in_words, agreement_notes
from app.results.judgements import TaskTally
from app.results.measure_tables import MeasureId, MeasureTable
from app.results.options import ReportOptions
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


@dataclass(frozen=True, slots=True, eq=False)
class TaskAgreement:
    """A task's measures beside its subjects; without values it has no rows, and without votes no preferences."""

    task: str
    title: str
    sentence: str
    notes: tuple[str, ...]
    rows: tuple[MeasureRow, ...]  # by SRCC, the highest first
    preferences: tuple[PreferenceRow, ...]
    votes_per_pair: float | None
    matrix: RankMatrix | None
    ids: tuple[MeasureId, ...]  # of the matrix's columns
    of_subjects: bool  # whether the intervals speak about other subjects, too


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """All tasks' agreement, and the preferences over all their pairs."""

    tasks: tuple[TaskAgreement, ...]
    overall: tuple[PreferenceRow, ...]
    sources: tuple[str, ...]
    unused: tuple[str, ...]  # tasks that values are of and no votes
    level: float
    replicates: int = REPLICATES
    seed: int = SEED

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said about the values as a whole."""
        return (f"Values of {some(self.unused)} are not used: no votes are on it.",) if self.unused else ()

    @property
    def measured(self) -> bool:
        """Whether any measure has a value for a picture of these tasks."""
        return any(task.rows or task.matrix for task in self.tasks)


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """What a measure, or people, score on the voted pairs of a task that they can be asked about."""

    who: MeasureId | People
    score: FloatArray
    scenes: tuple[str, ...]  # one for each pair


def agree(
    tallies: Sequence[TaskTally], tables: Mapping[str, MeasureTable], options: ReportOptions
) -> Agreement:  # fmt: skip
    """The agreement of every task, in the order of the tallies."""
    pairs = [voted_pairs(tally.columns) for tally in tallies]
    answers = [
        list(_answers(tally, voted, tables.get(tally.task))) for tally, voted in zip(tallies, pairs, strict=True)
    ]
    return Agreement(
        tasks=tuple(
            _task(tally, tables.get(tally.task), voted, _preferences(asked, options.level), options)
            for tally, voted, asked in zip(tallies, pairs, answers, strict=True)
        ),
        overall=_preferences([one for asked in answers for one in asked], options.level),
        sources=tuple(sorted({source for table in tables.values() for source in table.sources})),
        unused=tuple(sorted(tables.keys() - {tally.task for tally in tallies})),
        level=options.level,
    )


def _answers(tally: TaskTally, pairs: VotedPairs, table: MeasureTable | None) -> Iterator[_Answers]:
    scenes = np.array(tally.scenes, dtype=np.str_)[pairs.scene]
    if table is not None:
        score, known = scores(pairs, table.values.within(tally.scenes, tally.conditions))
        for m, of in enumerate(table.ids):
            yield _Answers(of, score[m][known[m]], tuple(scenes[known[m]].tolist()))
    several = pairs.several
    for who, told in ((People.ONE_PERSON, pairs.one_person), (People.MAJORITY, pairs.majority)):
        yield _Answers(who, told[several], tuple(scenes[several].tolist()))


def _preferences(answers: Sequence[_Answers], level: float) -> tuple[PreferenceRow, ...]:
    """Everybody's mean over the pairs they were asked about: measures first, the highest in front, then people."""
    by_who = dict[MeasureId | People, list[_Answers]]()
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


def _task(
    tally: TaskTally,
    table: MeasureTable | None,
    pairs: VotedPairs,
    preferences: tuple[PreferenceRow, ...],
    options: ReportOptions,
) -> TaskAgreement:
    fitted = _scores(tally, options) if table else None
    rows, of_subjects = _rows(tally, table, fitted, options) if table and fitted else ((), False)
    matrix = rank_matrix(table.values, table.objectives) if table else None
    known = TASKS.get(tally.task)
    return TaskAgreement(
        task=tally.task,
        title=known.title if known else tally.task,
        sentence=agreement_in_words([(row.id.text, row.found) for row in rows], table is not None, bool(tally.votes)),
        notes=tuple(
            agreement_notes([row.found for row in rows], matrix, _unused(tally, table), of_subjects=of_subjects)
        ),
        rows=rows,
        preferences=preferences,
        votes_per_pair=float(pairs.votes[pairs.several].mean()) if pairs.several.any() else None,
        matrix=matrix,
        ids=table.ids if table else (),
        of_subjects=of_subjects,
    )


def _unused(tally: TaskTally, table: MeasureTable | None) -> tuple[str, ...]:
    """Scenes and conditions that values are of and no votes, which may be slips of the pen."""
    if table is None:
        return ()
    conditions = {*table.values.conditions} - {*tally.conditions, REFERENCE, DEGRADED}
    return (*sorted({*table.values.scenes} - {*tally.scenes}), *sorted(conditions))


def _scores(tally: TaskTally, options: ReportOptions) -> TaskScores | None:
    try:
        return task_scores(tally.wins, tally.scenes, tally.conditions, prior=options.prior)
    except NothingToScore:
        return None


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

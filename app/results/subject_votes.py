"""Which answers a subject is screened by, and their votes task by task."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.vote_columns import VoteColumns
from app.results.answers import KINDS, Answers
from app.results.judgements import WINNERS

TEST, CATCH, REPEAT = (KINDS.index(name) for name in ("test", "catch", "repeat"))
_SHARE = np.array([1.0, 0.0, 0.5])  # of the win, for condition a, by its place in WINNERS


@dataclass(frozen=True, slots=True, eq=False)
class TaskVotes:
    """The votes on one task: a subject's first judgements of its pairs, in columns of the task's own codes.

    ``counted`` tells which enter scores, ``excluded`` which are of excluded sessions; subjects are coded as in the
    answers, whatever the task.
    """

    task: str
    columns: VoteColumns
    counted: BoolArray
    excluded: BoolArray

    def within(self, scenes: Collection[str]) -> "TaskVotes":
        """The votes in these scenes, or in all where none is named."""
        chosen = [scene for scene in self.columns.scenes if scene in scenes]
        if not scenes:
            return self
        rows = np.isin(self.columns.scene, [self.columns.scenes.index(scene) for scene in chosen])
        columns = self.columns.within(chosen, self.columns.conditions)
        return TaskVotes(self.task, columns, self.counted[rows], self.excluded[rows])


@dataclass(frozen=True, eq=False)
class Screened:
    """The answers of everybody who is screened.

    A subject with a vote that counts is screened by the answers of the sessions that count, anybody else by those of
    their excluded sessions. Who has neither (pilots, in a file) is not screened.
    """

    answers: Answers
    subject: IntArray
    subjects: tuple[str, ...]

    @cached_property
    def counts(self) -> BoolArray:
        """Which subjects have a vote that counts."""
        rows = (self.answers.kind == TEST) & (self.answers.weight > 0)
        return np.bincount(self.subject[rows], minlength=len(self.subjects)) > 0

    @cached_property
    def sitting(self) -> IntArray:
        """A number for the session of each answer; who answers without one has a single session."""
        session = self.answers.session
        if session is None or self.answers.sessions is None:
            return self.subject
        key = self.subject * len(self.answers.sessions) + session
        return np.asarray(np.unique(key, return_inverse=True)[1], dtype=np.int64)

    @cached_property
    def excluded(self) -> BoolArray:
        """Which answers are of excluded sessions."""
        out = self.answers.excluded
        return np.zeros(len(self.answers), dtype=np.bool_) if out is None else out

    @cached_property
    def rows(self) -> BoolArray:
        """The answers that subjects are screened by, of whatever kind."""
        weighs = self.answers.weight > 0
        test = self.answers.kind == TEST
        # A file gives catch trials and repeats no weight: they go with the votes of their session.
        same = (np.bincount(self.sitting, weighs & test) > 0)[self.sitting] & ~self.excluded
        counting = weighs | (same & ~test)
        return np.asarray(np.where(self.counts[self.subject], counting, self.excluded), dtype=np.bool_)

    @cached_property
    def who(self) -> IntArray:
        """The subjects that are screened, by the place of their names."""
        return np.flatnonzero(np.bincount(self.subject[self.rows], minlength=len(self.subjects)))

    @cached_property
    def tasks(self) -> tuple[TaskVotes, ...]:
        """The votes of each task that are counted, or held against those who do not count."""
        held = self._first(self.answers.weight > 0) | self._first(self.excluded & ~(self.answers.weight > 0))
        return tuple(
            self._task(code, rows)
            for code in range(len(self.answers.tasks))
            if (rows := np.flatnonzero(held & (self.answers.task == code))).size
        )

    def pair(self) -> IntArray:
        """A number for the task, the scene and the two conditions of each answer, whichever way they are named."""
        said = self.answers
        n = len(said.conditions)
        both = np.minimum(said.a, said.b) * n + np.maximum(said.a, said.b)
        return np.asarray((said.task * len(said.scenes) + said.scene) * n * n + both, dtype=np.int64)

    def _first(self, admitted: BoolArray) -> BoolArray:
        """Which votes among those admitted are their subject's first on the pair."""
        places = np.flatnonzero(admitted & (self.answers.kind == TEST))
        pair = np.unique(self.pair()[places], return_inverse=True)[1]
        key = self.subject[places] * (int(pair.max(initial=0)) + 1) + pair
        result = np.zeros(len(self.answers), dtype=np.bool_)
        result[places[np.unique(key, return_index=True)[1]]] = True
        return result

    def _task(self, code: int, rows: IntArray) -> TaskVotes:
        said = self.answers
        scenes, scene = np.unique(said.scene[rows], return_inverse=True)
        conditions, both = np.unique(np.concatenate([said.a[rows], said.b[rows]]), return_inverse=True)
        columns = VoteColumns(
            scenes=tuple(said.scenes[place] for place in scenes),
            conditions=tuple(said.conditions[place] for place in conditions), subjects=self.subjects,
            scene=scene.astype(np.int64), a=both[: len(rows)].astype(np.int64), b=both[len(rows) :].astype(np.int64),
            share=_SHARE[said.winner[rows]], weight=np.where(said.weight[rows] > 0, said.weight[rows], 1.0),
            subject=self.subject[rows], a_on_left=said.a_on_left[rows],
        )  # fmt: skip
        return TaskVotes(said.tasks[code], columns, said.weight[rows] > 0, self.excluded[rows])

    def chosen(self) -> IntArray:
        """The condition that each answer prefers; -1 where it is a tie."""
        said = self.answers
        return np.select([said.winner == WINNERS.index("a"), said.winner == WINNERS.index("b")], [said.a, said.b], -1)


def screened(answers: Answers) -> Screened:
    """The answers, which must say whose they are."""
    assert answers.subject is not None
    assert answers.subjects is not None
    return Screened(answers, answers.subject, answers.subjects)


def on_left(answers: Answers, rows: IntArray) -> FloatArray:
    """Whether the left picture was chosen, of rows without ties whose sides are known."""
    a_won = answers.winner[rows] == WINNERS.index("a")
    return np.asarray(a_won == (answers.a_on_left[rows] == 1), dtype=np.float64)

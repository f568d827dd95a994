"""Votes as columns of codes, and the counts they add up to; the same for a study's votes and a file's."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.vote_columns import VoteColumns

WINNERS = ("a", "b", "tie")
_SHARE = np.array([1.0, 0.0, 0.5])  # of the win, for condition a


class WhyNot(StrEnum):
    """Why a vote does not enter a ranking."""

    KIND = "kind"  # practice, a dummy, a catch trial or a repeat with its sides the other way round
    PILOT = "pilot"
    EXCLUDED = "excluded"
    FLAGGED = "flagged"  # of a subject whom the screening proposes to exclude, where that is asked for
    SIMULATED = "simulated"  # a simulated session where people are counted
    PERSON = "person"  # a person in a demonstration, who is counted apart
    REPEAT = "repeat"  # the subject had judged this pair before
    WEIGHT = "weight"  # a file gives it no weight
    SCENE = "scene"  # the reader chose other scenes


class Counted(StrEnum):
    """Whose votes enter a ranking."""

    PEOPLE = "people"
    SIMULATED = "simulated"
    BOTH = "people and simulated"


@dataclass(frozen=True, slots=True, eq=False)
class TaskTally:
    """The counted votes of one task.

    ``wins[s, i, j]`` counts how often condition *i* was preferred to *j* in scene *s*; a tie is half a win for both.
    ``judged`` tells which subject has a counted vote in which scene ``(subjects, scenes)``, ``counted`` what kind of
    subjects they are, ``excluded_counted`` whether some of their sessions are excluded ones; each is None where a file
    does not say. ``left_out`` counts votes of test trials that did not enter, by reason. ``columns`` are the counted
    votes one by one. ``adaptive`` tells whether votes decided which pairs were asked: then they give a ranking alone.
    """

    task: str
    scenes: tuple[str, ...]
    conditions: tuple[str, ...]
    wins: FloatArray
    votes: float
    ties: float
    late: int
    judged: BoolArray | None
    left_out: Mapping[str, int]
    columns: VoteColumns
    counted: Counted | None = None
    excluded_counted: bool | None = None
    adaptive: bool = False
    offered: tuple[str, ...] = ()  # all scenes of the task; ``scenes`` are those that a reader chose of them

    @property
    def subjects(self) -> int | None:
        """How many subjects have a counted vote in the task."""
        return self.subjects_in(self.scenes)

    def subjects_in(self, scenes: Collection[str]) -> int | None:
        """How many subjects have a counted vote in these scenes."""
        if self.judged is None:
            return None
        return int(self.judged[:, [scene in scenes for scene in self.scenes]].any(axis=1).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """The votes on one task, in the order in which they were given.

    Codes are positions in ``scenes``, ``conditions`` and ``WINNERS``.
    """

    task: str
    scenes: tuple[str, ...]
    conditions: tuple[str, ...]
    scene: IntArray
    a: IntArray
    b: IntArray
    winner: IntArray
    weight: FloatArray
    late: BoolArray
    subject: IntArray | None  # positions in ``subjects``
    a_on_left: IntArray  # as ``VoteColumns`` has it
    why_not: list[str]  # empty where a vote counts, unless the subject had judged the pair before
    simulated: BoolArray | None = None
    excluded: BoolArray | None = None
    subjects: tuple[str, ...] | None = None
    offered: tuple[str, ...] = ()  # as ``TaskTally`` has it

    def within(self, scenes: Collection[str]) -> "Judgements":
        """The judgements in these scenes, as if there were no others; all where none is named."""
        offered = self.offered or self.scenes
        if not scenes:
            return replace(self, offered=offered)
        kept = [place for place, scene in enumerate(self.scenes) if scene in scenes]
        code = np.full(len(self.scenes), -1, dtype=np.int64)
        code[kept] = np.arange(len(kept))
        rows = code[self.scene] >= 0
        return replace(
            self,
            offered=offered,
            scenes=tuple(self.scenes[place] for place in kept),
            scene=code[self.scene[rows]],
            a=self.a[rows],
            b=self.b[rows],
            winner=self.winner[rows],
            weight=self.weight[rows],
            late=self.late[rows],
            subject=None if self.subject is None else self.subject[rows],
            a_on_left=self.a_on_left[rows],
            why_not=[self.why_not[place] for place in np.flatnonzero(rows).tolist()],
            simulated=None if self.simulated is None else self.simulated[rows],
            excluded=None if self.excluded is None else self.excluded[rows],
        )

    def tally(self) -> TaskTally:
        """The counts; of the votes that count, only a subject's first judgement of a pair enters."""
        admitted = np.array([not reason for reason in self.why_not], dtype=np.bool_)
        counts = admitted & self._first(admitted)
        reasons = Counter(reason for reason in self.why_not if reason)
        if repeats := int(admitted.sum() - counts.sum()):
            reasons[WhyNot.REPEAT] = repeats
        columns = self._columns(counts)
        return TaskTally(
            task=self.task,
            scenes=self.scenes,
            conditions=self.conditions,
            wins=columns.wins(),
            votes=float(columns.weight.sum()),
            ties=float(columns.weight[columns.share == _SHARE[WINNERS.index("tie")]].sum()),
            late=int((counts & self.late).sum()),
            judged=self._judged(counts),
            left_out=dict(sorted(reasons.items())),
            columns=columns,
            counted=self._counted(counts),
            excluded_counted=None if self.excluded is None else bool(self.excluded[counts].any()),
            offered=self.offered or self.scenes,
        )

    def _judged(self, counts: BoolArray) -> BoolArray | None:
        if self.subject is None:
            return None
        subjects, code = np.unique(self.subject[counts], return_inverse=True)
        judged = np.zeros((len(subjects), len(self.scenes)), dtype=np.bool_)
        judged[code, self.scene[counts]] = True
        return judged

    def _counted(self, counts: BoolArray) -> Counted | None:
        """None where the file does not say, or nothing counts."""
        if self.simulated is None or not counts.any():
            return None
        simulated = self.simulated[counts]
        return Counted.SIMULATED if simulated.all() else Counted.BOTH if simulated.any() else Counted.PEOPLE

    def _columns(self, counts: BoolArray) -> VoteColumns:
        return VoteColumns(
            scenes=self.scenes, conditions=self.conditions, subjects=self.subjects,
            scene=self.scene[counts], a=self.a[counts], b=self.b[counts], share=_SHARE[self.winner[counts]],
            weight=self.weight[counts], subject=None if self.subject is None else self.subject[counts],
            a_on_left=self.a_on_left[counts],
        )  # fmt: skip

    def _first(self, admitted: BoolArray) -> BoolArray:
        """Which are their subject's first admitted judgement of the pair, whichever way round it was named."""
        if self.subject is None:
            return admitted
        n = len(self.conditions)
        pair = np.minimum(self.a, self.b) * n + np.maximum(self.a, self.b)
        key = (self.subject * len(self.scenes) + self.scene) * n * n + pair
        places = np.flatnonzero(admitted)
        _, first = np.unique(key[places], return_index=True)  # the first of equals
        result = np.zeros(len(key), dtype=np.bool_)
        result[places[first]] = True
        return result

"""The votes of a file: the counts of each task, and every row for what is said about subjects."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.vote_columns import UNKNOWN
from app.results.answers import KINDS, Answers
from app.results.judgements import Judgements, TaskTally, WhyNot
from app.results.vote_cells import Answer

Codes = NDArray[np.int32]
_TEST = KINDS.index("test")


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A column of names: each row's position among them. They are sorted, and each is in some row."""

    names: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, names: Sequence[str], codes: Codes) -> "Named":
        """The column, from names in any order."""
        used = np.bincount(codes, minlength=len(names)) > 0
        order = sorted(np.flatnonzero(used).tolist(), key=names.__getitem__)
        places = np.zeros(len(names), dtype=np.int32)
        places[order] = np.arange(len(order))
        return cls(tuple(names[code] for code in order), places[codes])

    def at(self, rows: IntArray) -> "Named":
        """The same of some rows."""
        return Named.of(self.names, self.codes[rows])


@dataclass(frozen=True, slots=True, eq=False)
class FileRows:
    """The rows of a file of votes in its order, in few bytes each."""

    tasks: Named
    scenes: Named
    conditions: tuple[str, ...]
    a: Codes
    b: Codes
    subjects: Named | None
    sessions: Named | None
    answers: tuple[Answer, ...]
    answer: Codes  # position in ``answers``
    weight: FloatArray
    elapsed_ms: Codes

    def told(self, what: str, rows: IntArray | slice = slice(None)) -> IntArray:
        """One part of the answers of these rows."""
        column = np.array([getattr(one, what) for one in self.answers], dtype=np.int64)
        return column[self.answer[rows]]

    def flags(self, what: str, rows: IntArray | slice = slice(None)) -> BoolArray | None:
        """The same as yes or no; None where the file does not say."""
        if any(getattr(one, what) == UNKNOWN for one in self.answers):
            return None
        yes: BoolArray = self.told(what, rows) == 1
        return yes


@dataclass(frozen=True, eq=False)
class VoteFile:
    """What a file of votes holds.

    Attributes
    ----------
    tallies
        The counts of every task with a row of kind ``test``, in the order of the tasks' names.
    notes
        What a reader should know of how the file was read.
    """

    tallies: tuple[TaskTally, ...]
    notes: tuple[str, ...]
    rows: FileRows

    def without(self, subjects: Collection[str], scenes: Collection[str]) -> tuple[TaskTally, ...]:
        """The counts without these subjects, in these scenes, or in all where none is named."""
        return tuple(tallies(self.rows, scenes, subjects)) if subjects else self.tallies

    @cached_property
    def answers(self) -> Answers:
        """Every row, counted or not; spelt out when it is asked for, for ten million rows are a gigabyte."""
        rows = self.rows
        subjects, sessions = rows.subjects, rows.sessions
        return Answers(
            tasks=rows.tasks.names, scenes=rows.scenes.names, conditions=rows.conditions,
            subjects=subjects.names if subjects else None, sessions=sessions.names if sessions else None,
            task=_wide(rows.tasks.codes), scene=_wide(rows.scenes.codes), a=_wide(rows.a), b=_wide(rows.b),
            winner=rows.told("winner"), kind=rows.told("kind"), a_on_left=rows.told("a_on_left"),
            subject=_wide(subjects.codes) if subjects else None, session=_wide(sessions.codes) if sessions else None,
            elapsed_ms=_wide(rows.elapsed_ms), weight=rows.weight, simulated=rows.flags("simulated"),
            excluded=rows.flags("excluded"),
        )  # fmt: skip


def tallies(rows: FileRows, scenes: Collection[str] = (), without: Collection[str] = ()) -> Iterator[TaskTally]:
    """The counts of each task: rows of other kinds than ``test`` do not count, nor do rows of no weight.

    Of the rest, a subject's first judgement of a pair does, in these scenes, or in all where none is named. Subjects
    named in ``without`` are left out.
    """
    test = np.flatnonzero(rows.told("kind") == _TEST)
    task = rows.tasks.codes[test]
    by_task = test[np.argsort(task, kind="stable")]
    ends = np.cumsum(np.bincount(task, minlength=len(rows.tasks.names)))
    for name, mine in zip(rows.tasks.names, np.split(by_task, ends[:-1]), strict=True):
        if len(mine):
            found = _judgements(rows, name, mine, without).within(scenes).tally()
            yield replace(found, adaptive=bool((rows.told("adaptive", mine) == 1).any()))


def _judgements(rows: FileRows, task: str, mine: IntArray, without: Collection[str]) -> Judgements:
    scenes = rows.scenes.at(mine)
    both = Named.of(rows.conditions, np.concatenate([rows.a[mine], rows.b[mine]]))
    subjects = rows.subjects.at(mine) if rows.subjects else None
    weight, late = rows.weight[mine], rows.flags("late", mine)
    why_not = [""] * len(mine)
    for place in np.flatnonzero(weight == 0).tolist():
        why_not[place] = WhyNot.WEIGHT
    if subjects and without:
        out = np.array([name in without for name in subjects.names], dtype=np.bool_)[subjects.codes]
        for place in np.flatnonzero(out & (weight > 0)).tolist():
            why_not[place] = WhyNot.FLAGGED
    return Judgements(
        task=task, scenes=scenes.names, conditions=both.names, scene=_wide(scenes.codes),
        a=_wide(both.codes[: len(mine)]), b=_wide(both.codes[len(mine) :]), winner=rows.told("winner", mine),
        weight=weight, late=np.zeros(len(mine), dtype=np.bool_) if late is None else late,
        subject=_wide(subjects.codes) if subjects else None, subjects=subjects.names if subjects else None,
        a_on_left=rows.told("a_on_left", mine), why_not=why_not, simulated=rows.flags("simulated", mine),
        excluded=rows.flags("excluded", mine),
    )  # fmt: skip


def _wide(codes: Codes) -> IntArray:
    """Codes that may be multiplied without a thought."""
    return codes.astype(np.int64)

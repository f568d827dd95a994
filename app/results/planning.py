"""What more subjects or scenes would bring to a task: intervals, power, and whether all conditions are joined."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray
from app.analysis.design import BadWish, Needed, Parts, needed, parts_of
from app.analysis.power import difference_error, power
from app.analysis.scores import NothingToScore
from app.analysis.significance import Correction
from app.catalog import TASKS
from app.results.interval_rows import task_intervals
from app.results.islands import islands_in_words
from app.results.judgements import TaskTally
from app.results.options import ReportOptions
from app.results.scoring import scored

MOST_SUBJECTS = 1_000_000
_FACTORS = (1.0, 2.0, 4.0)  # of the subjects so far


@dataclass(frozen=True, slots=True)
class Wish:
    """What an experimenter would like a study to reach, logits."""

    half_width: float = 0.25
    difference: float = 0.25

    def __post_init__(self) -> None:
        for name, value in (("half-width", self.half_width), ("difference", self.difference)):
            if not 0 < value <= 100:
                raise BadWish(f"The {name} must lie between 0 and 100 logits, and is {value:g}", "wish for 0.25, say")


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """What a number of subjects brings: half a typical interval, and the chance to tell a difference."""

    subjects: int
    scenes: int
    votes: float
    half_width: float
    of_subjects: float  # variance of a typical score, logits²
    of_scenes: float
    of_votes: float
    chance: dict[Correction, float]  # of telling the wished difference
    detectable: dict[Correction, float]  # the difference that is told with a chance of 0.8
    now: bool


@dataclass(frozen=True, slots=True)
class TaskOutlook:
    """The plan for one task; without parts there is no interval over subjects and scenes to plan with."""

    task: str
    title: str
    adaptive: bool
    conditions: int
    level: float
    wish: Wish
    parts: Parts | None
    needed: Needed | None
    rows: tuple[OutlookRow, ...]
    votes: float
    connected: str

    @property
    def half_width(self) -> float:
        """Half of a typical interval as the study stands."""
        assert self.parts is not None, "nothing to plan with"
        return self.parts.half_width(self.parts.subjects, self.parts.scenes, self.level)


def task_outlook(tally: TaskTally, options: ReportOptions, wish: Wish, also: Sequence[int] = ()) -> TaskOutlook:
    """The plan for a task from its votes so far; its rows have the numbers of subjects ``also``, besides the usual."""
    known = TASKS.get(tally.task)
    parts, votes, strengths = None, 0.0, np.zeros(len(tally.conditions))
    if not tally.adaptive:
        try:
            scores = scored(tally, options)
        except NothingToScore:
            pass
        else:
            if scores.held is None:
                parts = parts_of(task_intervals(tally, scores, options).spreads)
            votes, strengths = float(scores.wins.sum()), scores.mean
    takes = needed(parts, wish.half_width, options.level) if parts else None
    rows = tuple(_rows(parts, takes, strengths, votes, options, wish, also)) if parts else ()
    return TaskOutlook(
        task=tally.task, title=known.title if known else tally.task, adaptive=tally.adaptive,
        conditions=len(strengths), level=options.level, wish=wish, parts=parts, needed=takes, rows=rows, votes=votes,
        connected=islands_in_words(tally.wins, tally.scenes, tally.conditions, "votes"),
    )  # fmt: skip


def _rows(
    parts: Parts, takes: Needed | None, strengths: FloatArray, votes: float,
    options: ReportOptions, wish: Wish, also: Sequence[int],
) -> list[OutlookRow]:  # fmt: skip
    numbers = {max(3, round(factor * parts.subjects)) for factor in _FACTORS} | {one for one in also if one >= 3}
    if takes and takes.subjects and takes.subjects <= MOST_SUBJECTS:
        numbers.add(takes.subjects)
    found = []
    for subjects in sorted(numbers):
        error = difference_error(parts.over_scenes(subjects), len(strengths))
        tests = power(strengths, error, parts.scenes, options.alpha)
        found.append(
            OutlookRow(
                subjects=subjects,
                scenes=parts.scenes,
                votes=votes * subjects / parts.subjects,
                half_width=parts.half_width(subjects, parts.scenes, options.level),
                of_subjects=parts.of_subjects * parts.subjects / subjects,
                of_scenes=parts.of_scenes,
                of_votes=parts.of_votes * parts.subjects / subjects,
                chance={one: tests.of(wish.difference, error, one) for one in Correction},
                detectable={one: tests.detectable(error, one) for one in Correction},
                now=subjects == parts.subjects,
            )
        )
    return found

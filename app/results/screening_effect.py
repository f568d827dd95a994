"""What leaving subjects out does to a ranking: with all, without the excluded, without those proposed besides."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import kendalltau

from app.analysis.arrays import ROUNDING, BoolArray
from app.analysis.scores import NothingToScore, TaskScores
from app.catalog import TASKS
from app.results.options import ReportOptions
from app.results.scoring import scored_votes
from app.results.subject_votes import Screened, TaskVotes

CHOICES = ("with all", "without excluded", "without proposed")


@dataclass(frozen=True, slots=True)
class Place:
    """A condition's rank and score under one choice."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class TaskEffect:
    """The rankings of one task under each of ``CHOICES``; None stands where a choice leaves nothing to rank.

    ``subjects`` counts whose votes each choice uses; ``rows`` are the conditions, in the order without the excluded;
    ``tau`` is Kendall's tau-b between the scores under each two choices.
    """

    task: str
    title: str
    subjects: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Place | None, ...]], ...]
    tau: tuple[tuple[str, str, float | None], ...]


def effects(who: Screened, proposed: Collection[str], options: ReportOptions) -> tuple[TaskEffect, ...]:
    """The effect on every task."""
    names = np.array([name in proposed for name in who.subjects], dtype=np.bool_)
    chosen = (task.within(options.scenes) for task in who.tasks)
    return tuple(_effect(task, names, options) for task in chosen if len(task.columns))


def _effect(task: TaskVotes, proposed: BoolArray, options: ReportOptions) -> TaskEffect:
    subject = task.columns.subject
    assert subject is not None
    everybody = task.counted | task.excluded
    chosen = (everybody, everybody & ~task.excluded, everybody & ~task.excluded & ~proposed[subject])
    scores = [_scores(task, rows, options) for rows in chosen]
    ranked = next((one for one in (scores[1], scores[0]) if one is not None), None)
    order = () if ranked is None else np.argsort(-np.round(ranked.mean, ROUNDING), kind="stable")
    names = [] if ranked is None else [ranked.conditions[place] for place in order]
    known = TASKS.get(task.task)
    return TaskEffect(
        task=task.task,
        title=known.title if known else task.task,
        subjects=tuple(len(np.unique(subject[rows])) for rows in chosen),
        rows=tuple((name, tuple(_place(one, name) for one in scores)) for name in names),
        tau=tuple(
            (CHOICES[i], CHOICES[j], _tau(scores[i], scores[j])) for i, j in combinations(range(len(CHOICES)), 2)
        ),
    )


def _scores(task: TaskVotes, rows: BoolArray, options: ReportOptions) -> TaskScores | None:
    try:
        return scored_votes(task.columns.where(rows), options)
    except NothingToScore:
        return None


def _place(scores: TaskScores | None, condition: str) -> Place | None:
    if scores is None or condition not in scores.conditions:
        return None
    mean = np.round(scores.placed(scores.mean), ROUNDING)
    score = mean[scores.conditions.index(condition)]
    return Place(1 + int((mean > score).sum()), float(score) + 0.0)


def _tau(one: TaskScores | None, other: TaskScores | None) -> float | None:
    """Kendall's tau-b over the conditions that both rank; None under two, or where either ranks all the same."""
    if one is None or other is None:
        return None
    both = [name for name in one.conditions if name in other.conditions]
    first, second = (
        np.round([scores.mean[scores.conditions.index(name)] for name in both], ROUNDING) for scores in (one, other)
    )
    if len(both) < 2 or not np.ptp(first) or not np.ptp(second):
        return None
    return round(float(kendalltau(first, second).statistic), ROUNDING)

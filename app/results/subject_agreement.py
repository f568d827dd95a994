"""How far the subjects of a task agree with each other: halves of them, and Kendall's u where the design allows it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.kendall_u import Agreement, kendall_u
from app.analysis.scores import NothingToScore
from app.analysis.split_half import FEWEST_SUBJECTS, SPLITS, SplitHalf, split_half
from app.analysis.subject_blocks import Blocks
from app.catalog import TASKS
from app.results.options import ReportOptions
from app.results.scoring import scored_votes
from app.results.sentences import counted
from app.results.subject_votes import Screened, TaskVotes

SEED = 1  # of the splits: the same votes give the same numbers


@dataclass(frozen=True, slots=True)
class SceneAgreement:
    """Kendall's u of one scene."""

    scene: str
    conditions: int
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class TaskAgreement:
    """The agreement in one task; ``notes`` say what is left out, and why."""

    task: str
    title: str
    halves: SplitHalf | None
    scenes: tuple[SceneAgreement, ...]
    notes: tuple[str, ...]

    @property
    def mean_u(self) -> float | None:
        """The mean of u over the scenes that have one."""
        return float(np.mean([one.agreement.u for one in self.scenes])) if self.scenes else None


def agreements(
    who: Screened, blocks: Mapping[str, tuple[Blocks, ...]], options: ReportOptions
) -> tuple[TaskAgreement, ...]:
    """The agreement of those whose votes count, task by task."""
    return tuple(
        _agreement(task, tuple(one for one in blocks[task.task] if one.scene in task.columns.scenes), options)
        for task in (every.within(options.scenes) for every in who.tasks)
        if task.counted.any()
    )


def _agreement(task: TaskVotes, blocks: tuple[Blocks, ...], options: ReportOptions) -> TaskAgreement:
    votes = task.columns.where(task.counted)
    prior = options.prior or DEFAULT_PRIOR
    try:
        scores = scored_votes(votes, options)
    except NothingToScore:
        halves = None
    else:
        halves = split_half(votes.within(scores.scenes, scores.conditions), SEED, prior=prior)
    scenes = tuple(
        SceneAgreement(one.scene, one.conditions, found)
        for one in blocks
        if (found := kendall_u(one.wins.sum(axis=0, dtype=np.int64), len(one.subject)))
    )
    known = TASKS.get(task.task)
    return TaskAgreement(
        task.task, known.title if known else task.task, halves, scenes, tuple(_notes(votes.scenes, blocks, halves))
    )  # fmt: skip


def _notes(scenes: tuple[str, ...], blocks: tuple[Blocks, ...], halves: SplitHalf | None) -> list[str]:
    found = []
    if halves is None:
        found.append(
            f"Split-half agreement is left out: it needs {FEWEST_SUBJECTS} subjects in scenes that have scores, and "
            "scores that differ."
        )
    several = sum(len(one.subject) > 1 for one in blocks)
    if not any(len(one.subject) for one in blocks):
        found.append(
            "Circular triads, Kendall’s zeta and u are left out: they ask for a subject who has judged every pair of a "
            "scene, without ties, and none has."
        )
    elif several < len(scenes):
        found.append(
            f"Kendall’s u is left out in {counted(len(scenes) - several, 'scene')} of {len(scenes)}: no two subjects "
            "have judged every pair there, or it has only two conditions."
        )
    return found


def halves_in_words(halves: SplitHalf) -> str:
    """What the split halves are, for a reader who wants to repeat it."""
    return (
        f"Mean over {SPLITS} random halves of {counted(halves.subjects, 'subject')} (seed {SEED}); the range holds the "
        "middle 95 % of the splits. Stepped up by Spearman and Brown’s formula: what two studies of this size would "
        "correlate."
    )

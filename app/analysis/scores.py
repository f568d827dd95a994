"""A task's scores: the mean, over its scenes, of the strengths in each scene.

A mean over scenes compares conditions only if every scene holds the same ones: strengths are centred within a scene,
so a scene that lacks the weakest condition would lower all others. Scenes that cannot take part are left out and
named, each with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, Strengths, fit
from app.analysis.connectivity import components
from app.errors import BadInput


class NothingToScore(BadInput):
    """No scene of a task can take part in its scores."""

    def __init__(self, conditions: Sequence[str], left_out: Sequence["LeftOut"], sparse: Sequence["Sparse"]) -> None:
        reasons = "; ".join(f"{one.scene}: {one.reason}" for one in left_out[:3])
        more = f"; and {len(left_out) - 3} more scenes" if len(left_out) > 3 else ""
        advice = "".join(f" {one.in_words()}." for one in sparse[:3])
        super().__init__(
            f"No scene has the votes that scores need{f' ({reasons}{more})' if reasons else ''}.{advice}",
            "collect more votes and rank again",
        )
        self.conditions, self.left_out = tuple(conditions), tuple(left_out)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A scene that takes no part in the task's scores, and why."""

    scene: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sparse:
    """A condition with votes in so few of the scenes that it costs the others half of theirs, or more."""

    condition: str
    votes: float
    scenes: int
    of: int

    def in_words(self) -> str:
        """What is the matter with it, and what to do."""
        votes = "1 vote" if self.votes == 1 else f"{self.votes:g} votes"
        return (
            f"{self.condition} has {votes}, in {self.scenes} of {self.of} scenes: remove it or give it votes in the "
            "other scenes"
        )


@dataclass(frozen=True, slots=True, eq=False)
class TaskScores:
    """The scores of a task's conditions, with the scenes behind them.

    Attributes
    ----------
    mean
        One score for each condition: the mean of its column of ``by_scene``; they sum to zero.
    fits
        The fits of the scenes that take part; ``by_scene`` are their strengths ``(scenes, conditions)``.
    left_out
        Scenes that take no part.
    unseen
        Conditions without a single vote in the task; they have no score.
    sparse
        Conditions for whose sake many scenes are left out.
    """

    conditions: tuple[str, ...]
    scenes: tuple[str, ...]
    mean: FloatArray
    fits: Strengths
    wins: FloatArray
    left_out: tuple[LeftOut, ...]
    unseen: tuple[str, ...]
    sparse: tuple[Sparse, ...]

    @property
    def by_scene(self) -> FloatArray:
        """Strengths ``(scenes, conditions)``, logits."""
        return self.fits.strength


def task_scores(
    wins: FloatArray, scenes: Sequence[str], conditions: Sequence[str], *, prior: float = DEFAULT_PRIOR
) -> TaskScores:
    """Scores from the wins ``(scenes, conditions, conditions)`` of one task.

    Raises
    ------
    NothingToScore
        No scene holds votes on all conditions that were voted on, connected with each other (with ``prior=0``:
        strongly).
    """
    counts = np.asarray(wins, dtype=np.float64)
    seen = (counts.sum(axis=(0, 1)) + counts.sum(axis=(0, 2))) > 0
    names = tuple(name for name, voted in zip(conditions, seen, strict=True) if voted)
    counts = counts[:, seen][:, :, seen]
    reasons = [_why_not(matrix, names, prior) for matrix in counts]
    left_out = tuple(LeftOut(scene, reason) for scene, reason in zip(scenes, reasons, strict=True) if reason)
    kept: BoolArray = np.array([not reason for reason in reasons], dtype=bool)
    sparse = _sparse(counts, names)
    if not kept.any():
        raise NothingToScore(names, left_out, sparse)
    fits = fit(counts[kept], names, prior=prior)
    return TaskScores(
        conditions=names,
        scenes=tuple(scene for scene, keep in zip(scenes, kept, strict=True) if keep),
        mean=fits.strength.mean(axis=0),
        fits=fits,
        wins=counts[kept],
        left_out=left_out,
        unseen=tuple(name for name in conditions if name not in names),
        sparse=sparse,
    )


def _sparse(wins: FloatArray, conditions: Sequence[str]) -> tuple[Sparse, ...]:
    """The conditions that lack votes in at least half of the scenes that have any, fewest votes first.

    None where that is true of most conditions: then it is the votes that are few, and no condition the odd one.
    """
    votes = wins.sum(axis=1) + wins.sum(axis=2)
    of, within, total = int(votes.any(axis=1).sum()), (votes > 0).sum(axis=0), votes.sum(axis=0)
    found = [
        Sparse(name, float(total[i]), int(within[i]), of) for i, name in enumerate(conditions) if 2 * within[i] <= of
    ]
    return tuple(sorted(found, key=lambda one: one.votes)) if 2 * len(found) < len(conditions) else ()


def _why_not(wins: FloatArray, conditions: tuple[str, ...], prior: float) -> str:
    """Why a scene cannot take part; empty where it can."""
    played = (wins + wins.T).sum(axis=-1)
    if not played.any():
        return "it has no votes"
    missing = [name for name, count in zip(conditions, played, strict=True) if not count]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return f"it has no votes on {', '.join(missing[:3])}{more}"
    found = components(wins, conditions)
    if len(found.islands) > 1 or (prior == 0 and not found.connected):
        return found.in_words().removesuffix(".")
    return ""

"""A task's scores: the mean, over its scenes, of the strengths in each scene.

A mean over scenes compares conditions only if every scene holds the same ones: strengths are centred within a scene,
so a scene that lacks the weakest condition would lower all others. Scenes that cannot take part are left out and
named, each with its reason. Where no scene joins all conditions, a prior still places them side by side: such scores
are finite, and ``TaskScores.apart`` says between which of them nothing but the prior decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, Strengths, fit
from app.analysis.connectivity import Components, components, strongly_connected
from app.analysis.davidson import DavidsonFit, NoTieParameter, fit_davidson
from app.analysis.joined_sets import join_all, joined_sets
from app.analysis.thurstone import fit_jod
from app.errors import BadInput

_ROUNDED = 1e-9  # of the wins


class NothingToScore(BadInput):
    """No scene of a task can take part in its scores."""

    def __init__(
        self,
        conditions: Sequence[str],
        left_out: Sequence["LeftOut"],
        sparse: Sequence["Sparse"],
        *,
        why: str = "",
        alignable: bool = False,
    ) -> None:
        reasons = "; ".join(f"{one.scene}: {one.reason}" for one in left_out[:3])
        more = f"; and {len(left_out) - 3} more scenes" if len(left_out) > 3 else ""
        advice = "".join(f" {one.in_words()}." for one in sparse[:3])
        super().__init__(
            f"{why or 'No scene has the votes that scores need'}{f' ({reasons}{more})' if reasons and not why else ''}."
            f"{advice}",
            f"collect more votes and rank again{', or align the scenes' if alignable else ''}",
        )
        self.conditions, self.left_out = tuple(conditions), tuple(left_out)
        self.alignable = alignable  # together the scenes join all conditions


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A scene that takes no part in the task's scores, and why; with its ``components`` where it falls into several."""

    scene: str
    reason: str
    components: Components | None = None


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
        One score for each condition: the mean of its column of ``by_scene``, or, where scenes are aligned, what agrees
        best with it; they sum to zero.
    fits
        The fits of the scenes that take part; ``by_scene`` are their strengths ``(scenes, conditions)``.
    left_out
        Scenes that take no part.
    unseen
        Conditions without a single vote in the task; they have no score.
    sparse
        Conditions for whose sake many scenes are left out.
    jod
        The same means on Thurstone's scale (``thurstone``); ties are half wins there, whatever the fits make of them.
    anchor
        The position of the condition that scores are shown relative to; None where they are shown as they sum to zero.
    apart
        Where no scene joins all conditions: the first scene's components. Differences between its islands are the
        prior's, and no test or interval means anything; ``alignable`` says whether scenes join them together.
    held
        Where scenes are aligned (``aligned_scores``): which conditions each holds, ``(scenes, conditions)``. Their
        strengths are on the scale of ``mean`` then, and no test or interval allows for what is missing.
    ties
        Davidson's fit where ties are answers of their own, and ``ties_note`` why they are not, though that was wished.
    """

    conditions: tuple[str, ...]
    scenes: tuple[str, ...]
    mean: FloatArray
    fits: Strengths
    wins: FloatArray
    left_out: tuple[LeftOut, ...]
    unseen: tuple[str, ...]
    sparse: tuple[Sparse, ...]
    jod: FloatArray
    anchor: int | None = None
    ties: DavidsonFit | None = None
    ties_note: str = ""
    apart: Components | None = None
    alignable: bool = False
    held: BoolArray | None = None

    @property
    def contrasts(self) -> FloatArray | None:
        """What turns scores that sum to zero into those shown, ``(conditions, conditions)``; None where they are."""
        if self.anchor is None:
            return None
        turned = np.eye(len(self.conditions))
        turned[:, self.anchor] -= 1
        return turned

    @property
    def position(self) -> str:
        """Where the scale of the scores shown stands."""
        return "sum zero" if self.anchor is None else f"relative to {self.conditions[self.anchor]}"

    @property
    def stderr_by_scene(self) -> FloatArray:
        """Standard errors of the strengths ``(scenes, conditions)`` as they are shown."""
        turned = self.contrasts
        if turned is None or self.held is not None:  # aligned ones are shifted as a whole
            return self.fits.stderr
        variance = np.einsum("ij,sjk,ik->si", turned, self.fits.covariance, turned)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def placed(self, scores: FloatArray) -> FloatArray:
        """Scores ``(..., conditions)`` as they are shown: less the anchor's, if there is one."""
        return scores if self.anchor is None else scores - scores[..., self.anchor, None]

    @property
    def by_scene(self) -> FloatArray:
        """Strengths ``(scenes, conditions)``, logits."""
        return self.fits.strength

    @property
    def by_scene_shown(self) -> FloatArray:
        """The same as they are shown; on a common scale the anchor's score stands at 0, and not its strengths."""
        if self.held is None or self.anchor is None:
            return self.placed(self.by_scene)
        return np.asarray(self.by_scene - self.mean[self.anchor])


def task_scores(
    wins: FloatArray,
    scenes: Sequence[str],
    conditions: Sequence[str],
    *,
    prior: float = DEFAULT_PRIOR,
    tied: FloatArray | None = None,
    anchor: str | None = None,
) -> TaskScores:
    """Scores from the wins ``(scenes, conditions, conditions)`` of one task, in which ties are half wins.

    Where ``tied`` counts the ties (on both sides of the diagonal), they are fitted as answers of their own. Scores are
    shown relative to ``anchor``, if it is a condition with votes.

    Raises
    ------
    NothingToScore
        No scene holds votes on all conditions that were voted on; or, with ``prior=0``, none in which they are strongly
        connected.
    """
    seen, counts, names = voted(wins, conditions)
    kept, left_out = sorted_out(counts, scenes, names, prior)
    sparse, apart = sparse_of(counts, names), None
    alignable = not kept.any() and join_all(joined_sets(counts, prior), len(names))
    if prior and not kept.any():
        kept, left_out, apart = _side_by_side(scenes, left_out)
    if not kept.any():
        raise NothingToScore(names, left_out, sparse, alignable=alignable)
    only_ties = None if tied is None else np.asarray(tied, dtype=np.float64)[:, seen][:, :, seen][kept]
    fits, ties, ties_note = _fits(counts[kept], only_ties, names, prior)
    return TaskScores(
        conditions=names, scenes=tuple(scene for scene, keep in zip(scenes, kept, strict=True) if keep),
        mean=fits.strength.mean(axis=0), fits=fits, wins=counts[kept], left_out=left_out,
        unseen=tuple(name for name in conditions if name not in names), sparse=sparse,
        jod=fit_jod(counts[kept], prior=prior).mean(axis=0),
        anchor=names.index(anchor) if anchor in names else None, ties=ties, ties_note=ties_note, apart=apart,
        alignable=alignable,
    )  # fmt: skip


def voted(wins: FloatArray, conditions: Sequence[str]) -> tuple[BoolArray, FloatArray, tuple[str, ...]]:
    """Which conditions have any vote in the task, their wins, and their names."""
    counts = np.asarray(wins, dtype=np.float64)
    seen: BoolArray = (counts.sum(axis=(0, 1)) + counts.sum(axis=(0, 2))) > 0
    names = tuple(name for name, has_votes in zip(conditions, seen, strict=True) if has_votes)
    return seen, counts[:, seen][:, :, seen], names


def sorted_out(
    wins: FloatArray, scenes: Sequence[str], conditions: tuple[str, ...], prior: float
) -> tuple[BoolArray, tuple[LeftOut, ...]]:
    """Which scenes can take part, and the others with their reasons."""
    whole = strongly_connected(wins) & wins.any(axis=(1, 2))
    reasons = [("", None) if good else _why_not(one, conditions, prior) for one, good in zip(wins, whole, strict=True)]
    left_out = tuple(LeftOut(scene, *why) for scene, why in zip(scenes, reasons, strict=True) if why[0])
    return np.array([not reason for reason, _ in reasons], dtype=np.bool_), left_out


def _side_by_side(
    scenes: Sequence[str], left_out: tuple[LeftOut, ...]
) -> tuple[BoolArray, tuple[LeftOut, ...], Components | None]:
    """The scenes that hold votes on all conditions and only fall apart, and the others; for want of any better."""
    fallen = {one.scene: one.components for one in left_out if one.components is not None}
    kept = np.array([scene in fallen for scene in scenes], dtype=np.bool_)
    return kept, tuple(one for one in left_out if one.scene not in fallen), next(iter(fallen.values()), None)


def _fits(
    wins: FloatArray, tied: FloatArray | None, conditions: tuple[str, ...], prior: float
) -> tuple[Strengths, DavidsonFit | None, str]:
    """The fits of scenes; with ``tied``, Davidson's, or else why they are not."""
    note = ""
    if tied is not None:
        try:
            return *fit_ties(wins, tied, conditions, prior), note
        except NoTieParameter as error:
            note = error.detail
    return fit(wins, conditions, prior=prior), None, note


def fit_ties(
    wins: FloatArray, tied: FloatArray, conditions: tuple[str, ...], prior: float
) -> tuple[Strengths, DavidsonFit]:
    """Davidson's fits of scenes whose ``wins`` hold every tie as two halves; raises ``NoTieParameter``."""
    chosen = wins - 0.5 * tied
    chosen[chosen < _ROUNDED * wins] = 0  # weights such as 0.1 do not subtract to nothing
    found = fit_davidson(chosen, tied, prior=prior)
    return Strengths(conditions, found.strength, found.covariance, found.deviance, prior, found.nu), found


def sparse_of(wins: FloatArray, conditions: Sequence[str]) -> tuple[Sparse, ...]:
    """The conditions that lack votes in at least half of the scenes that have any, fewest votes first.

    None where that is true of most conditions: then it is the votes that are few, and no condition the odd one.
    """
    votes = wins.sum(axis=1) + wins.sum(axis=2)
    of, within, total = int(votes.any(axis=1).sum()), (votes > 0).sum(axis=0), votes.sum(axis=0)
    found = [
        Sparse(name, float(total[i]), int(within[i]), of) for i, name in enumerate(conditions) if 2 * within[i] <= of
    ]
    return tuple(sorted(found, key=lambda one: one.votes)) if 2 * len(found) < len(conditions) else ()


def _why_not(wins: FloatArray, conditions: tuple[str, ...], prior: float) -> tuple[str, Components | None]:
    """Why a scene cannot take part, with the components it falls into, if it is that; empty where it can."""
    played = (wins + wins.T).sum(axis=-1)
    if not played.any():
        return "it has no votes", None
    missing = [name for name, count in zip(conditions, played, strict=True) if not count]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return f"it has no votes on {', '.join(missing[:3])}{more}", None
    found = components(wins, conditions)
    if len(found.islands) > 1 or (prior == 0 and not found.connected):
        return found.in_words().removesuffix("."), found
    return "", None

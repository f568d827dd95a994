"""A task's scores where scenes hold different conditions: each scene's strengths, put on one scale.

Every set of conditions that the votes of a scene join takes part with an offset of its own, so that a scene which falls
apart does so as several. Without a prior a set takes part only where each of its conditions both won and lost. Where
every scene that has votes joins all conditions, the scores are those of ``task_scores``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.alignment import Alignment, NotAligned, align
from app.analysis.arrays import BoolArray, FloatArray
from app.analysis.bradley_terry import Strengths, fit
from app.analysis.davidson import DavidsonFit, NoTieParameter
from app.analysis.joined_sets import JoinedSet, joined_sets
from app.analysis.scores import LeftOut, NothingToScore, TaskScores, fit_ties, sorted_out, sparse_of, task_scores, voted
from app.analysis.thurstone import fit_jod

_NO_PRIOR = "Davidson's parameter of ties is not estimated from aligned scenes without a prior"


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """The votes that take part, with the sets that they join."""

    wins: FloatArray  # (scenes, n, n)
    scenes: tuple[str, ...]
    conditions: tuple[str, ...]
    sets: tuple[JoinedSet, ...]
    prior: float

    @property
    def held(self) -> BoolArray:
        """Which conditions each scene holds."""
        return np.asarray((self.wins + self.wins.swapaxes(1, 2)).any(axis=2))

    def aligned(self, strength: FloatArray) -> Alignment:
        """The common scale of strengths ``(scenes, n)`` that sum to zero within sets; raises ``NotAligned``."""
        played = (self.wins + self.wins.swapaxes(1, 2)).sum(axis=2)
        rows, votes = np.zeros((2, len(self.sets), len(self.conditions)))
        for row, one in enumerate(self.sets):
            rows[row, one.members] = strength[one.scene, one.members]
            votes[row, one.members] = played[one.scene, one.members]
        return align(rows, votes, [self._name(one) for one in self.sets])

    def _name(self, one: JoinedSet) -> str:
        if sum(other.scene == one.scene for other in self.sets) == 1:
            return self.scenes[one.scene]
        return f"{self.scenes[one.scene]} ({' and '.join(self.conditions[i] for i in one.members[:2])})"


def aligned_scores(
    wins: FloatArray,
    scenes: Sequence[str],
    conditions: Sequence[str],
    *,
    prior: float,
    tied: FloatArray | None = None,
    anchor: str | None = None,
) -> TaskScores:
    """The same as ``task_scores``, with the scenes that cannot take part there; ``held`` says what each of them holds.

    Raises
    ------
    NothingToScore
        The scenes fall into sets that share no condition; or, with ``prior=0``, no scene gives some condition a finite
        strength.
    """
    seen, counts, names = voted(wins, conditions)
    kept, left_out = sorted_out(counts, scenes, names, prior)
    if (kept == counts.any(axis=(1, 2))).all():
        return task_scores(wins, scenes, conditions, prior=prior, tied=tied, anchor=anchor)
    votes, there = _taking_part(counts, scenes, names, prior)
    strength, ties, ties_note = _strengths(votes, None if tied is None else tied[there][:, seen][:, :, seen])
    try:
        _require_everyone(votes, left_out, names)
        found = votes.aligned(strength.strength)
    except NotAligned as error:
        raise NothingToScore(names, left_out, sparse_of(counts, names), why=error.detail) from error
    return TaskScores(
        conditions=names, scenes=votes.scenes, mean=found.scores, fits=_on_one_scale(votes, strength, found.offsets),
        wins=votes.wins, left_out=tuple(one for one in left_out if one.scene not in votes.scenes),
        unseen=tuple(name for name in conditions if name not in names), sparse=(),
        jod=votes.aligned(_jod(votes)).scores, anchor=names.index(anchor) if anchor in names else None,
        ties=ties, ties_note=ties_note, held=votes.held,
    )  # fmt: skip


def _taking_part(
    counts: FloatArray, scenes: Sequence[str], names: tuple[str, ...], prior: float
) -> tuple[_Votes, BoolArray]:
    """The votes within sets, and which scenes have any."""
    found = joined_sets(counts, prior)
    within = np.zeros_like(counts)
    for one in found:
        block = np.ix_(one.members, one.members)
        within[one.scene][block] = counts[one.scene][block]
    there: BoolArray = np.asarray(within.any(axis=(1, 2)))
    place = np.cumsum(there) - 1
    kept = tuple(JoinedSet(int(place[one.scene]), one.members) for one in found)
    named = tuple(scene for scene, is_there in zip(scenes, there, strict=True) if is_there)
    return _Votes(within[there], named, names, kept, prior), there


def _require_everyone(votes: _Votes, left_out: Sequence[LeftOut], names: tuple[str, ...]) -> None:
    """Nothing, where every condition is held by some scene; raises ``NothingToScore``."""
    everywhere: BoolArray = np.asarray(votes.held.any(axis=0))
    without = [name for name, held in zip(names, everywhere, strict=True) if not held]
    if without:
        why = f"Scenes cannot be aligned: without a prior no scene gives {', '.join(without[:3])} a finite strength"
        raise NothingToScore(names, left_out, (), why=why)


def _strengths(votes: _Votes, tied: FloatArray | None) -> tuple[Strengths, DavidsonFit | None, str]:
    """Strengths that sum to zero within each set, with Davidson's fit, or why there is none though it was wished."""
    if tied is None:
        return _set_by_set(votes), None, ""
    if not votes.prior:
        return _set_by_set(votes), None, _NO_PRIOR
    try:
        found, ties = fit_ties(votes.wins, tied, votes.conditions, votes.prior)
    except NoTieParameter as error:
        return _set_by_set(votes), None, error.detail
    return _within_sets(votes, found), ties, ""


def _set_by_set(votes: _Votes) -> Strengths:
    scenes, n = votes.held.shape
    strength, covariance, deviance = np.zeros((scenes, n)), np.zeros((scenes, n, n)), np.zeros(scenes)
    for one in votes.sets:
        block = np.ix_(one.members, one.members)
        found = fit(votes.wins[one.scene][block], [votes.conditions[i] for i in one.members], prior=votes.prior)
        strength[one.scene, one.members] = found.strength
        covariance[one.scene][block] = found.covariance
        deviance[one.scene] += found.deviance
    return Strengths(votes.conditions, strength, covariance, deviance, votes.prior)


def _within_sets(votes: _Votes, found: Strengths) -> Strengths:
    """Fits of whole matrices, where the prior makes each set sum to zero, with the errors that hold within sets."""
    turned = np.zeros_like(found.covariance)
    for one in votes.sets:
        turned[one.scene][np.ix_(one.members, one.members)] = np.eye(len(one.members)) - 1 / len(one.members)
    strength = (turned @ found.strength[:, :, None])[:, :, 0]
    covariance = turned @ found.covariance @ turned
    return Strengths(votes.conditions, strength, covariance, found.deviance, found.prior, found.nu)


def _on_one_scale(votes: _Votes, found: Strengths, offsets: FloatArray) -> Strengths:
    """The strengths less the offsets of their sets, so that those of different scenes compare."""
    strength = found.strength.copy()
    for one, offset in zip(votes.sets, offsets.tolist(), strict=True):
        strength[one.scene, one.members] -= offset
    return Strengths(votes.conditions, strength, found.covariance, found.deviance, found.prior, found.nu)


def _jod(votes: _Votes) -> FloatArray:
    jod = np.zeros(votes.held.shape)
    for one in votes.sets:
        counts = votes.wins[one.scene][np.ix_(one.members, one.members)]
        jod[one.scene, one.members] = fit_jod(counts[None], prior=votes.prior)[0]
    return jod

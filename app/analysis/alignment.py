r"""Scenes that hold different conditions, on one scale.

Strengths of a scene sum to zero over the conditions that were judged there, so a scene that lacks the weakest condition
shows all others too low. With one offset for each scene they become comparable:

.. math:: \min_{m, o} \sum_{s, c} v_{sc}\,(y_{sc} - m_c - o_s)^2

over the conditions *c* judged in scene *s*, where :math:`y_{sc}` is the strength there and the weight :math:`v_{sc}`
the number of votes on it, which is what they would tell of equal conditions (a two-way additive model with unequal
numbers; Searle 1987, *Linear Models for Unbalanced Data*, chapter 4). Where every scene holds the same votes on every
condition, :math:`m` is the plain mean over scenes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from app.analysis.arrays import FloatArray
from app.errors import BadInput


class Incomplete(StrEnum):
    """What becomes of scenes that lack votes on some conditions, or do not join them all."""

    LEAVE_OUT = "leave_out"  # they take no part in scores
    ALIGN = "align"  # they take part on a scale that all scenes share


class NotAligned(BadInput):
    """The scenes fall into sets that share no condition, so that nothing tells how far apart they lie."""

    def __init__(self, sets: Sequence[Sequence[str]]) -> None:
        parts = " / ".join(", ".join(one[:3]) + (" …" if len(one) > 3 else "") for one in sets[:3])
        parts += " / …" if len(sets) > 3 else ""
        super().__init__(
            f"Scenes cannot be aligned: there are {len(sets)} sets of them that share no condition ({parts})",
            "show some conditions in scenes of several sets",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """The common scale: one score for each condition, which sum to zero, and one offset for each scene."""

    scores: FloatArray
    offsets: FloatArray


def align(strength: FloatArray, votes: FloatArray, scenes: Sequence[str]) -> Alignment:
    """The scores that agree best with the ``strength`` of scenes ``(scenes, n)``, each moved by an offset of its own.

    ``votes`` ``(scenes, n)`` counts those on each condition; where it is zero, the strength is not looked at.

    Raises
    ------
    NotAligned
        Some scenes share no condition with the others, not even through further scenes.
    """
    _require_one_set(votes, scenes)
    n = strength.shape[1]
    held = np.where(votes > 0, strength, 0.0)
    total = votes.sum(axis=1)
    part = votes / total[:, None]
    normal = np.diag(votes.sum(axis=0)) - part.T @ votes
    wanted = (votes * held).sum(axis=0) - part.T @ (votes * held).sum(axis=1)
    scores = np.linalg.solve(normal + normal.trace() / n**2, wanted)  # regular along (1, …, 1), where sums decide
    scores -= scores.mean()
    return Alignment(scores, (votes * (held - scores)).sum(axis=1) / total)


def _require_one_set(votes: FloatArray, scenes: Sequence[str]) -> None:
    holds = csr_array(votes > 0).astype(np.float64)
    sets, label = connected_components(holds @ holds.T, directed=False)
    if sets > 1:
        raise NotAligned([[scene for scene, one in zip(scenes, label, strict=True) if one == k] for k in range(sets)])

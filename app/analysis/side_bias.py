r"""Whether the left side of the screen is preferred, whatever stands there.

.. math:: \operatorname{logit} P(\text{left wins}) = s_{\text{left}} - s_{\text{right}} + \delta

with strengths of each scene and one :math:`\delta` for all (the order effect of Davidson & Beaver 1977, *Biometrics*
33, 693-702; the home advantage of Agresti 2002, *Categorical Data Analysis*, section 10.6).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import norm
from scipy.stats import t as student

from app.analysis.arrays import FloatArray
from app.analysis.batched import pairs, strengths
from app.analysis.shared_parameter import SharedFit, Slopes, differences_exist, fit_shared
from app.analysis.vote_columns import UNKNOWN, VoteColumns
from app.errors import BadInput


class NoSideBias(BadInput):
    """The votes give a preference for one side no finite size."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"A preference for one side has no finite size: {reason}", "collect more votes")


@dataclass(frozen=True, slots=True)
class SideBias:
    """The preference for the left side, logits; negative where the right side is preferred.

    Attributes
    ----------
    stderr, p
        Fisher's standard error and Wald's two-sided p-value; they take votes as independent.
    stderr_by_subject, p_by_subject
        The same with subjects as what is independent (a sandwich, Student's t with one degree of freedom less than
        subjects): people lean to different sides. None with fewer than two subjects, or where a file does not say.
    shift
        By how much the mean over scenes of any condition's strength changes at most when the side is allowed for.
    votes
        How many votes tell their sides.
    """

    estimate: float
    stderr: float
    p: float
    stderr_by_subject: float | None
    p_by_subject: float | None
    shift: float
    votes: float

    @property
    def left_of_equals(self) -> float:
        """How often the left of two equal conditions is chosen."""
        return float(expit(self.estimate))


def side_bias(votes: VoteColumns, *, prior: float) -> SideBias | None:
    """The preference for the left side in the votes that tell their sides; None where none does.

    With ``prior=0`` every scene must be strongly connected.

    Raises
    ------
    NoSideBias
        Every vote went to the same side, or sides could explain every vote.
    """
    told = votes.where(votes.a_on_left != UNKNOWN)
    if not len(told):
        return None
    left, right = _counts(told)
    _require_both_sides(left, right, prior)
    plain = strengths(left + right, prior)
    found = fit_shared(_losses(left, right), plain, prior)
    clustered = _error_by_subject(told, found)
    ratio = found.parameter / found.stderr
    return SideBias(
        estimate=found.parameter,
        stderr=found.stderr,
        p=float(2 * norm.sf(abs(ratio))),
        stderr_by_subject=clustered[0] if clustered else None,
        p_by_subject=float(2 * student.sf(abs(found.parameter) / clustered[0], clustered[1])) if clustered else None,
        shift=float(np.abs((found.strength - plain).mean(axis=0)).max()),
        votes=float(told.weight.sum()),
    )


def _counts(votes: VoteColumns) -> tuple[FloatArray, FloatArray]:
    """Wins ``(scenes, n, n)`` of conditions that stood on the left, and of such as stood on the right."""
    n = len(votes.conditions)
    a_left = votes.a_on_left == 1
    shape = (len(votes.scenes), n, n)
    left, right = np.zeros(shape), np.zeros(shape)
    for wins, of_a in ((left, a_left), (right, ~a_left)):
        np.add.at(wins, (votes.scene[of_a], votes.a[of_a], votes.b[of_a]), (votes.weight * votes.share)[of_a])
        of_b = ~of_a
        np.add.at(wins, (votes.scene[of_b], votes.b[of_b], votes.a[of_b]), (votes.weight * (1 - votes.share))[of_b])
    return left, right


def _losses(left: FloatArray, right: FloatArray) -> Callable[[FloatArray, float], Slopes]:
    """The losses of all pairs and scenes, for given differences and preference."""
    first, second = pairs(left.shape[-1])
    ours = _oriented(left, right, first, second)  # the first of the pair stands on the left
    theirs = _oriented(left, right, second, first)

    def losses(gap: FloatArray, bias: float) -> Slopes:
        ahead, behind = expit(gap + bias), expit(gap - bias)
        pull_left, curve_left = ours[0] * ahead - ours[1], ours[0] * ahead * (1 - ahead)
        pull_right, curve_right = theirs[0] * behind - theirs[2], theirs[0] * behind * (1 - behind)
        return Slopes(
            pull=pull_left + pull_right,
            curve=curve_left + curve_right,
            cross=curve_left - curve_right,
            lean=float((pull_left - pull_right).sum()),
            bend=float((curve_left + curve_right).sum()),
        )

    return losses


def _oriented(
    left: FloatArray, right: FloatArray, i: np.ndarray, j: np.ndarray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Votes on *i* left of *j*, those for *i* and those for *j*, each ``(pairs, scenes)``."""
    for_left, for_right = left[:, i, j].T, right[:, j, i].T
    return for_left + for_right, for_left, for_right


def _require_both_sides(left: FloatArray, right: FloatArray, prior: float) -> None:
    for wins, side in ((right, "left"), (left, "right")):
        if not wins.any():
            raise NoSideBias(f"every vote went to the {side} side")
    if prior == 0:
        # without a prior there is no maximum where some strengths and a preference of 1 explain every vote
        for wins, others in ((left, right), (right, left)):
            demands = np.where(others > 0, 1.0, np.where(wins > 0, -1.0, -np.inf))
            if differences_exist(demands).all():
                raise NoSideBias("sides and strengths together explain every vote")


def _error_by_subject(votes: VoteColumns, found: SharedFit) -> tuple[float, int] | None:
    """The sandwich standard error with subjects as clusters, and its degrees of freedom."""
    if votes.subject is None:
        return None
    subjects = len(np.unique(votes.subject))
    if subjects < 2:
        return None
    side = np.where(votes.a_on_left == 1, 1.0, -1.0)
    gap = found.strength[votes.scene, votes.a] - found.strength[votes.scene, votes.b]
    surplus = votes.weight * (votes.share - expit(gap + side * found.parameter))
    owed = found.response[votes.scene, votes.a] - found.response[votes.scene, votes.b]
    by_subject = np.bincount(votes.subject, surplus * (side - owed))
    spread = subjects / (subjects - 1) * float((by_subject**2).sum())
    return float(np.sqrt(spread)) * found.stderr**2, subjects - 1

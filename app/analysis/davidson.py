r"""Ties as answers of their own: Davidson's model, in which two conditions tie the more often the closer they are.

.. math:: P(i \succ j) : P(j \succ i) : P(\text{tie}) = e^{d/2} : e^{-d/2} : \nu, \qquad d = s_i - s_j

(Davidson 1970, *Journal of the American Statistical Association* 65, 317-328). Without ties it is Bradley and Terry's
model on the same scale. One :math:`\nu` holds for all scenes of a task: of two equal conditions the share
:math:`\nu / (2 + \nu)` of answers are ties.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import xlogy

from app.analysis.arrays import FloatArray
from app.analysis.batched import pairs
from app.analysis.batched import strengths as half_win_strengths
from app.analysis.connectivity import strongly_connected
from app.analysis.shared_parameter import Slopes, differences_exist, fit_shared
from app.errors import BadInput


class Ties(StrEnum):
    """What an answer without a choice counts as."""

    HALF = "half"  # half a win for both
    DAVIDSON = "davidson"  # an answer of its own


class NoTieParameter(BadInput):
    """The answers do not hold both, ties and choices, in a way that gives Davidson's parameter a finite value."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Davidson's parameter of ties has no finite value: {reason}", "count ties as half a win for both"
        )


@dataclass(frozen=True, slots=True, eq=False)
class DavidsonFit:
    """Strengths of Davidson's model, which sum to zero in each scene.

    Attributes
    ----------
    strength
        ``(scenes, n)``, logits.
    covariance
        ``(scenes, n, n)``, with the precision of the prior; it takes votes as independent.
    nu
        How common ties are.
    stderr_log_nu
        Standard error of its logarithm.
    deviance
        ``(scenes,)``: twice the log-likelihood ratio between the answers observed in each pair and the fitted ones.
    """

    strength: FloatArray
    covariance: FloatArray
    nu: float
    stderr_log_nu: float
    deviance: FloatArray

    @property
    def ties_of_equals(self) -> float:
        """How many answers on two equal conditions are ties, of one."""
        return self.nu / (2 + self.nu)


def fit_davidson(chosen: FloatArray, tied: FloatArray, *, prior: float) -> DavidsonFit:
    """Strengths from choices and ties, each ``(scenes, n, n)``.

    Parameters
    ----------
    chosen
        ``chosen[s, i, j]`` counts how often *i* was preferred to *j*; ties are not in it.
    tied
        ``tied[s, i, j]`` and ``tied[s, j, i]`` both count the ties of *i* and *j*.
    prior
        Precision of the Gaussian prior on each strength; 0 is maximum likelihood. The parameter has none.

    Raises
    ------
    NoTieParameter
        There are no ties, or nothing else; or, with ``prior=0``, likelihood grows towards ever more ties and ever
        larger differences.
    """
    _require_maximum(chosen, tied, prior)
    first, second = pairs(chosen.shape[-1])
    won, lost, ties = chosen[:, first, second].T, chosen[:, second, first].T, tied[:, first, second].T
    balance, played = 0.5 * (won - lost), won + lost + ties

    def losses(gap: FloatArray, log_nu: float) -> Slopes:
        ahead, behind, level = _chances(gap, log_nu)
        lead = 0.5 * (ahead - behind)
        return Slopes(
            pull=played * lead - balance,
            curve=played * (0.25 * (ahead + behind) - lead**2),
            cross=-played * lead * level,
            lean=float((played * level - ties).sum()),
            bend=float((played * level * (ahead + behind)).sum()),
        )

    found = fit_shared(losses, half_win_strengths(chosen + 0.5 * tied, prior), prior)
    log_nu = found.parameter
    fitted = _chances((found.strength[:, first] - found.strength[:, second]).T, log_nu)
    deviance = sum(_deviance(*one, played) for one in zip((won, lost, ties), fitted, strict=True))
    return DavidsonFit(found.strength, found.covariance, float(np.exp(log_nu)), found.stderr, np.asarray(deviance))


def _deviance(votes: FloatArray, chance: FloatArray, played: FloatArray) -> FloatArray:
    return np.asarray(2 * (xlogy(votes, votes) - xlogy(votes, played * chance)).sum(axis=0))


def _chances(gap: FloatArray, log_nu: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of the first, of the second, of a tie; the largest weight is made 1, so that none overflows."""
    top = np.maximum(np.abs(gap) / 2, log_nu)
    ahead, behind, level = np.exp(gap / 2 - top), np.exp(-gap / 2 - top), np.exp(log_nu - top)
    total = ahead + behind + level
    return ahead / total, behind / total, level / total


def _require_maximum(chosen: FloatArray, tied: FloatArray, prior: float) -> None:
    r"""Nothing, where likelihood, with the prior on strengths, has a finite maximum.

    Without a prior it has none along strengths and :math:`\log\nu = \theta` for which every answer given is among the
    likeliest of its pair. With :math:`\theta = 0` these are differences that a strongly connected scene does not have
    (a tie being an arrow both ways); with :math:`\theta = 1` differences of 2 at least for choices, and of 2 at most
    for ties.
    """
    if not tied.any():
        raise NoTieParameter("no answer is a tie")
    if not chosen.any():
        raise NoTieParameter("every answer is a tie")
    if prior:
        return
    if not strongly_connected(chosen + tied).all():
        raise NoTieParameter("some scene falls into parts that differ without bound")
    demands = np.where(chosen > 0, 2.0, np.where(tied > 0, -2.0, -np.inf))
    if differences_exist(demands).all():
        raise NoTieParameter("no choice contradicts another, so that ties might be all that keeps conditions together")

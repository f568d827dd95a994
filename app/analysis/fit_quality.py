r"""Whether Bradley-Terry holds: the deviance of the fit, and what it would be if it did.

The deviance compares the proportions in each pair with the fitted ones. With few votes a pair its distribution is far
from chi-square (at five votes, deviance over degrees of freedom lies between 0.6 and 1.7 where the model is true), so
its p-value comes from a parametric bootstrap: votes are drawn from the fitted model, fitted again, and
:math:`p = (1 + \#\{D^* \ge D\}) / (1 + R)` (Davison & Hinkley 1997, *Bootstrap Methods and their Application*, section
4.2).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from app.analysis.arrays import ROUNDING, FloatArray, IntArray
from app.analysis.batched import finite, pair_strengths, pairs
from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.significance import holm

FEWEST_REPLICATES, MOST_REPLICATES = 499, 3_999
_FOR_EACH_SCENE = 40  # so that Holm's correction over scenes leaves the smallest p-value there can be at 1/40
SEED = 0
_CELLS = 2_000_000  # pairs times fits at once


@dataclass(frozen=True, slots=True, eq=False)
class FitQuality:
    """The deviances of the scenes of a task, and of the task as a whole.

    Attributes
    ----------
    deviance, df, p, p_holm
        ``(scenes,)``; p is 1 where there are no more pairs than the strengths can follow, so that ``df`` is 0. The
        correction is for looking at all scenes.
    total, total_df, total_p
        Summed over scenes.
    """

    deviance: FloatArray
    df: IntArray
    p: FloatArray
    p_holm: FloatArray
    total: float
    total_df: int
    total_p: float
    replicates: int
    seed: int

    @property
    def smallest_p_holm(self) -> float:
        """The smallest corrected p-value that there can be, with so many replicates and scenes."""
        return min(1.0, len(self.p) / (1 + self.replicates))


def replicates_for(scenes: int) -> int:
    """How many sets of votes are drawn; above a hundred scenes too few for one of them to stand out by itself."""
    return min(max(FEWEST_REPLICATES, _FOR_EACH_SCENE * scenes - 1), MOST_REPLICATES)


def fit_quality(
    wins: FloatArray, *, prior: float = DEFAULT_PRIOR, replicates: int | None = None, seed: int = SEED
) -> FitQuality | None:
    """The quality of the fits of ``wins`` ``(scenes, conditions, conditions)``.

    None where counts are not of whole votes, from which no votes can be drawn, or no scene has more pairs than its
    strengths can follow. Ties, half a win for both, make deviances smaller and p larger. Without a prior the deviances
    are those of maximum likelihood (where it is finite), but for p replicates and what they are compared with have the
    usual weak one, since many would have no finite strengths.
    """
    n = wins.shape[-1]
    first, second = pairs(n)
    won, lost = wins[:, first, second].T, wins[:, second, first].T
    played = np.rint(won + lost)
    df = np.maximum((played > 0).sum(axis=0) - (n - 1), 0)
    if not np.allclose(played, won + lost) or not df.any():
        return None
    weak, replicates = prior or DEFAULT_PRIOR, replicates or replicates_for(len(wins))
    strength = pair_strengths(won, lost, n, weak)
    compared = _deviance(won, lost, strength)
    in_all = np.round(compared.sum(), ROUNDING)
    most_likely = not prior and finite(won, lost, n).all()
    deviance = _deviance(won, lost, pair_strengths(won, lost, n, 0.0)) if most_likely else compared
    chance = expit(strength[:, first] - strength[:, second]).T
    rng = np.random.default_rng(seed)
    more, more_in_all, step = np.zeros(len(wins)), 0, max(1, _CELLS // won.size)
    for start in range(0, replicates, step):
        times = min(step, replicates - start)
        drawn = rng.binomial(played.astype(np.int64)[:, None, :], chance[:, None, :], (len(first), times, len(wins)))
        again = drawn.reshape(len(first), -1).astype(np.float64)
        rest = np.broadcast_to(played[:, None, :], drawn.shape).reshape(len(first), -1) - again
        fits = pair_strengths(again, rest, n, weak, np.tile(strength, (times, 1)))
        simulated = _deviance(again, rest, fits).reshape(times, len(wins))
        more += (simulated >= compared).sum(axis=0)
        more_in_all += int((np.round(simulated.sum(axis=1), ROUNDING) >= in_all).sum())
    p = np.where(df > 0, (1 + more) / (1 + replicates), 1.0)
    return FitQuality(
        deviance=deviance, df=df.astype(np.int64), p=p, p_holm=holm(p), total=float(deviance.sum()),
        total_df=int(df.sum()), total_p=(1 + more_in_all) / (1 + replicates), replicates=replicates, seed=seed,
    )  # fmt: skip


def _deviance(won: FloatArray, lost: FloatArray, strength: FloatArray) -> FloatArray:
    """Twice the log-likelihood ratio ``(B,)`` from counts ``(pairs, B)``."""
    first, second = pairs(strength.shape[1])
    gap = (strength[:, first] - strength[:, second]).T
    played = won + lost
    observed = xlogy(won, won) + xlogy(lost, lost) - xlogy(played, played)
    fitted = won * gap - played * np.logaddexp(0.0, gap)
    return np.asarray(np.round(2 * (observed - fitted).sum(axis=0), ROUNDING))  # few votes give the same ones again

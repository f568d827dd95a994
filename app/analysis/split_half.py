r"""How well one half of the subjects finds the other half's ranking: split-half agreement.

Subjects are split into halves at random, many times; each half gives scores of its own, and the halves' scores are
correlated. A half has half the votes, so that its scores are rougher than those of the study. Spearman and Brown's
formula :math:`r_{SB} = 2r / (1 + r)` says what two whole studies of this size would correlate (Spearman 1910, Brown
1910, *British Journal of Psychology* 3, 271-295 and 296-322); it is exact for Pearson's correlation of parallel halves,
and an approximation for Spearman's of ranks.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from app.analysis.arrays import ROUNDING, FloatArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, fit
from app.analysis.vote_columns import VoteColumns

SPLITS = 100
FEWEST_SUBJECTS = 4  # two to a half
_CELLS = 4_000_000  # entries of the count matrices that are fitted together


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """Correlations of the halves' task scores, each the mean over the splits.

    ``spearman_low`` and ``spearman_high`` hold the middle 95 % of the splits: how much depends on who falls into which
    half, and no confidence interval. ``corrected`` and ``pearson_corrected`` are stepped up to the whole study by
    Spearman and Brown's formula, which says nothing of a correlation that is not positive: there they stay plain.
    """

    subjects: int
    splits: int
    spearman: float
    spearman_low: float
    spearman_high: float
    corrected: float
    pearson: float
    pearson_corrected: float


def split_half(
    votes: VoteColumns, seed: int, *, splits: int = SPLITS, prior: float = DEFAULT_PRIOR
) -> SplitHalf | None:
    """The agreement of halves of the subjects; None under four subjects, or where a half's scores are all the same.

    ``votes`` are those of the scenes and conditions that take part in the scores; ``prior`` is positive, because a half
    may have no vote on a condition of some scene.
    """
    if votes.subject is None:
        return None
    people, who = np.unique(votes.subject, return_inverse=True)
    if len(people) < FEWEST_SUBJECTS or len(votes.conditions) < 2:
        return None
    rng = np.random.default_rng(seed)
    wins, scenes, n = votes.wins(), len(votes.scenes), len(votes.conditions)
    scores = np.empty((2, splits, n))
    together = max(1, _CELLS // max(1, scenes * n * n))
    for start in range(0, splits, together):
        drawn = [rng.permutation(len(people)) < len(people) // 2 for _ in range(start, min(start + together, splits))]
        half = np.stack([votes.where(chosen[who]).wins() for chosen in drawn])
        part = slice(start, start + len(drawn))
        for place, counts in enumerate((half, np.maximum(wins - half, 0.0))):  # fractions leave rounding
            scores[place, part] = fit(counts, votes.conditions, prior=prior).strength.mean(axis=1)
    one, other = scores
    pearson = _correlations(one, other)
    spearman = _correlations(_ranks(one), _ranks(other))
    if pearson is None or spearman is None:
        return None
    low, high = np.quantile(spearman, (0.025, 0.975))
    mean, straight = float(spearman.mean()), float(pearson.mean())
    return SplitHalf(
        len(people), splits, mean, float(low), float(high), stepped_up(mean), straight, stepped_up(straight)
    )


def stepped_up(correlation: float) -> float:
    """Spearman and Brown's formula for twice the length; what is not positive stays as it is."""
    return 2 * correlation / (1 + correlation) if correlation > 0 else correlation


def _ranks(scores: FloatArray) -> FloatArray:
    return np.asarray(rankdata(np.round(scores, ROUNDING), axis=1), dtype=np.float64)


def _correlations(one: FloatArray, other: FloatArray) -> FloatArray | None:
    """Row by row; None where a row does not vary."""
    one, other = (part - part.mean(axis=1, keepdims=True) for part in (one, other))
    scale = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    if not (scale > 10.0**-ROUNDING).all():
        return None
    return np.asarray((one * other).sum(axis=1) / scale, dtype=np.float64)

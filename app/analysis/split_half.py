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

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, strengths
from app.analysis.subject_counts import subject_places
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
    who, people = subject_places(votes)
    if people < FEWEST_SUBJECTS or len(votes.conditions) < 2:
        return None
    rng = np.random.default_rng(seed)
    wins, scenes, n = votes.wins(), len(votes.scenes), len(votes.conditions)
    whole = strengths(wins, prior=prior)  # close to what is looked for
    scores = np.empty((2, splits, n))
    together = max(1, _CELLS // max(1, scenes * n * n))
    for start in range(0, splits, together):
        drawn = [rng.permutation(people) < people // 2 for _ in range(start, min(start + together, splits))]
        half = _wins(votes, np.stack(drawn)[:, who])
        part = slice(start, start + len(drawn))
        for place, counts in enumerate((half, np.maximum(wins - half, 0.0))):  # fractions leave rounding
            fits = strengths(counts.reshape(-1, n, n), prior=prior, start=np.tile(whole, (len(drawn), 1)))
            scores[place, part] = fits.reshape(-1, scenes, n).mean(axis=1)
    one, other = scores
    pearson = _correlations(one, other)
    spearman = _correlations(_ranks(one), _ranks(other))
    if pearson is None or spearman is None:
        return None
    low, high = np.quantile(spearman, (0.025, 0.975))
    mean, straight = float(spearman.mean()), float(pearson.mean())
    return SplitHalf(people, splits, mean, float(low), float(high), stepped_up(mean), straight, stepped_up(straight))


def _wins(votes: VoteColumns, chosen: BoolArray) -> FloatArray:
    """The wins ``(splits, scenes, n, n)`` in the votes that each split chooses."""
    scenes, n = len(votes.scenes), len(votes.conditions)
    cell = np.concatenate([
        (votes.scene * n + votes.a) * n + votes.b, (votes.scene * n + votes.b) * n + votes.a
    ])  # fmt: skip
    worth = np.concatenate([votes.weight * votes.share, votes.weight * (1 - votes.share)])
    found = [np.bincount(cell, worth * np.tile(rows, 2), scenes * n * n) for rows in chosen]
    return np.asarray(found, dtype=np.float64).reshape(-1, scenes, n, n)


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

r"""How often a measure prefers what people prefer, pair by pair, and how far people themselves get.

Of a pair that the share *p* of subjects answers with *a*, a measure that chooses *a* (:math:`q = 1`), *b*
(:math:`q = 0`) or neither (:math:`q = 0.5`) scores

.. math:: p\,q + (1 - p)(1 - q)

the chance that it agrees with a subject drawn at random (Zhang, Isola, Efros, Shechtman & Wang 2018, *CVPR*, 586-595;
their ``score_2afc_dataset``). It is linear in *p*, so the observed share estimates it without bias.

What people reach is not linear in *p*. From *n* votes, the observed :math:`\max(p, 1 - p)` and :math:`p^2 + (1 - p)^2`
count a vote as agreeing with itself: at five votes they are 0.69 and 0.60 on average where nobody prefers anything and
both are 0.5. Hence two others, each of which compares votes of different subjects only:

- one person: how often two different subjects give the same answer, an unbiased estimate of :math:`p^2 + (1 - p)^2`
  (a U-statistic of order two; Hoeffding 1948, *Ann. Math. Statist.* 19, 293-325);
- the others' majority: how often a subject answers as most of the pair's other subjects do, half where these are even.
  It is an unbiased estimate of what a majority of so many reaches, which is never more than :math:`\max(p, 1 - p)` and
  comes up to it with the number of votes. That ceiling itself has no unbiased estimate from finitely many votes: the
  expectation of any statistic of *n* votes is a polynomial in *p*, and it is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray, IntArray
from app.analysis.intervals import FEWEST_SCENES
from app.analysis.measure_values import MeasureValues
from app.analysis.vote_columns import VoteColumns


@dataclass(frozen=True, slots=True, eq=False)
class VotedPairs:
    """The pairs that have votes, ``a`` before ``b``; all columns are equally long.

    Attributes
    ----------
    votes
        How many votes the pair has.
    share
        Of them, for ``a``; a tie is half a vote for both.
    one_person, majority
        How far people get, as the module says; 0, and of no meaning, where the votes are not of ``several`` subjects.
    """

    scene: IntArray
    a: IntArray
    b: IntArray
    votes: FloatArray
    share: FloatArray
    one_person: FloatArray
    majority: FloatArray
    several: BoolArray

    def __len__(self) -> int:
        return len(self.scene)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over pairs, each counting alike; no interval without ``low`` and ``high``, for the ``reason`` given."""

    value: float
    low: float | None
    high: float | None
    pairs: int
    scenes: int
    reason: str = ""


def voted_pairs(columns: VoteColumns) -> VotedPairs:
    """The pairs with votes.

    Where a file does not say who voted, each vote counts as somebody else's; where it does, a row is one subject's.
    """
    n, turned = len(columns.conditions), columns.a > columns.b
    low, high = np.minimum(columns.a, columns.b), np.maximum(columns.a, columns.b)
    for_low = np.where(turned, 1 - columns.share, columns.share)
    keys, pair = np.unique((columns.scene * n + low) * n + high, return_inverse=True)
    weight, size = columns.weight, len(keys)
    unit = np.ones(len(columns)) if columns.subject is None else weight  # what is held out with a vote
    votes = np.asarray(np.bincount(pair, weight, size), dtype=np.float64)
    wins = np.bincount(pair, weight * for_low, size)
    others = np.round(votes[pair] - unit, ROUNDING)
    with_others = others > 0
    theirs = wins[pair] - unit * for_low  # the others' wins
    alike = for_low * theirs + (1 - for_low) * (others - theirs)
    ahead = np.sign(np.round(2 * theirs - others, ROUNDING))  # whom the others' majority prefers
    agreed = 0.5 + ahead * (for_low - 0.5)
    total, count = np.bincount(pair, weight * others * with_others, size), np.bincount(pair, weight * with_others, size)
    several: BoolArray = (total > 0) & (np.round(count - votes, ROUNDING) == 0)
    safe = np.where(several, total, 1.0), np.where(several, count, 1.0)
    return VotedPairs(
        scene=keys // (n * n), a=keys // n % n, b=keys % n, votes=votes, share=wins / votes,
        one_person=np.where(several, np.bincount(pair, weight * alike, size) / safe[0], 0.0),
        majority=np.where(several, np.bincount(pair, weight * agreed, size) / safe[1], 0.0),
        several=several,
    )  # fmt: skip


def scores(pairs: VotedPairs, values: MeasureValues) -> tuple[FloatArray, BoolArray]:
    """The score of every measure on every pair ``(measures, pairs)``, and where the measure knows both pictures.

    ``values`` must be of the scenes and conditions that the pairs are coded by.
    """
    oriented, scene = values.oriented, pairs.scene
    known: BoolArray = values.known[:, scene, pairs.a] & values.known[:, scene, pairs.b]
    q = 0.5 + 0.5 * np.sign(oriented[:, scene, pairs.a] - oriented[:, scene, pairs.b])
    found: FloatArray = np.where(known, pairs.share * q + (1 - pairs.share) * (1 - q), 0.0)
    return found, known


def mean_over_pairs(score: FloatArray, scenes: Sequence[str] | IntArray, level: float) -> Mean | None:
    r"""The mean over pairs with an interval for other scenes; None without a pair.

    Pairs of one scene share its picture, so scenes are the clusters: with :math:`e_g` the sum over scene *g* of score
    less mean, *n* pairs and *G* scenes, the variance is :math:`\frac{G}{G-1}\sum_g e_g^2 / n^2`, and the interval
    Student's with *G* - 1 degrees of freedom (Cameron & Miller 2015, *Journal of Human Resources* 50, 317-372).
    """
    if not len(score):
        return None
    _, cluster = np.unique(np.asarray(scenes), return_inverse=True)
    count, mean = int(cluster.max()) + 1, float(score.mean())
    if count < FEWEST_SCENES:
        return Mean(mean, None, None, len(score), count, f"an interval needs {FEWEST_SCENES} scenes")
    apart = np.round(np.bincount(cluster, score - mean), ROUNDING)
    if not apart.any():
        return Mean(mean, None, None, len(score), count, "it is the same in all scenes")
    error = float(np.sqrt(count / (count - 1) * (apart**2).sum())) / len(score)
    half = float(student.ppf((1 + level) / 2, count - 1)) * error
    return Mean(mean, max(mean - half, 0.0), min(mean + half, 1.0), len(score), count)

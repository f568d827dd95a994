r"""How closely each subject follows everybody else's scores: the leave-one-out slope.

A subject's answers are modelled as :math:`P(a \text{ preferred to } b) = \sigma(\beta_o d)`, where *d* is the
difference of the scores that all other subjects' votes give the pair (``left_out_scores``). Someone who judges like the
others has the others' slope; a random clicker has 0, and someone who holds the keys the wrong way round a negative one.

The slope maximizes Firth's penalized likelihood :math:`\ell(\beta) + \tfrac12 \log I(\beta)` (1993, *Biometrika* 80,
27-38), which is finite also where a subject agrees with every single difference (Heinze & Schemper 2002, *Statistics in
Medicine* 21, 2409-2419) and differs from maximum likelihood by less than the standard error's tenth at a hundred votes.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.errors import BadInput

CONFIDENCE = 0.95  # of the interval; its upper end is the bound that is compared with the threshold
HALF = 0.5  # of the median slope, below which a slope's upper bound is flagged
FEWEST_SUBJECTS = 3  # with two, each is the whole of the other's comparison
_MOST_STEPS = 200
_TOLERANCE = 1e-10


class NoSlope(BadInput):
    """The search for a subject's slope ran out of steps."""

    def __init__(self, subjects: IntArray) -> None:
        super().__init__(
            f"No slope was found for {len(subjects)} subjects (numbers {', '.join(map(str, subjects[:5]))})",
            "look for scores that are hundreds of logits apart in their votes",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """One slope for each subject, with its standard error and its two-sided 95 % interval.

    ``known`` tells which subjects have one: those with a vote on conditions that the others' scores tell apart, where
    there are three subjects or more. Elsewhere all numbers are 0, and whoever prints them leaves them out.

    Attributes
    ----------
    median
        Of the slopes that are known and count.
    threshold
        Half the median: a subject is flagged whose interval lies below it as a whole; ``flagged`` says who. Where the
        median is not positive the subjects do not agree with each other, and nobody is flagged.
    """

    slope: FloatArray
    stderr: FloatArray
    low: FloatArray
    high: FloatArray
    known: BoolArray
    median: float
    threshold: float
    flagged: BoolArray


def slopes(
    difference: FloatArray, share: FloatArray, weight: FloatArray, subject: IntArray, *, counts: BoolArray
) -> Slopes:
    """The slopes of all subjects.

    Parameters
    ----------
    difference
        Others' score of *a* minus that of *b*, one for each vote, logits.
    share
        Of the win, for *a*: 1, 0, or 0.5 where the answer was a tie.
    weight
        How many votes a row stands for.
    subject
        Whose vote it is, a position in ``counts``.
    counts
        Which subjects the median is taken of; the others (excluded ones, for instance) are compared with it.
    """
    n = len(counts)
    moves = np.bincount(subject, weight * difference**2, n)
    known = moves > 0
    if known.sum() < FEWEST_SUBJECTS:
        known = np.zeros(n, dtype=np.bool_)
    rows = known[subject]
    slope, information = _firth(difference[rows], share[rows], weight[rows], subject[rows], known)
    stderr = np.where(known, 1 / np.sqrt(np.where(known, information, 1.0)), 0.0)
    reach = norm.ppf((1 + CONFIDENCE) / 2) * stderr
    judged = known & counts
    median = float(np.median(slope[judged])) if judged.any() else 0.0
    threshold = HALF * median
    flagged: BoolArray = known & (slope + reach < threshold) & (median > 0)
    return Slopes(slope, stderr, slope - reach, slope + reach, known, median, threshold, flagged)


def _firth(
    difference: FloatArray, share: FloatArray, weight: FloatArray, subject: IntArray, known: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Slopes and their information: scoring steps, and halvings of the bracket where such steps do not shrink.

    The penalized score falls through 0 once (Kosmidis & Firth 2021, *Biometrika* 108, 71-82): a bracket holds it.
    """
    n = len(known)
    slope, low, high, before = np.zeros(n), np.full(n, -np.inf), np.full(n, np.inf), np.full(n, np.inf)
    for _ in range(_MOST_STEPS):
        chance = expit(slope[subject] * difference)
        curve = weight * difference**2 * chance * (1 - chance)
        information = np.where(known, np.bincount(subject, curve, n), 1.0)
        bend = np.bincount(subject, curve * difference * (1 - 2 * chance), n)
        score = np.bincount(subject, weight * difference * (share - chance), n) + bend / (2 * information)
        low, high = np.where(score > 0, slope, low), np.where(score < 0, slope, high)
        step = np.clip(score / information, -1 - np.abs(slope), 1 + np.abs(slope))
        held = np.isfinite(low) & np.isfinite(high) & (2 * np.abs(step) > before)
        step[held] = (low[held] + high[held]) / 2 - slope[held]
        before = np.abs(step)
        slope = slope + step
        done = before <= _TOLERANCE * (1 + np.abs(slope))
        if done[known].all():
            return slope, information
    raise NoSlope(np.flatnonzero(known & ~done))

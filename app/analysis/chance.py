r"""Exact binomial tests of what a subject's answers share with those of somebody who clicks at random.

All are sums of binomial probabilities; nothing is approximated, because the counts are small: five catch trials, twenty
repeats.
"""

from enum import StrEnum

import numpy as np
from scipy.stats import binom

from app.analysis.arrays import FloatArray, IntArray


class Verdict(StrEnum):
    """What a test says; without the third answer, few answers would pass for a clean bill."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "too few answers"


SIDE_LEVEL = 0.01  # of the two-sided test of one subject's sides
SIDE_WORTH_FINDING = 0.65  # share of one side; where it would be missed, nothing is said
POWER = 0.8  # with which it must have been found


def two_sided(left: IntArray, answers: IntArray) -> FloatArray:
    """p-values that so many answers of one of two equally likely sides, or a more uneven number, come by chance."""
    fewer = np.minimum(left, answers - left)
    return np.asarray(np.minimum(1.0, 2 * binom.cdf(fewer, answers, 0.5)), dtype=np.float64)


def at_least(right: IntArray, answers: IntArray, chance: float = 0.5) -> FloatArray:
    """p-values that so many right answers, or more, come to somebody who is right with probability ``chance``."""
    return np.asarray(binom.sf(right - 1, answers, chance), dtype=np.float64)


def side_verdicts(left: IntArray, answers: IntArray) -> list[Verdict]:
    """Whether each subject prefers a side, by the exact test at 1 %.

    "no" needs as many answers as find a share of 65 % with a probability of 80 %; below, nothing is said.
    """
    biased = two_sided(left, answers) < SIDE_LEVEL
    found = [Verdict.YES if one else Verdict.NO for one in biased]
    powers = {int(n): side_power(int(n)) for n in np.unique(answers)}
    return [
        Verdict.UNKNOWN if verdict is Verdict.NO and powers[int(n)] < POWER else verdict
        for verdict, n in zip(found, answers, strict=True)
    ]


def side_power(answers: int, share: float = SIDE_WORTH_FINDING, level: float = SIDE_LEVEL) -> float:
    """How probably the two-sided test finds a share of one side, in so many answers."""
    fewest = int(binom.ppf(level / 2, answers, 0.5))  # so few of one side, or fewer, are found
    while fewest >= 0 and 2 * binom.cdf(fewest, answers, 0.5) >= level:
        fewest -= 1
    if fewest < 0:
        return 0.0
    return float(binom.cdf(fewest, answers, share) + binom.sf(answers - fewest - 1, answers, share))

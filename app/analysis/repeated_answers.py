r"""How often each subject gives a pair that comes again, its sides the other way round, the answer of the first time.

Somebody who clicks at random agrees with themselves in half of the repeats. How often an honest subject does depends on
how hard the pairs are, which only the other subjects tell: a subject is flagged where the upper end of the exact
(Clopper-Pearson, 1934, *Biometrika* 26, 404-413) 95 % interval lies below the middle between chance and the median
subject.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.chance import at_least

CONFIDENCE = 0.95
FEWEST_SUBJECTS = 3  # with repeats, for a median to compare with
FEWEST_REPEATS = 5  # of a subject, to take part in that median


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """Repeats answered by each subject and agreed with, and what they say.

    Attributes
    ----------
    p
        That a random clicker agrees with themselves as often, or more often.
    high
        Upper end of the exact interval of the share agreed with.
    threshold
        Below which ``high`` is flagged; None where too few subjects have repeats, and then nobody is flagged.
    """

    asked: IntArray
    agreed: IntArray
    p: FloatArray
    high: FloatArray
    threshold: float | None
    flagged: BoolArray


def repeats(asked: IntArray, agreed: IntArray, *, counts: BoolArray, chance: float = 0.5) -> Repeats:
    """What repeats say of each subject; ``counts`` tells of which the median is taken, ``chance`` how guesses agree."""
    share = agreed / np.maximum(asked, 1)
    usual = counts & (asked >= FEWEST_REPEATS)
    high = np.where(agreed < asked, beta.ppf((1 + CONFIDENCE) / 2, agreed + 1, np.maximum(asked - agreed, 1)), 1.0)
    threshold = None
    flagged = np.zeros(len(asked), dtype=np.bool_)
    if usual.sum() >= FEWEST_SUBJECTS and (middle := float(np.median(share[usual]))) > chance:
        threshold = (chance + middle) / 2
        flagged = (asked > 0) & (high < threshold)
    return Repeats(asked, agreed, at_least(agreed, asked, chance), high, threshold, flagged)

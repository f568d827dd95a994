"""How long each subject took to answer."""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray

FAST_MS = 500  # three pictures cannot be looked at in half a second; ours decode before the clock starts
FAST_SHARE = 0.1  # of a subject's answers, above which they are flagged: a slip of the finger is rarer


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTimes:
    """The median of each subject's times, milliseconds, and which share of them is too fast; 0 where none is known."""

    median: FloatArray
    fast_share: FloatArray
    known: BoolArray
    flagged: BoolArray


def answer_times(elapsed_ms: IntArray, subject: IntArray, subjects: int) -> AnswerTimes:
    """The times of so many subjects, from those of single answers; negative times are unknown ones."""
    told = elapsed_ms >= 0
    who, times = subject[told], elapsed_ms[told]
    order = np.lexsort((times, who))
    count = np.bincount(who, minlength=subjects)
    known = count > 0
    first = np.cumsum(count) - count
    ordered = np.append(times[order], 0).astype(np.float64)
    lower, upper = first + np.maximum(count - 1, 0) // 2, first + count // 2
    median = np.where(known, (ordered[lower] + ordered[np.minimum(upper, len(ordered) - 1)]) / 2, 0.0)
    fast = np.bincount(who, times < FAST_MS, subjects) / np.maximum(count, 1)
    return AnswerTimes(median, fast, known, fast > FAST_SHARE)

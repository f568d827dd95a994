r"""Subjects whose answers everybody else's scores find unlikely, by the quartile rule of pwcmp.

Each subject's mean log-likelihood per answer, :math:`L_o = \frac1{n_o} \sum \log_{10} P(\text{answer})`, is taken under
the scores of all other subjects. How far it lies below the first quartile, in interquartile ranges, is the score;
above 1.5 it is flagged (Perez-Ortiz & Mantiuk 2017, arXiv:1712.03686, section 9; the rule is Tukey's).
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray

THRESHOLD = 1.5  # interquartile ranges below the first quartile
FEWEST_SUBJECTS = 4  # quartiles of fewer are made up
_LEAST = 1e-200  # a probability below it would make one slip weigh more than all other answers


@dataclass(frozen=True, slots=True, eq=False)
class Likelihoods:
    """One mean log10-likelihood per answer for each subject, and how far below the first quartile it lies.

    ``known`` tells who has one; ``distance`` is 0 at and above the first quartile, and everywhere where ``judged`` is
    false: under four subjects, or where their quartiles coincide, there is no rule.
    """

    per_answer: FloatArray
    distance: FloatArray
    known: BoolArray
    judged: bool
    flagged: BoolArray


def likelihoods(
    chance: FloatArray, share: FloatArray, weight: FloatArray, subject: IntArray, *, counts: BoolArray
) -> Likelihoods:
    """The likelihood of every subject's answers.

    Parameters
    ----------
    chance
        Probability that *a* is preferred, by the others' scores, one for each vote.
    share
        Of the win, for *a*; a tie counts half of each answer's logarithm.
    weight
        How many votes a row stands for.
    subject
        Whose vote it is, a position in ``counts``.
    counts
        Which subjects the quartiles are taken of.
    """
    n = len(counts)
    said = share * np.log10(np.maximum(chance, _LEAST)) + (1 - share) * np.log10(np.maximum(1 - chance, _LEAST))
    answers = np.bincount(subject, weight, n)
    known = answers > 0
    per_answer = np.bincount(subject, weight * said, n) / np.where(known, answers, 1.0)
    distance, judged = _below(per_answer, known, known & counts)
    flagged: BoolArray = distance > THRESHOLD
    return Likelihoods(per_answer, distance, known, judged, flagged)


def _below(values: FloatArray, known: BoolArray, quartiles_of: BoolArray) -> tuple[FloatArray, bool]:
    """How many interquartile ranges each value lies below the first quartile, and whether there is such a range.

    Quartiles as Hazen defines them (Hyndman & Fan 1996, definition 5), which pwcmp's are.
    """
    if quartiles_of.sum() < FEWEST_SUBJECTS:
        return np.zeros(len(values)), False
    first, third = np.quantile(values[quartiles_of], (0.25, 0.75), method="hazen")
    if not third > first:
        return np.zeros(len(values)), False
    return np.where(known, np.maximum(0.0, first - values) / (third - first), 0.0), True

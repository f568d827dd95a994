"""What everybody else's scores say about each subject's answers: the differences that a subject's screening rests on.

Scores are fitted anew for every subject and scene, without that subject's own votes: whoever is compared with scores
that their own votes helped to make agrees with them too well, the more so the fewer subjects there are.
"""

import numpy as np

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray, IntArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, strengths
from app.analysis.vote_columns import VoteColumns

_CELLS = 4_000_000  # entries of the count matrices that are fitted together: 32 MB


def differences(votes: VoteColumns, counted: BoolArray | None = None, *, prior: float = DEFAULT_PRIOR) -> FloatArray:
    r"""Score of *a* minus score of *b* for every vote, :math:`d = s_a - s_b`, by the votes of all other subjects.

    Parameters
    ----------
    votes
        Of one task, with subjects.
    counted
        Which of the votes make scores; the others, of excluded sessions for instance, are only held against them.
    prior
        Precision of the Gaussian prior on strengths, positive: without it a scene in which nobody else's votes connect
        two conditions would have no scores at all. There the difference is that of the prior, 0 for conditions that
        nobody else has judged.
    """
    if votes.subject is None or not len(votes):
        return np.zeros(len(votes))
    makes = np.ones(len(votes), dtype=np.bool_) if counted is None else counted
    n, cell = len(votes.conditions), votes.subject * len(votes.scenes) + votes.scene
    cells, at = np.unique(cell, return_inverse=True)
    everybody = votes.where(makes).wins()
    result = np.empty(len(votes))
    start = strengths(everybody, prior=prior)  # close to what is looked for: most of a fit is the way there
    order = np.argsort(at, kind="stable")
    ends = np.searchsorted(at[order], np.arange(len(cells) + 1))
    together = max(1, _CELLS // (n * n))
    for first in range(0, len(cells), together):
        last = min(first + together, len(cells))
        rows = order[ends[first] : ends[last]]
        scene = cells[first:last] % len(votes.scenes)
        others = everybody[scene] - _own(votes, rows[makes[rows]], at - first, last - first)
        strength = strengths(np.maximum(others, 0.0), prior=prior, start=start[scene])  # fractions leave rounding
        place = at[rows] - first
        result[rows] = strength[place, votes.a[rows]] - strength[place, votes.b[rows]]
    return np.round(result, ROUNDING) + 0.0


def _own(votes: VoteColumns, rows: IntArray, cell: IntArray, cells: int) -> FloatArray:
    """The wins ``(cells, n, n)`` in these rows, by the cell of subject and scene that each belongs to."""
    n = len(votes.conditions)
    start, a, b = cell[rows] * n * n, votes.a[rows], votes.b[rows]
    size, weight, share = cells * n * n, votes.weight[rows], votes.share[rows]
    for_a = np.bincount(start + a * n + b, weight * share, size)
    for_b = np.bincount(start + b * n + a, weight * (1 - share), size)
    return np.asarray(for_a + for_b, dtype=np.float64).reshape(cells, n, n)

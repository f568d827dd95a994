"""What other subjects could have made of a ranking: rank intervals, and who is best or better how often.

Each replicate draws as many subjects as there are, with replacement, and fits all scenes anew with their votes. Scenes
stay as they are, so all of this speaks about any subjects and these scenes. It is for ranks, which no formula gives:
intervals of scores from the same replicates would be too short (92.5 % instead of 95 % with 25 subjects), and the
clustered ones are printed in their place.
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray, IntArray
from app.analysis.batched import finite, pair_strengths
from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.intervals import FEWEST_SUBJECTS
from app.analysis.subject_counts import Counts, subject_counts, subject_places
from app.analysis.vote_columns import VoteColumns

REPLICATES = 1_000
SEED = 0
_CELLS = 4_000_000  # counts in memory at once


@dataclass(frozen=True, slots=True, eq=False)
class SubjectBootstrap:
    """Scores of replicates ``(replicates, conditions)``; ``asked`` counts those that could not be scored, too."""

    scores: FloatArray
    asked: int
    seed: int

    @property
    def p_best(self) -> FloatArray:
        """The share of replicates in which each condition is the best; several best ones share it."""
        rounded = np.round(self.scores, ROUNDING)
        best = rounded == rounded.max(axis=1, keepdims=True)
        return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))

    @property
    def p_beats(self) -> FloatArray:
        """The share of replicates in which the row scores higher than the column; equal scores count half."""
        rounded = np.round(self.scores, ROUNDING)
        return np.array([
            ((one[:, None] > rounded).mean(axis=0) + (one[:, None] == rounded).mean(axis=0) / 2) for one in rounded.T
        ])  # fmt: skip

    def ranks(self, level: float = 0.95) -> tuple[IntArray, IntArray]:
        """The lowest and highest rank of each condition, the outer ``1 - level`` of the replicates left out."""
        rounded = np.round(self.scores, ROUNDING)
        above = np.stack([(rounded > one[:, None]).sum(axis=1) for one in rounded.T], axis=1)
        level_with = np.stack([(rounded == one[:, None]).sum(axis=1) for one in rounded.T], axis=1)
        tail = (1 - level) / 2
        low = np.quantile(1 + above, tail, axis=0, method="inverted_cdf")
        high = np.quantile(above + level_with, 1 - tail, axis=0, method="inverted_cdf")
        return low.astype(np.int64), high.astype(np.int64)


def subject_bootstrap(
    columns: VoteColumns, *, prior: float = DEFAULT_PRIOR, replicates: int = REPLICATES, seed: int = SEED
) -> SubjectBootstrap | None:
    """Replicates of the scores of ``columns``; None with fewer than three subjects, or where a file names none.

    A scene whose drawn votes miss a condition, or leave the conditions in parts that never met, takes no part in that
    replicate, as it would take none in the scores. Without a prior, replicates have the usual weak one: a scene that
    has finite strengths often has none when a third of its subjects are not drawn.
    """
    if columns.subject is None:
        return None
    subject, people = subject_places(columns)
    if people < FEWEST_SUBJECTS:
        return None
    n, scenes = len(columns.conditions), len(columns.scenes)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(people, np.full(people, 1 / people), replicates).astype(np.float64)
    won, lost = subject_counts(columns, subject, people)
    step = max(1, _CELLS // won.shape[1])
    parts = []
    for start in range(0, replicates, step):
        times = drawn[start : start + step]
        of_first, of_second = (_drawn(times, counts, scenes) for counts in (won, lost))
        strength = pair_strengths(of_first, of_second, n, prior or DEFAULT_PRIOR).reshape(len(times), scenes, n)
        takes_part = _connected(of_first + of_second, n).reshape(len(times), scenes)
        scored = takes_part.any(axis=1)
        strength, takes_part = strength[scored], takes_part[scored, :, None]
        parts.append((strength * takes_part).sum(axis=1) / takes_part.sum(axis=1))
    scores = np.concatenate(parts)
    return SubjectBootstrap(scores, replicates, seed) if len(scores) else None


def _drawn(times: FloatArray, counts: Counts, scenes: int) -> FloatArray:
    """The counts of each replicate and scene in one column ``(pairs, replicates × scenes)``."""
    product = np.asarray(times @ counts, dtype=np.float64)
    return np.ascontiguousarray(product.reshape(len(times) * scenes, -1).T)


def _connected(played: FloatArray, n: int) -> BoolArray:
    """Which fits hold all conditions in one part, ``(B,)``; only those with a pair that never met are looked at."""
    connected: BoolArray = np.asarray((played > 0).all(axis=0))
    doubtful = np.flatnonzero(~connected)
    if doubtful.size:
        connected[doubtful] = finite(played[:, doubtful], played[:, doubtful], n)
    return connected

"""Replicates of a task's strengths with scenes and subjects drawn anew, both at once.

Each replicate draws as many scenes and as many subjects as there are, with replacement and independently; a vote
counts as often as its scene was drawn times its subject (the product bootstrap: Brennan, Harris & Hanson 1987, *ACT
Research Report* 87-7; Owen 2007, *Annals of Applied Statistics* 1, 386-411, who shows that its variance is never too
small on average). What is computed from the replicates speaks about other scenes and other subjects.
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.batched import pair_strengths
from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.subject_counts import subject_counts, subject_places
from app.analysis.vote_columns import VoteColumns

REPLICATES = 1000
SEED = 0
_CELLS = 4_000_000  # counts held in memory at once


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Strengths ``(replicates, scenes, conditions)``, and how often each replicate drew each scene.

    Strengths are of no meaning (and 0) in scenes that were not drawn. ``of_subjects`` tells whether subjects were
    drawn too: not where the votes do not say whose they are, or all are one subject's.
    """

    strength: FloatArray
    times: IntArray
    of_subjects: bool


def two_way(columns: VoteColumns, *, prior: float, replicates: int = REPLICATES, seed: int = SEED) -> Replicates:
    """Replicates of the strengths in every scene of ``columns``; the same seed gives the same ones.

    Where ``prior`` is 0, replicates are fitted with the usual weak prior: a scene that has finite strengths often has
    none any more when a third of its subjects are not drawn.
    """
    rng = np.random.default_rng(seed)
    scenes, n = len(columns.scenes), len(columns.conditions)
    times = rng.multinomial(scenes, np.full(scenes, 1 / scenes), replicates)
    subject, people = subject_places(columns)
    won, lost = subject_counts(columns, subject, people)
    drawn = rng.multinomial(people, np.full(people, 1 / people), replicates) if people > 1 else np.ones((1, 1))
    strength = np.zeros((len(drawn), scenes, n))
    step = max(1, _CELLS // won.shape[1])
    for start in range(0, len(drawn), step):
        part = slice(start, start + step)
        wanted = times[part] > 0 if people > 1 else np.ones((1, scenes), dtype=np.bool_)
        first, second = (
            np.asarray(drawn[part] @ counts).reshape(*wanted.shape, -1)[wanted].T for counts in (won, lost)
        )
        strength[part][wanted] = pair_strengths(first, second, n, prior or DEFAULT_PRIOR)
    return Replicates(np.broadcast_to(strength, (replicates, scenes, n)), times, people > 1)

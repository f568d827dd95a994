"""A panel of simulated subjects: honest ones with different slopes, and planted ones who click at random or inverted.

Every pair of every scene is dealt to the subjects in turn, so that all pairs are judged equally often and nobody judges
one twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.analysis.vote_columns import UNKNOWN, VoteColumns

SUBJECTS, SCENES, CONDITIONS = 25, 80, 11
LIKING = (-1.2, 1.2)  # logits, of the worst and the best condition; the others lie evenly between
SCENE_SPREAD = 0.4  # logits
SLOPE_SPREAD = 0.25  # of the honest subjects' slopes, whose mean is 1


@dataclass(frozen=True)
class Panel:
    """The votes, and what each subject is: honest, random, half (random in half of the trials) or inverted."""

    votes: VoteColumns
    kinds: tuple[str, ...]


def panel(
    rng: np.random.Generator,
    votes_each: int,
    planted: Sequence[str] = (),
    *,
    subjects: int = SUBJECTS,
    scenes: int = SCENES,
    conditions: int = CONDITIONS,
) -> Panel:
    """A study of so many subjects, the last of whom are the planted ones."""
    kinds = ("honest",) * (subjects - len(planted)) + tuple(planted)
    taste = np.linspace(*LIKING, conditions) + rng.normal(0, SCENE_SPREAD, (scenes, conditions))
    pairs = np.array([(s, a, b) for s in range(scenes) for a, b in combinations(range(conditions), 2)])
    asked = subjects * votes_each
    rounds = -(-asked // len(pairs))
    dealt = pairs[np.concatenate([rng.permutation(len(pairs)) for _ in range(rounds)])[:asked]]
    scene, a, b = dealt.T
    subject = np.arange(asked) % subjects
    slope = np.maximum(1 + SLOPE_SPREAD * rng.standard_normal(subjects), 0.2)
    chance = _answers(expit(slope[subject] * (taste[scene, a] - taste[scene, b])), np.array(kinds)[subject])
    names = (tuple(f"s{k:02}" for k in range(scenes)), tuple(f"c{k:02}" for k in range(conditions)))
    columns = VoteColumns(
        *names, tuple(f"p{k:02}" for k in range(subjects)), scene, a, b, (rng.random(asked) < chance).astype(float),
        np.ones(asked), subject, np.full(asked, UNKNOWN),
    )  # fmt: skip
    return Panel(columns, kinds)


def _answers(honest: FloatArray, kind: np.ndarray[tuple[int, ...], np.dtype[np.str_]]) -> FloatArray:
    chosen = [kind == "random", kind == "half", kind == "inverted"]
    return np.asarray(np.select(chosen, [np.full(len(honest), 0.5), honest / 2 + 0.25, 1 - honest], honest))

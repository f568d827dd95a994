"""Simulated tasks of the published size, and the marginal strengths that their intervals are to hold.

One task of the published protocol: 20 scenes, 11 conditions, 25 subjects; every pair of a scene is judged by 5
subjects, and every subject judges 11 of its 55 pairs. A vote goes by the liking of the condition, plus what this
scene and this subject add to it, both normal with the spreads that are given (logits). Marginal strengths are
Bradley-Terry's of the preferences of all subjects together: with a subject spread of 1 they are about three quarters
of the planted ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from app.analysis.batched import pair_strengths, pairs
from app.analysis.vote_columns import VoteColumns

SCENES, SUBJECTS, CONDITIONS, JUDGEMENTS = 20, 25, 11, 5
LIKING = np.linspace(1.2, -1.2, CONDITIONS)
FIRST, SECOND = pairs(CONDITIONS)
_VOTES = 1e6  # on each pair, where a prior shall not matter


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTask:
    """The votes, how probable each answer was, and what the scenes and subjects added."""

    columns: VoteColumns
    chance: np.ndarray
    of_scene: np.ndarray
    of_subject: np.ndarray


def simulated(
    studies: int, seed: int, *, subject_spread: float, scene_spread: float, liking: np.ndarray = LIKING
) -> Iterator[SimulatedTask]:
    """That many tasks; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    blocks, size = SUBJECTS // JUDGEMENTS, len(FIRST) // (SUBJECTS // JUDGEMENTS)
    for _ in range(studies):
        of_scene = rng.normal(0, scene_spread, (SCENES, CONDITIONS))
        of_subject = rng.normal(0, subject_spread, (SUBJECTS, CONDITIONS))
        pair = rng.permuted(np.tile(np.arange(len(FIRST)), (SCENES * JUDGEMENTS, 1)), axis=1).ravel()
        people = rng.permuted(np.tile(np.arange(SUBJECTS), (SCENES, 1)), axis=1).reshape(SCENES * JUDGEMENTS, blocks)
        subject = np.repeat(people.ravel(), size)
        scene = np.repeat(np.arange(SCENES), JUDGEMENTS * len(FIRST))
        a, b = FIRST[pair], SECOND[pair]
        tastes = liking + of_scene
        chance = expit(tastes[scene, a] - tastes[scene, b] + of_subject[subject, a] - of_subject[subject, b])
        columns = VoteColumns(
            scenes=tuple(f"s{i}" for i in range(SCENES)), conditions=tuple(f"c{i}" for i in range(CONDITIONS)),
            subjects=tuple(f"o{i}" for i in range(SUBJECTS)), scene=scene, a=a, b=b,
            share=(rng.random(len(pair)) < chance).astype(float), weight=np.ones(len(pair)), subject=subject,
            a_on_left=np.full(len(pair), -1),
        )  # fmt: skip
        yield SimulatedTask(columns, chance, of_scene, of_subject)


def over_subjects(tastes: np.ndarray, subject_spread: float) -> np.ndarray:
    """Marginal strengths ``(scenes, conditions)`` over all subjects, of scenes with these tastes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    gaps = tastes[:, FIRST] - tastes[:, SECOND]
    apart = np.sqrt(2) * subject_spread * nodes  # two conditions differ by two draws
    return _strengths(expit(gaps[:, :, None] + apart) @ (weights / weights.sum()))


def over_all(subject_spread: float, scene_spread: float, liking: np.ndarray = LIKING) -> np.ndarray:
    """The marginal scores ``(conditions,)`` over all subjects and, by a large simulation, all scenes."""
    added = np.random.default_rng(0).normal(0, scene_spread, (4_000 if scene_spread else 1, CONDITIONS))
    both = np.concatenate([liking + added, liking - added])  # which cancels most of the chance in it
    return over_subjects(both, subject_spread).mean(axis=0)


def over_scenes_of(task: SimulatedTask, scene_spread: float, liking: np.ndarray = LIKING) -> np.ndarray:
    """The marginal scores over all scenes for the subjects of the task."""
    added = np.random.default_rng(1).normal(0, scene_spread, (60 if scene_spread else 1, CONDITIONS))
    both = np.concatenate([liking + added, liking - added])
    tastes = both[:, None, :] + task.of_subject[None, :, :]
    chance = expit(tastes[:, :, FIRST] - tastes[:, :, SECOND]).mean(axis=1)
    return _strengths(chance).mean(axis=0)


def of_votes(task: SimulatedTask) -> np.ndarray:
    """The scores of endlessly many votes of the same subjects on the same pairs."""
    columns = task.columns
    cell = columns.scene * len(FIRST) + _number()[columns.a, columns.b]
    chance = np.bincount(cell, task.chance, SCENES * len(FIRST)) / JUDGEMENTS
    return _strengths(chance.reshape(SCENES, len(FIRST))).mean(axis=0)


def _number() -> np.ndarray:
    number = np.zeros((CONDITIONS, CONDITIONS), dtype=np.int64)
    number[FIRST, SECOND] = np.arange(len(FIRST))
    return number


def _strengths(chance: np.ndarray) -> np.ndarray:
    won = _VOTES * chance.T
    return pair_strengths(won, _VOTES - won, CONDITIONS, 0.1)

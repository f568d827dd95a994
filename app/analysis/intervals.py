"""Intervals around scores, each with the population it speaks about."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray
from app.errors import BadInput

FEWEST_SCENES = 3  # with two, one degree of freedom: a 95 % interval is 12.7 standard errors wide and says nothing


class TooFewScenes(BadInput):
    """There are fewer scenes than intervals and tests over scenes need."""

    def __init__(self, scenes: int) -> None:
        super().__init__(
            f"Intervals and tests over scenes need at least {FEWEST_SCENES} scenes, and there {_are(scenes)}",
            "show more scenes",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Lower and upper ends, one of each for every condition, and what they generalise to.

    ``known`` tells where strengths vary between scenes. Elsewhere there is no interval: both ends are the mean, and
    whoever prints them leaves them out.
    """

    low: FloatArray
    high: FloatArray
    known: BoolArray
    level: float
    generalises_to: str


def over_scenes(by_scene: FloatArray, level: float = 0.95) -> Intervals:
    """Student's t intervals of the column means of ``by_scene`` ``(scenes, conditions)``.

    Scenes are taken as a random sample and subjects as they are: over repeated samples of scenes, such intervals hold
    these subjects' mean over all scenes in ``level`` of cases. Strengths that are the same in all scenes, which few
    votes give by chance, say nothing about that.

    Raises
    ------
    TooFewScenes
        Under three scenes.
    """
    scenes = len(by_scene)
    if scenes < FEWEST_SCENES:
        raise TooFewScenes(scenes)
    mean = by_scene.mean(axis=0)
    known = np.ptp(np.round(by_scene, ROUNDING), axis=0) > 0
    half = known * student.ppf((1 + level) / 2, scenes - 1) * by_scene.std(axis=0, ddof=1) / np.sqrt(scenes)
    return Intervals(mean - half, mean + half, known, level, "these subjects, any scenes")


def _are(scenes: int) -> str:
    return "is 1" if scenes == 1 else f"are {scenes}"

"""Intervals around scores, each with the population it speaks about."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray
from app.errors import BadInput

FEWEST_SCENES = 3  # with two, one degree of freedom: a 95 % interval is 12.7 standard errors wide and says nothing
FEWEST_SUBJECTS = 3


class TooFewScenes(BadInput):
    """There are fewer scenes than intervals and tests over scenes need."""

    def __init__(self, scenes: int) -> None:
        super().__init__(
            f"Intervals and tests over scenes need at least {FEWEST_SCENES} scenes, and there {_are(scenes)}",
            "show more scenes",
        )


class Interval(StrEnum):
    """What an interval takes as a random sample."""

    TWO_WAY = "two_way"
    SUBJECTS = "subjects"
    SCENES = "scenes"
    VOTES = "votes"
    FISHER = "fisher"

    @property
    def generalises_to(self) -> str:
        """The population that the interval speaks about."""
        return _GENERALISES_TO[self]


_GENERALISES_TO = {
    Interval.TWO_WAY: "any subjects, any scenes",
    Interval.SUBJECTS: "any subjects, these scenes",
    Interval.SCENES: "these subjects, any scenes",
    Interval.VOTES: "votes like these: same subjects and scenes",
    Interval.FISHER: "votes like these: same subjects and scenes, if Bradley-Terry holds",
}


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How far scores, or contrasts of scores, would vary from sample to sample.

    Attributes
    ----------
    covariance
        ``(m, m)``, logits².
    df
        Degrees of freedom of Student's t; None where the quantiles are the normal ones.
    """

    kind: Interval
    covariance: FloatArray
    df: int | None

    @property
    def stderr(self) -> FloatArray:
        """Standard errors, logits; 0 where what was sampled agrees but for the fit's rounding."""
        error: FloatArray = np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))
        return np.where(error > 10.0**-ROUNDING, error, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Lower and upper ends, one of each for every score, and what they generalise to.

    ``known`` tells where what was sampled varies. Elsewhere there is no interval: both ends are the score, and whoever
    prints them leaves them out.
    """

    kind: Interval
    low: FloatArray
    high: FloatArray
    stderr: FloatArray
    known: BoolArray
    df: int | None
    level: float

    @property
    def generalises_to(self) -> str:
        """The population that the intervals speak about."""
        return self.kind.generalises_to


def intervals(scores: FloatArray, spread: Spread, level: float = 0.95) -> Intervals:
    """Intervals of ``level`` for each score by itself, from Student's t or the normal distribution."""
    tail = (1 + level) / 2
    quantile = norm.ppf(tail) if spread.df is None else student.ppf(tail, spread.df)
    error = spread.stderr
    half = quantile * error
    return Intervals(spread.kind, scores - half, scores + half, error, error > 0, spread.df, level)


def spread_over_scenes(by_scene: FloatArray) -> Spread:
    """The covariance of the column means of ``by_scene`` ``(scenes, conditions)``, scenes being a random sample.

    Over repeated samples of scenes, its intervals hold these subjects' mean over all scenes in ``level`` of cases.
    Strengths that are the same in all scenes, which few votes give by chance, say nothing about that.

    Raises
    ------
    TooFewScenes
        Under three scenes.
    """
    scenes = len(by_scene)
    if scenes < FEWEST_SCENES:
        raise TooFewScenes(scenes)
    varies = np.ptp(np.round(by_scene, ROUNDING), axis=0) > 0
    centred = (by_scene - by_scene.mean(axis=0)) * varies
    return Spread(Interval.SCENES, centred.T @ centred / (scenes * (scenes - 1)), scenes - 1)


def _are(scenes: int) -> str:
    return "is 1" if scenes == 1 else f"are {scenes}"

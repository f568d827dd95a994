"""Intervals over scenes."""

import numpy as np
import pytest

from app.analysis.arrays import FloatArray
from app.analysis.intervals import Intervals, TooFewScenes, intervals, spread_over_scenes


def over_scenes(by_scene: FloatArray, level: float = 0.95) -> Intervals:
    return intervals(by_scene.mean(axis=0), spread_over_scenes(by_scene), level)


def test_the_interval_is_students() -> None:
    # Student 1908, Biometrika 6, hours of sleep gained under drug 1; R's t.test gives (-0.5297804, 2.0297804).
    sleep = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    found = over_scenes(sleep[:, None])
    assert (found.low[0], found.high[0]) == pytest.approx((-0.5297804, 2.0297804), abs=1e-7)
    assert found.generalises_to == "these subjects, any scenes"


def test_a_higher_level_is_wider() -> None:
    by_scene = np.random.default_rng(3).normal(size=(20, 4))
    assert (over_scenes(by_scene, 0.99).high > over_scenes(by_scene, 0.95).high).all()


def test_it_covers_the_mean_over_all_scenes_as_often_as_it_says() -> None:
    drawn = np.random.default_rng(4).normal(size=(100, 20, 200))  # a covariance of all at once would take gigabytes
    held = [(found.low < 0) & (found.high > 0) for found in map(over_scenes, drawn)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.005)


def test_agreement_of_all_scenes_says_nothing_about_the_mean_over_all_scenes() -> None:
    by_scene = np.array([[0.1, 0.3 - 0.2, 1.0], [0.1, 0.1, 2.0], [0.1, 0.1, 3.0], [0.1, 0.1, 4.0]])
    found = over_scenes(by_scene)
    assert found.known.tolist() == [False, False, True]  # rounding is no difference
    assert np.isfinite(found.low).all()
    assert np.isfinite(found.high).all()
    assert found.low[2] < 2.5 < found.high[2]


@pytest.mark.parametrize("scenes", [0, 1, 2])
def test_under_three_scenes_there_is_no_interval(scenes: int) -> None:
    with pytest.raises(TooFewScenes, match="at least 3 scenes"):
        spread_over_scenes(np.zeros((scenes, 2)))

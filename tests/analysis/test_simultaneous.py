"""Intervals for all scores at once."""

import numpy as np
import pytest
from scipy.stats import t as student

from app.analysis.intervals import Interval, Spread, intervals
from app.analysis.simultaneous import simultaneous


def _factor(covariance: np.ndarray, df: int | None, level: float = 0.95) -> float:
    found = simultaneous(np.zeros(len(covariance)), Spread(Interval.TWO_WAY, covariance, df), level, draws=100_000)
    return float((found.high / found.stderr)[0])


def test_one_score_has_students_quantile() -> None:
    assert _factor(np.eye(1), 12) == pytest.approx(student.ppf(0.975, 12), rel=0.02)


def test_independent_scores_have_the_quantile_of_their_maximum() -> None:
    assert _factor(np.eye(8), None) == pytest.approx(
        2.7271, rel=0.01
    )  # the normal quantile of (1 + 0.95 ** (1 / 8)) / 2


def test_scores_that_move_together_need_no_more_than_one() -> None:
    together = np.full((5, 5), 0.3)
    assert _factor(together, 19) == pytest.approx(student.ppf(0.975, 19), rel=0.02)


def test_scores_are_held_around_each_and_more_widely_than_one_by_one() -> None:
    rng = np.random.default_rng(3)
    root = rng.normal(size=(6, 6))
    spread = Spread(Interval.SCENES, root @ root.T, 9)
    scores = rng.normal(size=6)
    one, all_of_them = intervals(scores, spread), simultaneous(scores, spread)
    assert (all_of_them.low < one.low).all()
    assert (all_of_them.high > one.high).all()
    np.testing.assert_allclose((all_of_them.low + all_of_them.high) / 2, scores)


def test_scores_without_an_error_take_no_part() -> None:
    spread = Spread(Interval.SCENES, np.diag([0.0, 1.0]), 9)
    found = simultaneous(np.array([3.0, 0.0]), spread)
    assert found.known.tolist() == [False, True]
    assert (found.low[0], found.high[0]) == (3, 3)
    nothing = simultaneous(np.zeros(2), Spread(Interval.SCENES, np.zeros((2, 2)), 9))
    assert not nothing.known.any()

"""Friedman's test and Nemenyi's critical difference against published numbers."""

import numpy as np
import pytest

from app.analysis.intervals import TooFewScenes
from app.analysis.omnibus import critical_difference, omnibus

# Hollander & Wolfe 1973, p. 140 ff.: 22 players round first base in three ways; R's friedman.test gives
# chi-squared = 11.143, df = 2, p-value = 0.003805.
ROUNDING_TIMES = np.array([
    [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40], [5.90, 5.85, 5.70],
    [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00], [5.85, 5.80, 5.70],
    [5.25, 5.20, 5.10], [5.65, 5.55, 5.45], [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40],
    [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
    [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
])  # fmt: skip


def test_friedmans_test_is_that_of_r() -> None:
    found = omnibus(ROUNDING_TIMES)
    assert found is not None
    assert (found.statistic, found.df, found.scenes) == (pytest.approx(11.143, abs=5e-4), 2, 22)
    assert found.p == pytest.approx(0.003805, abs=5e-7)
    assert found.mean_rank.sum() == pytest.approx(1 + 2 + 3)
    assert found.mean_rank.argmin() == ROUNDING_TIMES.mean(axis=0).argmax()  # the highest strength ranks first


def test_the_critical_difference_is_that_of_demsars_example() -> None:
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)  # Demšar 2006, section 3.2.4


def test_what_cannot_be_tested_has_no_test() -> None:
    assert omnibus(np.random.default_rng(1).normal(size=(9, 2))) is None
    assert omnibus(np.zeros((9, 4))) is None
    with pytest.raises(TooFewScenes):
        omnibus(np.zeros((2, 4)))

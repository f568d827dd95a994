"""Rank correlations: published answers, an oracle for ties, and what is not defined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, pearsonr, spearmanr

from app.analysis.correlations import Coefficient, correlations

# Hollander & Wolfe 1973, p. 187: Hunter L values of canned tuna and a panel's scores; tau = 0.4444444 in R's cor.test.
_TUNA = np.array([44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1])
_PANEL = np.array([2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8])
# Anscombe 1973, the fourth of his data sets: all x but one are equal.
_X4 = np.array([8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8.0])
_Y4 = np.array([6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89])


def test_published_answers_are_reproduced() -> None:
    assert correlations(_TUNA, _PANEL).value[Coefficient.KRCC] == pytest.approx(4 / 9, abs=1e-12)
    assert correlations(_TUNA, _PANEL).value[Coefficient.SRCC] == pytest.approx(0.6, abs=1e-12)
    assert correlations(_X4, _Y4).value[Coefficient.PLCC] == pytest.approx(0.8165214, abs=1e-7)


def test_ties_share_their_ranks_and_leave_their_pairs_out_of_kendalls_count() -> None:
    found = correlations(np.array([1.0, 2, 2, 3]), np.array([1.0, 2, 3, 3]))
    assert found.value[Coefficient.SRCC] == pytest.approx(5 / 6)  # ranks 1 2.5 2.5 4 and 1 2 3.5 3.5
    assert found.value[Coefficient.KRCC] == pytest.approx(4 / 5)  # four pairs alike; each ranking orders five of six


def test_many_tied_rankings_agree_with_scipy() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 4, (2, 200, 7)).astype(float)
    x, y = x[np.ptp(x, axis=1) * np.ptp(y, axis=1) > 0], y[np.ptp(x, axis=1) * np.ptp(y, axis=1) > 0]
    found = correlations(x, y)
    for kind, oracle in ((Coefficient.SRCC, spearmanr), (Coefficient.KRCC, kendalltau), (Coefficient.PLCC, pearsonr)):
        assert found.value[kind] == pytest.approx([oracle(*two)[0] for two in zip(x, y, strict=True)], abs=1e-11)


def test_a_ranking_of_equals_has_no_correlation_and_no_nan() -> None:
    found = correlations(np.array([[0.1 + 0.2, 0.3, 0.3], [1, 2, 3]]), np.array([1.0, 2.0, 3.0]))
    assert found.defined.tolist() == [False, True]  # 0.1 + 0.2 is 0.3 but for rounding
    assert all(np.isfinite(values).all() and values[0] == 0 for values in found.value.values())
    assert not correlations(np.ones(1), np.ones(1)).defined


def test_values_on_a_tiny_scale_keep_their_order() -> None:
    tiny = np.array([1e-300, 3e-300, 2e-300])
    assert correlations(tiny, np.array([1.0, 3.0, 2.0])).value[Coefficient.PLCC] == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=12))
def test_rank_correlations_know_only_the_order_and_all_know_no_unit(pairs: list[tuple[int, int]]) -> None:
    x, y = np.array(pairs, dtype=float).T
    found, stretched = correlations(x, y), correlations(np.exp(x / 10), y)
    moved, turned = correlations(3 * x + 7, y / 2), correlations(-x, y)
    assert found.defined == stretched.defined == moved.defined
    for kind in (Coefficient.SRCC, Coefficient.KRCC):
        assert found.value[kind] == pytest.approx(stretched.value[kind], abs=1e-12)
    for kind in Coefficient:
        assert found.value[kind] == pytest.approx(moved.value[kind], abs=1e-9)
        assert found.value[kind] == pytest.approx(-turned.value[kind], abs=1e-9)

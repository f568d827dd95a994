"""Answers to pairs that come again."""

import numpy as np
import pytest
from scipy.stats import binomtest

from app.analysis.repeated_answers import repeats


def test_p_and_upper_end_are_the_exact_ones() -> None:
    asked, agreed = np.array([88, 20, 7, 5]), np.array([70, 11, 7, 0])
    found = repeats(asked, agreed, counts=np.ones(4, dtype=bool))
    for place in range(4):
        exact = binomtest(int(agreed[place]), int(asked[place]), 0.5, alternative="greater")
        both = binomtest(int(agreed[place]), int(asked[place]), 0.5).proportion_ci(0.95, "exact")
        assert found.p[place] == pytest.approx(exact.pvalue, abs=1e-12)
        assert found.high[place] == pytest.approx(both.high, abs=1e-12)


def test_who_agrees_by_chance_alone_is_flagged_where_others_agree() -> None:
    asked, agreed = np.full(6, 88), np.array([70, 68, 72, 65, 60, 43])
    found = repeats(asked, agreed, counts=np.ones(6, dtype=bool))
    assert found.threshold == pytest.approx((0.5 + np.median(agreed / 88)) / 2)
    assert found.flagged.tolist() == [False] * 5 + [True]


def test_where_all_pairs_are_hard_agreeing_little_is_no_flag() -> None:
    asked, agreed = np.full(5, 40), np.array([23, 22, 21, 24, 19])
    assert not repeats(asked, agreed, counts=np.ones(5, dtype=bool)).flagged.any()


def test_few_repeats_and_few_subjects_flag_nobody() -> None:
    found = repeats(np.array([88, 88]), np.array([80, 40]), counts=np.ones(2, dtype=bool))
    assert found.threshold is None
    assert not found.flagged.any()
    none = repeats(np.zeros(4, dtype=int), np.zeros(4, dtype=int), counts=np.ones(4, dtype=bool))
    assert none.p.tolist() == [1, 1, 1, 1]
    assert not none.flagged.any()


def test_random_clickers_are_flagged_and_honest_subjects_hardly_ever() -> None:
    rng = np.random.default_rng(6)
    flagged = np.zeros(2)
    for _ in range(300):
        agreed = rng.binomial(88, np.array([0.75] * 20 + [0.5] * 5))
        found = repeats(np.full(25, 88), agreed, counts=np.ones(25, dtype=bool)).flagged
        flagged += found[:20].mean() / 300, found[20:].mean() / 300
    assert flagged[0] < 0.001
    assert flagged[1] > 0.3

"""Kendall's coefficient of agreement."""

import numpy as np
import pytest

from app.analysis.arrays import IntArray
from app.analysis.kendall_u import kendall_u
from tests.analysis.published import PARTIES


def _preferences(subjects: int, conditions: int, agreeing: int) -> IntArray:
    """A matrix of preferences with so many agreeing pairs of subjects, on which alone u depends."""
    choose = np.arange(subjects + 1)
    worth = choose * (choose - 1) // 2 + (subjects - choose) * (subjects - choose - 1) // 2
    pairs = np.argwhere(np.triu(np.ones((conditions, conditions)), 1))
    each = np.full(len(pairs), subjects // 2)
    for place in range(len(pairs)):
        spare = agreeing - worth[each].sum() + worth[each[place]]
        each[place] = int(np.flatnonzero(worth <= spare)[-1])
    assert worth[each].sum() == agreeing
    preferred = np.zeros((conditions, conditions), dtype=np.int64)
    preferred[pairs[:, 0], pairs[:, 1]], preferred[pairs[:, 1], pairs[:, 0]] = each, subjects - each
    return preferred


@pytest.mark.parametrize(
    ("subjects", "conditions", "agreeing", "u", "least", "chi2", "df", "p"),
    [
        (21, 13, 9718, 0.1866, -0.04762, 412.22, 90.75, 1.721e-42),
        (25, 11, 8928, 0.08218, -0.04, 180.12, 62.38, 2.307e-13),
    ],
)
def test_children_choosing_school_subjects_agree_as_published(
    subjects: int, conditions: int, agreeing: int, u: float, least: float, chi2: float, df: float, p: float
) -> None:
    """Kendall & Babington Smith 1940, boys and girls; the numbers as the R package eba 1.10 prints them."""
    found = kendall_u(_preferences(subjects, conditions, agreeing), subjects)
    assert found is not None
    assert (found.u, found.least) == (pytest.approx(u, rel=3e-4), pytest.approx(least, rel=1e-3))
    assert (found.chi2, found.df) == (pytest.approx(chi2, abs=0.005), pytest.approx(df, abs=0.005))
    assert found.p == pytest.approx(p, rel=1e-3)


def test_u_is_the_mean_agreement_of_two_subjects_from_minus_one_to_one() -> None:
    wins = PARTIES.wins.astype(np.int64)
    found = kendall_u(wins, 192)
    assert found is not None
    same = (wins * (wins - 1)).sum() / (192 * 191 * 15)
    assert found.u == pytest.approx(2 * same - 1, abs=1e-12)


def test_two_subjects_agree_fully_or_not_at_all_and_are_not_tested() -> None:
    ranking = np.triu(np.ones((4, 4), dtype=np.int64), 1)
    same, opposite = kendall_u(2 * ranking, 2), kendall_u(ranking + ranking.T, 2)
    assert same is not None
    assert opposite is not None
    assert (same.u, opposite.u, opposite.least) == (1, -1, -1)
    assert same.chi2 is same.df is same.p is None


def test_one_subject_has_nobody_to_agree_with() -> None:
    assert kendall_u(np.triu(np.ones((4, 4), dtype=np.int64), 1), 1) is None


def test_subjects_who_click_at_random_are_rarely_told_to_agree() -> None:
    rng = np.random.default_rng(20)
    low = 0
    for _ in range(400):
        upper = np.triu(rng.binomial(12, 0.5, (6, 6)), 1)
        preferred = upper + np.tril(12 - upper.T, -1)
        found = kendall_u(preferred, 12)
        assert found is not None
        assert found.p is not None
        low += found.p < 0.05
    assert 0.02 < low / 400 < 0.08

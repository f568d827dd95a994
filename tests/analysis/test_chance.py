"""Exact binomial tests of single subjects."""

import numpy as np
import pytest
from scipy.stats import binomtest

from app.analysis.chance import Verdict, at_least, side_power, side_verdicts, two_sided


@pytest.mark.parametrize("answers", [1, 2, 5, 20, 93, 880])
def test_the_two_sided_test_is_the_exact_one(answers: int) -> None:
    left = np.unique(np.linspace(0, answers, 12).astype(int))
    wanted = [binomtest(int(k), answers, 0.5).pvalue for k in left]
    assert two_sided(left, np.full(len(left), answers)) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("chance", [0.5, 1 / 3])
def test_so_many_right_or_more(chance: float) -> None:
    right = np.arange(6)
    wanted = [binomtest(int(k), 5, chance, alternative="greater").pvalue for k in right]
    assert at_least(right, np.full(6, 5), chance) == pytest.approx(wanted, abs=1e-12)
    assert at_least(np.array([4]), np.array([5])) == pytest.approx([0.1875])


def test_a_side_is_preferred_not_preferred_or_not_known() -> None:
    left, answers = np.array([60, 100, 10, 10, 440, 490, 0]), np.array([200, 200, 20, 10, 880, 880, 0])
    assert side_verdicts(left, answers) == [
        Verdict.YES, Verdict.NO, Verdict.UNKNOWN, Verdict.YES, Verdict.NO, Verdict.YES, Verdict.UNKNOWN,
    ]  # fmt: skip


def test_the_power_is_that_of_the_test() -> None:
    rng = np.random.default_rng(2)
    for answers in (60, 133, 300):
        left = rng.binomial(answers, 0.65, 20_000)
        found = (two_sided(left, np.full(20_000, answers)) < 0.01).mean()
        assert side_power(answers) == pytest.approx(found, abs=0.012)
    assert side_power(0) == side_power(7) == 0
    assert side_power(120) < 0.8 < side_power(150)


def test_one_subject_in_a_hundred_without_a_preference_is_said_to_have_one() -> None:
    left = np.random.default_rng(9).binomial(500, 0.5, 5_000)
    verdicts = side_verdicts(left, np.full(5_000, 500))
    assert verdicts.count(Verdict.YES) / 5_000 == pytest.approx(0.01, abs=0.004)
    assert Verdict.UNKNOWN not in verdicts

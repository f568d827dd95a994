"""Paired tests and their corrections against R, and against the error rates they promise."""

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import wilcoxon

from app.analysis.bradley_terry import fit
from app.analysis.intervals import TooFewScenes
from app.analysis.significance import Correction, PairTest, benjamini_hochberg, holm, paired_tests
from tests.analysis import published

# Student 1908, Biometrika 6, 1-25: hours of sleep gained under two drugs by ten patients.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

# The 15 p-values of Benjamini & Hochberg 1995, section 3: their procedure rejects four at 5 %, Bonferroni three.
THROMBOLYSIS = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
)


def test_the_test_is_students_paired_one() -> None:
    # R: t.test(extra ~ group, data = sleep, paired = TRUE) gives t = -4.0621, df = 9, p-value = 0.002833, mean -1.58.
    tests = paired_tests(np.array([DRUG_1, DRUG_2]).T)
    assert tests.statistic[0, 1] == pytest.approx(-4.0621, abs=5e-5)
    assert tests.p[Correction.NONE][0, 1] == pytest.approx(0.002833, abs=5e-7)
    assert tests.difference[0, 1] == pytest.approx(-1.58)


def test_rows_and_columns_mirror_each_other() -> None:
    tests = paired_tests(np.random.default_rng(5).normal(size=(20, 6)))
    np.testing.assert_allclose(tests.difference, -tests.difference.T)
    for p in tests.p.values():
        np.testing.assert_allclose(p, p.T)
        assert (np.diag(p) == 1).all()
        assert ((p >= 0) & (p <= 1)).all()


def test_corrections_equal_those_of_r() -> None:
    raw, by_holm, by_bh = np.array(published.P_ADJUST).T
    np.testing.assert_allclose(holm(raw), by_holm, rtol=1e-10)
    np.testing.assert_allclose(benjamini_hochberg(raw), by_bh, rtol=1e-10)


def test_benjamini_and_hochbergs_own_example_rejects_what_they_reject() -> None:
    assert (benjamini_hochberg(THROMBOLYSIS) < 0.05).sum() == 4
    assert (holm(THROMBOLYSIS) < 0.05).sum() == 3


def test_corrections_follow_their_p_values_wherever_these_stand() -> None:
    order = np.random.default_rng(6).permutation(len(THROMBOLYSIS))
    for correct in (holm, benjamini_hochberg):
        np.testing.assert_allclose(correct(THROMBOLYSIS[order]), correct(THROMBOLYSIS)[order])


def test_a_difference_that_is_the_same_in_all_scenes_is_not_testable() -> None:
    by_scene = np.array([[1.0, 0.5, 0.5, 0.0], [2.0, 1.5, 1.5, 0.0], [0.0, -0.5, -0.5, 0.0]])
    tests = paired_tests(by_scene)
    same = np.array([[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
    np.testing.assert_array_equal(tests.testable, ~same)
    assert tests.difference[0, 1] == 0.5
    for p in tests.p.values():
        assert (p[same] == 1).all()
        assert not np.isnan(p).any()
    assert (tests.statistic[same] == 0).all()
    assert not tests.distinguishable(0.5)[same].any()


def test_pairs_that_cannot_be_tested_stay_in_the_family() -> None:
    by_scene = np.random.default_rng(9).normal((2, 0), size=(8, 2))
    with_twin = np.column_stack([by_scene, by_scene[:, 1] - 1])  # the difference to its twin is the same in all scenes
    tests = paired_tests(with_twin)
    raw = np.sort(tests.p[Correction.NONE][np.triu_indices(3, 1)])
    assert raw[-1] == 1
    assert tests.p[Correction.HOLM].min() == pytest.approx(3 * raw[0])


@pytest.mark.parametrize(("scenes", "conditions", "votes"), [(3, 2, 1), (3, 2, 3), (4, 2, 1), (4, 2, 3), (3, 3, 1)])
def test_equal_conditions_with_few_votes_are_hardly_ever_told_apart(scenes: int, conditions: int, votes: int) -> None:
    rng = np.random.default_rng(10)
    upper = np.triu_indices(conditions, 1)
    won = rng.binomial(votes, 0.5, (600, scenes, len(upper[0])))
    wins = np.zeros((600, scenes, conditions, conditions))
    wins[:, :, upper[0], upper[1]] = won
    wins[:, :, upper[1], upper[0]] = votes - won
    by_scene = fit(wins, [str(i) for i in range(conditions)]).strength
    assert np.ptp(by_scene[:, :, 0], axis=1).min() < 1e-9  # the trap is there: studies in which all scenes agree
    false = sum(bool(paired_tests(study).distinguishable(0.05, Correction.HOLM).any()) for study in by_scene)
    assert false / 600 <= 0.06


def test_equal_votes_in_every_scene_never_look_like_a_difference() -> None:
    # b and c have the same record in every scene: what differs between their strengths is rounding.
    rng = np.random.default_rng(7)
    wins = np.zeros((20, 3, 3))
    wins[:, 0, 1] = wins[:, 0, 2] = rng.integers(1, 9, 20)
    wins[:, 1, 0] = wins[:, 2, 0] = rng.integers(1, 9, 20)
    wins[:, 1, 2] = wins[:, 2, 1] = 3
    assert paired_tests(fit(wins, "abc").strength).p[Correction.NONE][1, 2] == 1


def test_under_three_scenes_there_is_no_test() -> None:
    with pytest.raises(TooFewScenes, match="there are 2"):
        paired_tests(np.zeros((2, 3)))


def test_equal_methods_are_called_different_as_often_as_each_rule_allows() -> None:
    rng = np.random.default_rng(8)
    upper = np.triu_indices(11, 1)
    false = dict.fromkeys(Correction, 0)
    for _ in range(300):
        tests = paired_tests(rng.normal(size=(20, 11)))
        for correction in Correction:
            false[correction] += bool(tests.distinguishable(0.05, correction)[upper].any())
    assert 0.6 < false[Correction.NONE] / 300 < 0.85
    assert false[Correction.HOLM] / 300 < 0.09
    assert false[Correction.BH] / 300 < 0.09


@pytest.mark.parametrize(("scenes", "conditions", "votes"), [(3, 11, 1), (3, 11, 5), (3, 5, 2), (6, 3, 1)])
def test_with_few_scenes_or_votes_corrected_tests_keep_their_level(scenes: int, conditions: int, votes: int) -> None:
    rng = np.random.default_rng(20)
    first, second = np.triu_indices(conditions, 1)
    won = rng.binomial(votes, 0.5, (400, scenes, len(first)))
    wins = np.zeros((400, scenes, conditions, conditions))
    wins[:, :, first, second], wins[:, :, second, first] = won, votes - won
    fits = fit(wins, [str(i) for i in range(conditions)])
    false = {floored: dict.fromkeys(Correction, 0) for floored in (False, True)}
    for by_scene, covariance in zip(fits.strength, fits.covariance.sum(axis=1) / scenes**2, strict=True):
        variance = np.diag(covariance)
        least = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0))
        for floored in (False, True):
            tests = paired_tests(by_scene, least=least if floored else None)
            for correction in Correction:
                false[floored][correction] += bool(tests.distinguishable(0.05, correction).any())
    assert false[False][Correction.HOLM] / 400 > 0.06  # what the floor is there for
    assert max(false[True][Correction.HOLM], false[True][Correction.BH]) / 400 <= 0.06
    assert false[True][Correction.NONE] == false[False][Correction.NONE]  # the published rule stays as it is


def test_a_floor_below_what_scenes_show_changes_nothing() -> None:
    by_scene = np.random.default_rng(21).normal(size=(20, 5))
    plain, floored = paired_tests(by_scene), paired_tests(by_scene, least=np.full((5, 5), 1e-6))
    for correction in Correction:
        np.testing.assert_array_equal(plain.p[correction], floored.p[correction])


def test_wilcoxons_test_stands_beside_students_with_the_same_corrections() -> None:
    by_scene = np.random.default_rng(22).normal(np.linspace(1, -1, 4), 0.7, (12, 4))
    tests = paired_tests(by_scene)
    found = tests.of(PairTest.WILCOXON)
    raw = wilcoxon(by_scene[:, 0] - by_scene[:, 3], method="exact").pvalue
    assert found[Correction.NONE][0, 3] == pytest.approx(raw)
    upper = np.triu_indices(4, 1)
    np.testing.assert_allclose(found[Correction.HOLM][upper], holm(found[Correction.NONE][upper]))
    assert tests.distinguishable(0.05, test=PairTest.WILCOXON)[0, 3]


def test_the_two_way_test_is_students_with_the_clustered_errors_or_gives_way_to_the_paired_one() -> None:
    by_scene = np.random.default_rng(23).normal(np.linspace(1, -1, 3), 0.5, (9, 3))
    errors = np.full((3, 3), 0.4)
    tests = paired_tests(by_scene, two_way=(errors, 6))
    expected = 2 * student.sf(abs(tests.difference[0, 2]) / 0.4, 6)
    assert tests.of(PairTest.TWO_WAY)[Correction.NONE][0, 2] == pytest.approx(expected)
    assert paired_tests(by_scene).of(PairTest.TWO_WAY) is not tests.of(PairTest.TWO_WAY)
    without = paired_tests(by_scene)
    np.testing.assert_array_equal(without.of(PairTest.TWO_WAY)[Correction.NONE], without.p[Correction.NONE])

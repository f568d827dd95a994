"""Whether Bradley-Terry holds, asked of votes for which it does and for which it does not."""

from itertools import permutations

import numpy as np
import pytest
from scipy.special import expit

from app.analysis.bradley_terry import fit
from app.analysis.fit_quality import FitQuality, fit_quality, replicates_for

LIKING = np.linspace(0.8, -0.8, 6)


def _wins(chance: np.ndarray, scenes: int, votes: int, seed: int) -> np.ndarray:
    n = len(chance)
    first, second = np.triu_indices(n, 1)
    won = np.random.default_rng(seed).binomial(votes, chance[first, second], (scenes, len(first)))
    wins = np.zeros((scenes, n, n))
    wins[:, first, second], wins[:, second, first] = won, votes - won
    return wins


def _true(scenes: int = 8, votes: int = 5, seed: int = 1) -> np.ndarray:
    return _wins(expit(LIKING[:, None] - LIKING[None, :]), scenes, votes, seed)


def _quality(wins: np.ndarray, **more: float) -> FitQuality:
    found = fit_quality(wins, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_deviances_are_those_of_the_fit() -> None:
    wins = _true()
    found = _quality(wins, replicates=9)
    np.testing.assert_allclose(found.deviance, fit(wins, "abcdef").deviance)
    assert found.df.tolist() == [10] * 8
    assert (found.total, found.total_df) == (pytest.approx(found.deviance.sum()), 80)


def test_without_a_prior_deviances_are_those_of_maximum_likelihood() -> None:
    wins = _true()
    found = _quality(wins, prior=0.0, replicates=9)
    np.testing.assert_allclose(found.deviance, fit(wins, "abcdef", prior=0.0).deviance)
    assert (found.deviance < _quality(wins, replicates=9).deviance).all()


@pytest.mark.parametrize(("scenes", "replicates"), [(1, 499), (12, 499), (20, 799), (100, 3_999), (101, 3_999)])
def test_so_many_sets_are_drawn_that_one_of_a_hundred_scenes_can_stand_out(scenes: int, replicates: int) -> None:
    assert replicates_for(scenes) == replicates
    assert (scenes / (1 + replicates) <= 1 / 40) == (scenes <= 100)


def test_p_values_are_uniform_where_the_model_is_true() -> None:
    found = _quality(_true(scenes=400), replicates=199)
    assert np.mean(found.p <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(found.p <= 0.5) == pytest.approx(0.5, abs=0.08)
    assert (found.deviance / found.df).std() > 0.2  # which no threshold on deviance over df could follow


def test_a_circle_of_preferences_is_found_and_named_in_its_scene() -> None:
    wins = _true(scenes=6)
    circle = np.full((6, 6), 0.5)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        circle[i, j], circle[j, i] = 0.98, 0.02
    wins[3] = _wins(circle, 1, 12, 5)[0]
    found = _quality(wins)
    assert np.flatnonzero(found.p_holm < 0.05).tolist() == [3]
    assert found.total_p < 0.05


def test_the_seed_decides() -> None:
    wins = _true()
    assert _quality(wins, replicates=99).p.tolist() == _quality(wins, replicates=99).p.tolist()
    assert _quality(wins, replicates=99).p.tolist() != _quality(wins, replicates=99, seed=1).p.tolist()


def test_without_a_prior_separated_replicates_do_not_stop_it() -> None:
    strong = 2 * LIKING
    wins = _wins(expit(strong[:, None] - strong[None, :]), 8, 3, 4)
    assert 0 < _quality(wins, prior=0.0, replicates=99).total_p <= 1


def test_pairs_that_strengths_can_always_follow_and_broken_weights_are_not_asked() -> None:
    assert fit_quality(np.array([[[0.0, 3.0], [2.0, 0.0]]])) is None
    assert fit_quality(_true() * 0.3) is None
    chain = np.zeros((1, 3, 3))
    chain[0, [0, 1, 1, 2], [1, 0, 2, 1]] = 2
    assert fit_quality(chain) is None


def test_a_scene_with_too_few_pairs_has_p_one_beside_others() -> None:
    wins = _true(scenes=2)
    wins[0] = 0
    for i in range(5):
        wins[0, i, i + 1] = wins[0, i + 1, i] = 3
    found = _quality(wins, replicates=49)
    assert (found.df[0], found.p[0]) == (0, 1)


@pytest.mark.parametrize("votes", [2, 3])
def test_a_clear_order_does_not_speak_against_the_model_where_replicates_give_the_same_votes(votes: int) -> None:
    order = np.triu(np.full((3, 3), float(votes)), 1)
    wins = np.array([order[np.ix_(places, places)] for places in permutations(range(3))])
    assert _quality(wins).p.min() > 0.5

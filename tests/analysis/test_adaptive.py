"""Which pairs promise to tell most, and what asking them saves."""

from math import log
from random import Random

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import entr, expit
from scipy.stats import norm, rankdata

from app.analysis.adaptive import EXPLORED, information, most_informative
from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import fit
from app.analysis.systematic import mixed, systematic

_UPPER = np.triu_indices(11, 1)


def _exact(mean: float, variance: float) -> float:
    """The information of one pair by adaptive integration."""
    sd = variance**0.5

    def over(value: object) -> float:
        assert callable(value)
        return float(quad(lambda d: value(d) * norm.pdf(d, mean, sd), mean - 9 * sd, mean + 9 * sd)[0])

    chance = over(expit)
    entropy = over(lambda d: entr(expit(d)) + entr(1 - expit(d)))
    return float(entr(chance) + entr(1 - chance)) - entropy


@pytest.mark.parametrize(("mean", "variance"), [(0.0, 0.2), (0.7, 1.0), (-2.0, 0.5), (3.0, 2.0)])
def test_information_is_what_exact_integration_gives(mean: float, variance: float) -> None:
    found = information(np.array(mean), np.array(variance))
    assert float(found) == pytest.approx(_exact(mean, variance), rel=2e-3)


def test_what_is_certain_tells_nothing_and_nothing_tells_more_than_one_answer() -> None:
    assert float(information(np.array(0.3), np.array(0.0))) == pytest.approx(0.0, abs=1e-12)
    assert float(information(np.array(0.0), np.array(20.0))) == pytest.approx(_exact(0.0, 20.0), rel=0.04)
    grid = information(*np.meshgrid(np.linspace(-5, 5, 21), np.linspace(0, 20, 21)))
    assert (grid >= 0).all()
    assert (grid <= log(2)).all()


def _round(conditions: int, votes: float = 1.0) -> FloatArray:
    """One vote each way on every pair, so that nothing is known of any."""
    return votes * (np.ones((1, conditions, conditions)) - np.eye(conditions))


def test_a_batch_joins_all_conditions_of_a_scene() -> None:
    free = np.ones((1, 7, 7), dtype=bool)
    chosen = most_informative(_round(7), free, 6, Random(1))
    joined = np.eye(7)
    for _, i, j in chosen:
        joined[i, j] = joined[j, i] = 1
    assert (np.linalg.matrix_power(joined, 7) > 0).all()


def test_pairs_between_neighbours_are_asked_before_pairs_that_are_clear() -> None:
    wins = _round(4)
    wins[0] += 40 * np.triu(np.ones((4, 4)), 1)  # each beats all after it, by far
    wins[0, 1, 2] = wins[0, 2, 1] = 3  # but the middle two are level, and least is known of them
    first = most_informative(wins, np.ones((1, 4, 4), dtype=bool), 1, Random(1))
    assert first == [(0, 1, 2)]


def test_the_scene_of_which_least_is_known_comes_first() -> None:
    wins = np.concatenate([_round(4, 9), _round(4, 1), _round(4, 30)])
    chosen = most_informative(wins, np.ones((3, 4, 4), dtype=bool), 3, Random(1))
    assert {scene for scene, _, _ in chosen} == {1}


def test_what_is_asked_for_is_free_different_and_as_much_as_there_is() -> None:
    rng = np.random.default_rng(5)
    free = rng.random((5, 6, 6)) < 0.5
    there = {(int(s), int(i), int(j)) for s, i, j in zip(*np.nonzero(np.triu(free, 1)), strict=True)}
    chosen = most_informative(rng.integers(0, 3, (5, 6, 6)) * (1 - np.eye(6)), free, 500, Random(1))
    assert len(chosen) == len(set(chosen)) == len(there)
    assert set(chosen) == there


def test_the_same_seed_and_votes_give_the_same_pairs_and_another_seed_others() -> None:
    def pairs(seed: int) -> list[tuple[int, int, int]]:
        return most_informative(np.zeros((3, 5, 5)), np.ones((3, 5, 5), dtype=bool), 6, Random(seed))

    assert pairs(1) == pairs(1)
    assert len({tuple(pairs(seed)) for seed in range(5)}) > 1  # all promise the same before the first vote


def test_a_systematic_draw_takes_each_unit_with_its_probability() -> None:
    rng, probability = Random(3), mixed(np.arange(30) % 4 == 0, EXPLORED)
    assert probability.sum() == pytest.approx(8)
    assert probability.min() == pytest.approx(EXPLORED * 8 / 30)
    taken = np.zeros(30)
    for _ in range(8000):
        drawn = systematic(probability, rng)
        assert len(set(drawn)) == 8
        taken[drawn] += 1
    assert np.abs(taken / 8000 - probability).max() < 0.02  # four standard errors


def test_everything_is_drawn_where_everything_is_wanted() -> None:
    assert systematic(mixed(np.ones(9, dtype=bool), EXPLORED), Random(1)) == list(range(9))


class _World:
    """Many scenes of eleven conditions whose answers obey Bradley and Terry."""

    def __init__(self, scenes: int, spread: float, seed: int) -> None:
        self.rng, self.seeded = np.random.default_rng(seed), Random(seed)
        self.truth = self.rng.normal(0, spread, (scenes, 11))
        self.wins = np.zeros((scenes, 11, 11))

    def ask(self, scene: int, places: list[int]) -> None:
        i, j = _UPPER[0][places], _UPPER[1][places]
        won = self.rng.random(len(places)) < expit(self.truth[scene, i] - self.truth[scene, j])
        np.add.at(self.wins[scene], (np.where(won, i, j), np.where(won, j, i)), 1)

    def ask_all(self) -> None:
        for scene in range(len(self.truth)):
            self.ask(scene, list(range(55)))

    def ask_the_most_informative(self) -> None:
        free = np.ones((1, 11, 11), dtype=bool)
        for scene in range(len(self.truth)):
            wanted = np.zeros((11, 11), dtype=bool)
            for _, i, j in most_informative(self.wins[scene : scene + 1], free, 10, self.seeded):
                wanted[i, j] = True
            self.ask(scene, systematic(mixed(wanted[_UPPER], EXPLORED), self.seeded))

    def srcc(self) -> float:
        found = fit(self.wins, [str(n) for n in range(11)]).strength
        pairs = zip(found, self.truth, strict=True)
        return float(np.mean([np.corrcoef(rankdata(x), rankdata(y))[0, 1] for x, y in pairs]))


@pytest.mark.slow
def test_adaptive_needs_at_most_nine_tenths_of_the_votes_for_the_same_rank_correlation() -> None:
    """11 conditions, a spread of 1.5, 300 scenes, seed 6: five rounds of all pairs against a floor of one and trees."""
    balanced, adaptive = _World(300, 1.5, 6), _World(300, 1.5, 6)
    for _ in range(5):
        balanced.ask_all()
    adaptive.ask_all()
    while adaptive.wins[0].sum() < 0.9 * 5 * 55 - 10:
        adaptive.ask_the_most_informative()
    assert adaptive.wins[0].sum() <= 0.9 * balanced.wins[0].sum()
    assert adaptive.srcc() >= balanced.srcc()

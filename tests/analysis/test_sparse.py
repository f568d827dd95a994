"""The solver for very many conditions against the one for matrices, on votes one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.analysis.batched import strengths as many_fits
from app.analysis.bradley_terry import BadCounts, fit
from app.analysis.connectivity import NotConnected, strongly_connected
from app.analysis.newton import NotConverged
from app.analysis.sparse import MOST_WITH_ERRORS, SparseStrengths, fit_votes, strengths
from app.analysis.vote_list import fit_list, list_strengths

rows = st.integers(2, 7).flatmap(
    lambda n: st.lists(
        st.tuples(
            st.integers(0, n - 1),
            st.integers(1, n - 1),
            st.sampled_from([0.0, 0.5, 1.0]),
            st.sampled_from([1, 2.5, 30]),
        ),
        min_size=1,
        max_size=40,
    ).map(lambda cells: (n, cells))
)


def _fit(n: int, cells: list[tuple[int, int, float, float]], prior: float) -> tuple[SparseStrengths, FloatArray]:
    """The fit to the votes, and their matrix."""
    a = np.array([one for one, _, _, _ in cells])
    b = (a + [step for _, step, _, _ in cells]) % n
    share, weight = np.array([cell[2] for cell in cells]), np.array([cell[3] for cell in cells])
    wins = np.zeros((n, n))
    np.add.at(wins, (a, b), weight * share)
    np.add.at(wins, (b, a), weight * (1 - share))
    return fit_votes(a, b, weight * share, weight * (1 - share), _names(n), prior=prior), wins


def _names(n: int) -> list[str]:
    return [str(i) for i in range(n)]


@given(rows, st.sampled_from([0.01, 0.1, 2.0]))
def test_three_solvers_agree_on_votes_with_weights_and_ties(votes: tuple[int, list], prior: float) -> None:
    sparse, wins = _fit(*votes, prior)
    dense = fit(wins, _names(len(wins)), prior=prior)
    np.testing.assert_allclose(sparse.strength, dense.strength, atol=1e-8)
    np.testing.assert_allclose(many_fits(wins[None], prior)[0], dense.strength, atol=1e-8)
    np.testing.assert_allclose(sparse.stderr, dense.stderr, rtol=1e-6)
    assert sparse.deviance == pytest.approx(float(dense.deviance), abs=1e-7)


@given(rows)
@settings(max_examples=60)
def test_they_agree_without_a_prior_where_strengths_exist(votes: tuple[int, list]) -> None:
    wins = _fit(*votes, 0.1)[1]
    if not strongly_connected(wins):
        with pytest.raises(NotConnected) as dense:
            fit(wins, _names(votes[0]), prior=0)
        with pytest.raises(NotConnected) as listed:
            _fit(*votes, 0.0)
        assert set(listed.value.found[0][1].members) == set(dense.value.found[0][1].members)
        return
    sparse, _ = _fit(*votes, 0.0)
    np.testing.assert_allclose(sparse.strength, fit(wins, _names(len(wins)), prior=0).strength, atol=1e-8)
    np.testing.assert_allclose(many_fits(wins[None], 0.0)[0], sparse.strength, atol=1e-8)


def _tournament(n: int, votes: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Votes between neighbours on a circle and at random, so that nothing is apart."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1, n)
    a = np.concatenate([np.arange(n), rng.integers(0, n, votes)])
    b = (a + np.concatenate([np.ones(n, dtype=int), rng.integers(1, n, votes)])) % n
    return a, b, (rng.random(len(a)) < expit(truth[a] - truth[b])).astype(float)


def test_matrices_of_many_conditions_go_the_sparse_way_to_the_same_strengths() -> None:
    n = 450
    a, b, won = _tournament(n, 8000, seed=3)
    wins = np.zeros((n, n))
    np.add.at(wins, (a, b), won)
    np.add.at(wins, (b, a), 1 - won)
    ours = fit(wins, _names(n))
    sparse = fit_votes(a, b, won, 1 - won, _names(n), prior=0.1)
    chance = expit(ours.strength[:, None] - ours.strength[None, :])
    surplus = ((wins + wins.T) * chance).sum(axis=1) + 0.1 * ours.strength - wins.sum(axis=1)
    np.testing.assert_allclose(surplus, 0, atol=1e-7)
    np.testing.assert_allclose(ours.strength, sparse.strength, atol=1e-8)
    np.testing.assert_allclose(ours.stderr, sparse.stderr, rtol=1e-6)
    np.testing.assert_allclose(strengths(wins, 0.1), sparse.strength, atol=1e-8)


def test_thousands_of_conditions_have_strengths_and_beyond_a_number_no_errors() -> None:
    n = MOST_WITH_ERRORS + 1
    a, b, won = _tournament(n, 40_000, seed=4)
    found = fit_votes(a, b, won, 1 - won, _names(n), prior=0.1)
    assert found.stderr is None
    chance = expit(found.strength[a] - found.strength[b])
    surplus = np.bincount(a, chance - won, n) - np.bincount(b, chance - won, n) + 0.1 * found.strength
    np.testing.assert_allclose(surplus, 0, atol=1e-6)
    assert abs(found.strength.sum()) < 1e-8


def test_a_chain_is_solved_to_its_ends() -> None:
    n = 300
    a, b = np.arange(n - 1), np.arange(1, n)
    found = fit_votes(a, b, np.full(n - 1, 3.0), np.full(n - 1, 1.0), _names(n), prior=0)
    np.testing.assert_allclose(np.diff(found.strength), -np.log(3), atol=1e-8)


def test_without_a_prior_a_split_is_named_with_its_direction() -> None:
    with pytest.raises(NotConnected, match="0 and 1 never lost to 2"):
        fit_votes(np.array([0, 1, 1]), np.array([1, 2, 0]), np.ones(3), np.zeros(3), "012", prior=0)


def test_a_prior_that_no_number_can_hold_is_an_error() -> None:
    with pytest.raises(NotConverged):
        fit_votes(np.array([0]), np.array([1]), np.ones(1), np.zeros(1), "ab", prior=1e-320)


@given(rows)
@settings(max_examples=40)
def test_a_list_of_votes_has_the_strengths_of_its_counts(votes: tuple[int, list]) -> None:
    n, cells = votes
    winner = np.array([one for one, _, _, _ in cells])
    loser = (winner + [step for _, step, _, _ in cells]) % n
    weight = np.array([cell[3] for cell in cells])
    wins = np.zeros((n, n))
    np.add.at(wins, (winner, loser), weight)
    found, expected = fit_list(winner, loser, _names(n), weight=weight), fit(wins, _names(n))
    np.testing.assert_allclose(found.strength, expected.strength, atol=1e-9)
    np.testing.assert_allclose(found.stderr, expected.stderr, atol=1e-9)
    halves = np.concatenate([weight, weight]) / 2
    alone = list_strengths(np.repeat(winner, 3), np.repeat(loser, 3), n)
    np.testing.assert_allclose(alone, fit_list(winner, loser, _names(n), weight=np.full(len(winner), 3.0)).strength)
    split = fit_list(np.tile(winner, 2), np.tile(loser, 2), _names(n), weight=halves)
    np.testing.assert_allclose(split.strength, found.strength, atol=1e-9)


def test_a_list_on_many_conditions_is_never_made_a_matrix() -> None:
    a, b, won = _tournament(1000, 20_000, seed=8)
    winner, loser = np.where(won == 1, a, b), np.where(won == 1, b, a)
    found = fit_list(winner, loser, _names(1000))
    chance = expit(found.strength[winner] - found.strength[loser])
    surplus = np.bincount(winner, chance - 1, 1000) + np.bincount(loser, 1 - chance, 1000) + 0.1 * found.strength
    np.testing.assert_allclose(surplus, 0, atol=1e-6)


@pytest.mark.parametrize("n", [3, 1000])
def test_a_list_that_cannot_come_from_votes_is_refused(n: int) -> None:
    one, other = np.array([0]), np.array([n])
    with pytest.raises(BadCounts, match=f"codes 0 to {n - 1}"):
        fit_list(one, other, _names(n))
    with pytest.raises(BadCounts, match=f"codes 0 to {n - 1}"):
        fit_list(other - n - 1, one, _names(n))
    with pytest.raises(BadCounts, match="against itself"):
        fit_list(one, one, _names(n))
    with pytest.raises(BadCounts, match="not negative"):
        fit_list(one, one + 1, _names(n), weight=np.array([-1.0]))

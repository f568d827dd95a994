"""The kernel for many small fits against one matrix at a time, and what it says of fits that have no maximum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.arrays import FloatArray
from app.analysis.batched import finite, pair_strengths, pairs, strengths
from app.analysis.bradley_terry import fit
from app.analysis.connectivity import NotConnected, strongly_connected
from app.analysis.newton import NotConverged

batches = st.tuples(st.integers(2, 6), st.integers(1, 5), st.sampled_from([1, 3, 40])).flatmap(
    lambda shape: st.lists(
        st.integers(0, shape[2]), min_size=shape[0] ** 2 * shape[1], max_size=shape[0] ** 2 * shape[1]
    ).map(lambda cells: np.array(cells, dtype=float).reshape(shape[1], shape[0], shape[0]) * (1 - np.eye(shape[0])))
)


def _one_by_one(wins: FloatArray, prior: float) -> FloatArray:
    return np.stack([fit(matrix, [str(i) for i in range(len(matrix))], prior=prior).strength for matrix in wins])


@given(batches, st.sampled_from([0.001, 0.1, 3.0]))
def test_many_fits_are_the_fits_one_by_one(wins: FloatArray, prior: float) -> None:
    np.testing.assert_allclose(strengths(wins, prior), _one_by_one(wins, prior), atol=1e-9)


@given(batches)
def test_without_a_prior_they_are_too_or_the_split_fits_are_named(wins: FloatArray) -> None:
    whole = strongly_connected(wins)
    if whole.any():
        np.testing.assert_allclose(strengths(wins[whole], 0.0), _one_by_one(wins[whole], 0.0), atol=1e-8)
    if not whole.all():
        with pytest.raises(NotConnected) as caught:
            strengths(wins, 0.0)
        assert [number for number, _ in caught.value.found] == np.flatnonzero(~whole).tolist()


@given(batches)
def test_pairs_alone_tell_which_fits_have_a_maximum(wins: FloatArray) -> None:
    first, second = pairs(wins.shape[-1])
    told = finite(wins[:, first, second].T, wins[:, second, first].T, wins.shape[-1])
    assert told.tolist() == strongly_connected(wins).tolist()


@given(batches, st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_where_the_method_begins_does_not_matter(wins: FloatArray, seed: int) -> None:
    start = np.random.default_rng(seed).normal(0, 4, wins.shape[:2])
    np.testing.assert_allclose(strengths(wins, 0.1, start), strengths(wins, 0.1), atol=1e-9)
    np.testing.assert_allclose(strengths(wins, 0.1, start[0]), strengths(wins, 0.1), atol=1e-9)


def test_more_fits_than_a_pass_takes_leave_it_one_after_the_other() -> None:
    rng = np.random.default_rng(2)
    first, second = pairs(11)
    won = rng.integers(0, 6, (55, 9000)).astype(float)
    won[:, ::3] *= 100  # some need more steps than others
    lost = rng.integers(0, 6, (55, 9000)).astype(float)
    found = pair_strengths(won, lost, 11, 0.1)
    for place in (0, 3, 4095, 4096, 8999):
        wins = np.zeros((11, 11))
        wins[first, second], wins[second, first] = won[:, place], lost[:, place]
        np.testing.assert_allclose(found[place], _one_by_one(wins[None], 0.1)[0], atol=1e-10)
    np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-9)


def test_counts_a_billion_to_one_keep_their_digits() -> None:
    wins = np.zeros((1, 3, 3))
    wins[0, 0, 1], wins[0, 1, 0], wins[0, 1, 2], wins[0, 2, 1] = 1e9, 1, 1, 1e12
    found = strengths(wins, 0.0)[0]
    np.testing.assert_allclose([found[0] - found[1], found[2] - found[1]], np.log([1e9, 1e12]), rtol=1e-12)


@pytest.mark.parametrize("prior", [1e-6, 1e-12, 1e-24])
def test_a_tiny_prior_solves_the_equation_of_the_one_that_never_won(prior: float) -> None:
    a, b, c = strengths(np.array([[[0, 3, 4], [2, 0, 3], [0, 0, 0]]], dtype=float), prior)[0]
    expected_wins = 4 / (1 + np.exp(a - c)) + 3 / (1 + np.exp(b - c))
    np.testing.assert_allclose(expected_wins, -prior * c, rtol=1e-8)


def test_a_prior_that_no_number_can_hold_is_an_error() -> None:
    with pytest.raises(NotConverged, match="matrix 1 with a prior of"):
        strengths(np.array([[[0, 3], [2, 0]], [[0, 3], [0, 0]]], dtype=float), 1e-320)


def test_no_fits_give_no_strengths() -> None:
    assert strengths(np.zeros((0, 4, 4)), 0.1).shape == (0, 4)
    assert strengths(np.zeros((0, 4, 4)), 0.0).shape == (0, 4)

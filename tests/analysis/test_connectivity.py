"""Which conditions votes can compare, and in which direction they split."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from app.analysis.arrays import FloatArray
from app.analysis.connectivity import components, components_of_arrows, reach, strongly_connected
from tests.analysis import published

graphs = st.integers(2, 9).flatmap(
    lambda n: st.lists(st.booleans(), min_size=n * n, max_size=n * n).map(
        lambda cells: np.array(cells, dtype=float).reshape(n, n) * (1 - np.eye(n))
    )
)


def _chain(n: int) -> FloatArray:
    return np.eye(n, k=1)


def test_players_with_draws_fall_into_the_published_components() -> None:
    found = components(published.CHESS.wins, published.CHESS.conditions)
    assert set(found.members) == published.CHESS_COMPONENTS
    assert found.members[0] == ("Eve",)  # undefeated
    assert len(found.islands) == 1


@given(graphs)
def test_components_are_those_that_scipy_finds(wins: FloatArray) -> None:
    names = [str(i) for i in range(len(wins))]
    _, labels = connected_components(csr_array(wins), directed=True, connection="strong")
    expected = {tuple(name for name, label in zip(names, labels, strict=True) if label == one) for one in set(labels)}
    found = components(wins, names)
    assert set(found.members) == expected
    assert all(above < below for above, below in found.beats)  # strongest first
    assert bool(strongly_connected(wins)) is found.connected is (len(expected) == 1)
    islands, _ = connected_components(csr_array(wins), directed=False)
    assert len(found.islands) == islands


@given(graphs)
def test_arrows_one_by_one_have_the_components_of_their_matrix(wins: FloatArray) -> None:
    names = [str(i) for i in range(len(wins))]
    dense, listed = components(wins, names), components_of_arrows(*np.nonzero(wins), names)
    assert (set(listed.members), listed.islands) == (set(dense.members), dense.islands)
    assert all(above < below for above, below in listed.beats)
    told = {(dense.members[above], dense.members[below]) for above, below in dense.beats}
    assert {(listed.members[above], listed.members[below]) for above, below in listed.beats} == told


def test_many_conditions_have_components_too() -> None:
    n = 1000
    found = components(_chain(n), [str(i) for i in range(n)])
    assert found.members == tuple((str(i),) for i in range(n))
    assert len(found.islands) == 1


def test_the_longest_chain_is_followed_to_its_end() -> None:
    for n in range(2, 20):
        assert (reach(_chain(n)) == np.triu(np.ones((n, n), dtype=bool))).all()


def test_a_split_is_told_in_words() -> None:
    islands = np.zeros((4, 4))
    islands[0, 1] = islands[1, 0] = islands[2, 3] = 1
    assert components(islands, "abcd").in_words() == (
        "c never lost to d; a and b / c and d were never compared, even through others."
    )
    assert components(_chain(9), "abcdefghi").in_words().endswith("; and 4 more such splits.")
    assert components(1 - np.eye(2), "ab").in_words() == (
        "Every condition both won and lost, directly or through others."
    )

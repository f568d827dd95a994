"""Letters and boxes: which conditions cannot be told apart."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.arrays import BoolArray
from app.analysis.groups import groups, letter
from tests.analysis import published


def _apart(n: int, significant: str) -> BoolArray:
    """The matrix for pairs numbered from 1 in the order (1, 2), (1, 3) ... (n - 1, n)."""
    pairs = list(combinations(range(n), 2))
    matrix = np.zeros((n, n), dtype=bool)
    for number in significant.split():
        i, j = pairs[int(number) - 1]
        matrix[i, j] = matrix[j, i] = True
    return matrix


def _ranked(n: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return -np.arange(n, dtype=np.float64)


@pytest.mark.parametrize(("n", "significant", "expected"), published.MULTCOMPVIEW)
def test_letters_stand_for_the_sets_that_multcompview_finds(n: int, significant: str, expected: str) -> None:
    found = groups(_ranked(n), _apart(n, significant))
    assert {frozenset(clique) for clique in found.cliques} == {
        frozenset(int(member) - 1 for member in part.split()) for part in expected.split(";")
    }


decisions = st.integers(1, 7).flatmap(
    lambda n: st.sets(st.integers(1, max(1, n * (n - 1) // 2))).map(
        lambda chosen: _apart(n, " ".join(map(str, sorted(chosen))) if n > 1 else "")
    )
)


@given(decisions)
def test_two_conditions_share_a_letter_only_if_nothing_tells_them_apart(apart: BoolArray) -> None:
    n = len(apart)
    found = groups(_ranked(n), apart)
    for i, j in combinations(range(n), 2):
        assert bool(set(found.letters[i]) & set(found.letters[j])) is not bool(apart[i, j])
    subsets = chain.from_iterable(combinations(range(n), size) for size in range(1, n + 1))
    free = [set(subset) for subset in subsets if not apart[np.ix_(subset, subset)].any()]
    maximal = {frozenset(one) for one in free if not any(one < other for other in free)}
    assert {frozenset(clique) for clique in found.cliques} == maximal


@given(decisions)
def test_boxes_are_the_longest_runs_without_a_difference(apart: BoolArray) -> None:
    n = len(apart)
    found = groups(_ranked(n), apart)
    runs = [tuple(range(i, j)) for i in range(n) for j in range(i + 1, n + 1)]
    free = [run for run in runs if not apart[np.ix_(run, run)].any()]
    assert list(found.boxes) == [one for one in free if not any(set(one) < set(other) for other in free)]


def test_letters_follow_the_ranking() -> None:
    apart = _apart(3, "1 2")  # the first differs from both others
    found = groups(np.array([0.1, 0.9, 0.5]), apart)
    assert found.order == (1, 2, 0)
    assert found.letters == ("b", "a", "a")


def test_boxes_that_say_less_than_the_letters_are_noticed() -> None:
    # 1 cannot be told from 4, yet from 2 and 3, which lie between: no run of the ranking can show it.
    found = groups(_ranked(4), _apart(4, "1 2"))
    assert not found.agree
    assert found.letters[0] == "a"
    assert found.letters[3] == "ab"
    assert groups(_ranked(4), _apart(4, "3")).agree


def test_equal_scores_keep_their_order() -> None:
    assert groups(np.zeros(3), np.zeros((3, 3), dtype=bool)).order == (0, 1, 2)


def test_letters_do_not_run_out() -> None:
    assert [letter(number) for number in (0, 25, 26, 51, 52, 105)] == ["a", "z", "A", "Z", ".a", "..b"]

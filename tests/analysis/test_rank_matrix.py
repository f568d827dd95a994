"""Ranks of conditions under measures, and the diagonal criterion."""

import numpy as np

from app.analysis.measure_values import MeasureValues
from app.analysis.rank_matrix import rank_matrix

_CONDITIONS = ("degraded", "gmsd", "mae", "mae+gmsd")
_OBJECTIVES = np.array([0, 1, 1, 2])


def _values(value: list[list[list[float]]], known: list[list[list[bool]]] | None = None) -> MeasureValues:
    array = np.array(value, dtype=float)
    own = np.array([[False, True, False, True], [False, False, True, True]])
    return MeasureValues(
        ("gmsd", "mae"), tuple(f"s{n}" for n in range(array.shape[1])), _CONDITIONS, array,
        np.ones(array.shape, bool) if known is None else np.array(known), np.array([False, False]), own,
    )  # fmt: skip


def test_networks_are_ranked_among_networks_and_the_diagonal_is_asked_of_pure_objectives() -> None:
    found = rank_matrix(_values([[[0, 1, 2, 3], [0, 2, 3, 4]], [[0, 3, 2, 1], [0, 3, 2, 1]]]), _OBJECTIVES)
    assert found.conditions == ("gmsd", "mae", "mae+gmsd")
    assert found.left_out == ("degraded",)
    assert found.rank.tolist() == [[1, 3], [2, 2], [3, 1]]
    assert found.diagonal.tolist() == [[True, False], [False, True], [False, False]]
    assert (found.held, found.asked) == (1, 2)
    (violation,) = found.violations
    assert (violation.condition, violation.measure, violation.rank) == ("mae", "mae", 2)
    assert violation.better == ("mae+gmsd",)


def test_equal_means_share_a_rank_and_keep_the_criterion() -> None:
    found = rank_matrix(_values([[[9, 1, 1, 2]], [[9, 5, 0.1 + 0.2, 0.3]]]), _OBJECTIVES)
    assert found.rank.tolist() == [[1, 3], [1, 1], [3, 1]]
    assert not found.violations
    assert found.held == 2


def test_a_measure_with_gaps_ranks_whom_it_knows_in_the_scenes_it_knows_whole() -> None:
    known = [[[True] * 4, [True, False, True, True]], [[True, True, False, True]] * 2]
    found = rank_matrix(_values([[[0, 1, 2, 3], [0, 9, 0, 0]], [[0, 2, 0, 1]] * 2], known), _OBJECTIVES)
    assert found.rank.tolist() == [[1, 2], [2, 0], [3, 1]]
    assert found.scenes.tolist() == [1, 2]
    assert found.asked == 1


def test_without_an_objective_all_conditions_are_ranked_and_there_is_no_diagonal() -> None:
    found = rank_matrix(_values([[[3, 1, 2, 4]], [[1, 2, 3, 4]]]), np.zeros(4, dtype=np.int64))
    assert not found.trained
    assert not found.diagonal.any()
    assert found.asked == 0
    assert found.conditions == _CONDITIONS
    assert found.rank[:, 0].tolist() == [3, 1, 2, 4]

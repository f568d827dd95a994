"""The diagonal criterion: who is best under the measure it was trained under, and by how much the others miss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.diagonal import diagonal
from app.analysis.measure_values import MeasureValues
from app.analysis.rank_matrix import rank_matrix

_MEASURES = ("gmsd", "ms_ssim")  # lower is better, higher is better
_NAMES = ("degraded", "gmsd", "gmsd+mae", "ms_ssim")
_OBJECTIVES = np.array([0, 1, 2, 1])
_OWN = np.array([[False, True, True, False], [False, False, False, True]])


def _values(gmsd: list[list[float]], ms_ssim: list[list[float]]) -> MeasureValues:
    value = np.array([gmsd, ms_ssim], dtype=float)
    scenes = tuple(f"s{number}" for number in range(value.shape[1]))
    known = np.ones(value.shape, dtype=np.bool_)
    return MeasureValues(_MEASURES, scenes, _NAMES, value, known, np.array([False, True]), _OWN)


def test_a_network_that_is_best_leads_and_one_that_is_not_misses_by_as_much_as_the_best_is_better() -> None:
    values = _values([[9, 0.1, 0.2, 0.5], [9, 0.3, 0.2, 0.5]], [[0, 0.95, 0.9, 0.7], [0, 0.85, 0.9, 0.9]])
    first, second = diagonal(values, rank_matrix(values, _OBJECTIVES)).entries
    assert (first.condition, first.measure, first.rank, first.met, first.rival) == ("gmsd", "gmsd", 1, True, "gmsd+mae")
    assert (first.value, first.best, first.lead) == (pytest.approx(0.2), "gmsd", 0)  # 0.1 + 0.3 and 0.2 + 0.2 are equal
    assert (second.condition, second.rank, second.met) == ("ms_ssim", 3, False)
    assert second.value == pytest.approx(0.8)
    assert (second.best, second.best_value, second.lead) == ("gmsd", pytest.approx(0.9), pytest.approx(-0.1))
    assert second.lead_share == pytest.approx(-1)  # nobody is worse
    assert (first.scenes, first.scenes_first, second.scenes_first) == (2, 1, 1)


def test_a_sum_of_measures_has_no_place_on_the_diagonal_and_is_named() -> None:
    values = _values([[9, 0.5, 0.1, 0.6]], [[0, 0.5, 0.6, 0.9]])
    found = diagonal(values, rank_matrix(values, _OBJECTIVES))
    assert found.composite == ("gmsd+mae",)
    assert [(one.condition, one.met, one.best) for one in found.entries] == [
        ("gmsd", False, "gmsd+mae"), ("ms_ssim", True, "ms_ssim"),
    ]  # fmt: skip
    assert found.met == 1


def test_the_only_network_of_a_task_is_best_and_leads_nobody() -> None:
    value = np.array([[[0.3], [0.1]]])
    values = MeasureValues(
        ("mae",), ("s1", "s2"), ("mae",), value, np.ones(value.shape, bool), np.array([False]), np.array([[True]])
    )
    (only,) = diagonal(values, rank_matrix(values, np.array([1]))).entries
    assert (only.met, only.best, only.rival, only.lead, only.lead_share) == (True, "mae", None, 0, 0)
    assert (only.value, only.scenes_first) == (pytest.approx(0.2), 2)


def test_a_network_without_its_own_measures_values_is_not_asked() -> None:
    values = _values([[9, 1, 2, 3]], [[0, 1, 2, 0]])
    values.known[1, :, 3] = False
    assert [one.condition for one in diagonal(values, rank_matrix(values, _OBJECTIVES)).entries] == ["gmsd"]


@given(st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=5), st.permutations(range(4)))
def test_the_order_of_scenes_and_conditions_does_not_matter(rows: list[list[float]], order: list[int]) -> None:
    values = _values(rows, rows)
    turned = values.within(values.scenes[::-1], [_NAMES[place] for place in order])
    here = diagonal(values, rank_matrix(values, _OBJECTIVES))
    there = diagonal(turned, rank_matrix(turned, _OBJECTIVES[order]))
    of = {one.condition: one for one in there.entries}
    for one in here.entries:
        assert (one.rank, one.scenes_first) == (of[one.condition].rank, of[one.condition].scenes_first)
        assert one.lead == pytest.approx(of[one.condition].lead, abs=1e-9)
        assert (one.lead < 0) == (not one.met)

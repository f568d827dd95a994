"""How long each place of a picture was in view."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.viewed import Views, time_in_view


def _views(*rows: tuple[float, float, float, float, float]) -> Views:
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return Views(table[:, :4], table[:, 4])


def test_a_cell_counts_the_seconds_of_the_views_that_hold_it() -> None:
    heat = time_in_view(_views((0, 0, 40, 20, 3.0), (20, 0, 80, 60, 2.0)), 80, 60, longest=4)
    assert heat.tolist() == [[3, 5, 2, 2], [0, 2, 2, 2], [0, 2, 2, 2]]


def test_a_part_of_a_cell_is_a_part_of_the_time() -> None:
    assert time_in_view(_views((5, 5, 10, 10, 4.0)), 20, 20, longest=2).tolist() == [[1, 0], [0, 0]]


def test_nothing_in_view_is_no_time() -> None:
    assert not time_in_view(_views(), 30, 20).any()


@given(
    st.lists(st.tuples(*[st.floats(0, 50)] * 2, st.floats(50, 100), st.floats(50, 64), st.floats(0, 60)), max_size=8),
    st.integers(1, 40),
)
def test_area_times_seconds_is_kept_whatever_the_grid(
    rows: list[tuple[float, float, float, float, float]], longest: int
) -> None:
    heat = time_in_view(_views(*rows), 100, 64, longest=longest)
    cell = 100 / heat.shape[1] * 64 / heat.shape[0]
    wanted = sum((right - left) * (bottom - top) * seconds for left, top, right, bottom, seconds in rows)
    assert heat.sum() * cell == pytest.approx(wanted, abs=1e-6)

"""Faint shapes: as many are drawn as are expected, and miscounting them is judged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sessions.viewing_brightness import draw, expected, fields, grade
from app.simulation.eyes import count_shapes


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**62), st.integers(1, 3))
def test_what_is_drawn_is_what_is_expected(seed: int, attempt: int) -> None:
    counted = [count for field in fields(seed, attempt) for count in count_shapes(draw(field))]
    assert counted == list(expected(seed, attempt).values())


def test_shapes_are_faint_and_never_lost_in_the_ground() -> None:
    dark, bright = (draw(field) for field in fields(4, 1))
    assert (int(dark.min()), int(bright.max())) == (0, 255)
    assert 14 <= int(dark.max()) <= 22
    assert 243 <= int(bright.min()) <= 249


def test_every_attempt_shows_other_shapes_and_the_same_one_the_same() -> None:
    first, second, again = (draw(fields(4, attempt)[0]) for attempt in (1, 2, 1))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("out", "passed"), [((0, 0, 0, 0), True), ((1, 0, 0, -1), True), ((1, 1, 0, 0), False), ((0, 0, 0, 5), False)]
)
def test_one_miscounted_shape_in_a_field_is_a_slip_and_two_are_not(out: tuple[int, ...], passed: bool) -> None:
    right = expected(9, 1)
    said = {name: count + slip for (name, count), slip in zip(right.items(), out, strict=True)}
    assert grade(right, said)[0] is passed

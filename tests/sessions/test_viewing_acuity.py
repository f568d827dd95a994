"""Landolt rings: their proportions, on whole pixels, and what reading so many lines says."""

from math import log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sessions.viewing_acuity import DIRECTIONS, RINGS, directions, draw, grade, is_read, lines
from app.simulation.eyes import read_ring

OFFICE = 39.58  # device pixels per degree: 96 dpi at 60 cm


@pytest.mark.parametrize("gap", [1, 2, 3, 5, 8, 40])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_ring_is_five_gaps_wide_and_open_on_one_side_alone(gap: int, direction: str) -> None:
    field = draw(gap, direction, 40)
    assert set(np.unique(field)) == {0, 255}
    ink = field == 0
    start, rest = (len(ink) - 5 * gap) // 2, ink.copy()
    ring = ink[start : start + 5 * gap, start : start + 5 * gap]
    rest[start : start + 5 * gap, start : start + 5 * gap] = False
    assert not rest.any()
    middle = ring[2 * gap : 3 * gap]  # as wide as the gap, through the middle
    sides = {"left": middle[:, :gap], "right": middle[:, -gap:]}
    across = ring[:, 2 * gap : 3 * gap]
    sides |= {"up": across[:gap], "down": across[-gap:]}
    assert {side for side, part in sides.items() if not part.any()} == {direction}
    assert all(part[len(part) // 2].any() for side, part in sides.items() if side != direction)
    assert read_ring(field) == direction


@given(st.floats(5, 500))
def test_lines_grow_smaller_in_whole_pixels_and_are_called_what_they_are(px_per_degree: float) -> None:
    found = lines(px_per_degree)
    gaps = [line.gap for line in found]
    assert gaps == sorted(set(gaps), reverse=True)
    assert gaps[-1] >= 1
    for line in found:
        assert line.logmar == pytest.approx(log10(line.gap / (px_per_degree / 60)), abs=0.006)


def test_an_office_screen_can_show_no_more_than_its_pixels() -> None:
    smallest = lines(OFFICE)[-1]
    assert (smallest.gap, smallest.logmar) == (1, 0.18)
    passed, result = grade(lines(OFFICE), len(lines(OFFICE)))
    assert passed
    assert result["limited"]
    assert result["smallest_gap_px"] == 1


def test_reading_too_little_is_not_passed_and_tells_how_much_was_read() -> None:
    shown = lines(120)
    passed, result = grade(shown, 1)
    assert not passed
    assert (result["logmar"], result["limited"]) == (0.6, False)
    assert grade(shown, 0) == (
        False,
        {"gap_px": None, "logmar": None, "smallest_gap_px": 2, "smallest_logmar": 0.0, "limited": False},
    )
    assert grade(shown, 4)[0]  # 0.2, the line that stands for 20/30


def test_without_a_distance_the_result_speaks_of_pixels() -> None:
    shown = lines(None)
    passed, result = grade(shown, 4)
    assert passed
    assert (result["gap_px"], result["logmar"], result["smallest_logmar"]) == (2, None, None)
    assert not grade(shown, 3)[0]


def test_four_rings_of_five_are_enough() -> None:
    right = directions(3, 1)
    assert len(right) == RINGS
    assert is_read(right, right)
    assert is_read(right, ["none", *right[1:]])
    assert not is_read(right, ["none", "none", *right[2:]])


def test_gaps_point_everywhere_and_differ_between_sessions() -> None:
    drawn = [directions(seed, line) for seed in range(20) for line in range(1, 7)]
    assert len(set(drawn)) > 100
    shares = [sum(line.count(way) for line in drawn) / (RINGS * len(drawn)) for way in DIRECTIONS]
    assert min(shares) > 0.2

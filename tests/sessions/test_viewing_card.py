"""A card and a blind spot: from device pixels to millimetres and degrees."""

from math import isclose, radians, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sessions.viewing_card import CARD_MM, How, by_blind_spot, geometry, px_per_mm

CARD_AT_96_DPI = 96 / 25.4 * CARD_MM


def test_a_card_tells_the_size_of_a_pixel() -> None:
    assert px_per_mm(CARD_AT_96_DPI) == pytest.approx(3.7795, abs=1e-4)


@pytest.mark.parametrize("pixels", [None, 1, 100, 4000, 100_000])
def test_a_card_that_no_screen_shows_tells_nothing(pixels: float | None) -> None:
    assert px_per_mm(pixels) is None


@given(distance=st.floats(200, 2000), scale=st.floats(1.5, 40), tries=st.integers(3, 9))
def test_the_blind_spot_gives_back_the_distance_at_which_it_lies(distance: float, scale: float, tries: int) -> None:
    spot = distance * tan(radians(13.5)) * scale
    found = by_blind_spot([spot] * tries, scale)
    assert found is None or isclose(found, distance)
    assert found is not None or not 200.001 < distance < 1999.999


def test_one_slip_in_five_does_not_move_the_distance() -> None:
    spot = 570 * tan(radians(13.5)) * 4
    assert by_blind_spot([spot, spot * 1.02, spot * 0.99, spot * 3, spot], 4) == pytest.approx(570)


@pytest.mark.parametrize("spots", [[], [500, 500], [100, 400, 900, 1500, 200], [0, 500, 500], [10, 10, 10]])
def test_presses_that_disagree_or_lead_nowhere_give_no_distance(spots: list[float]) -> None:
    assert by_blind_spot(spots, 4) is None


def test_a_ruler_goes_before_the_blind_spot() -> None:
    found = geometry(CARD_AT_96_DPI, [300, 300, 300], 60)
    assert (found.distance_mm, found.how) == (600, How.RULER)
    assert found.px_per_degree == pytest.approx(39.58, abs=0.01)


def test_a_distance_at_which_nobody_sits_is_not_believed() -> None:
    found = geometry(CARD_AT_96_DPI, [], 900)
    assert (found.known, found.how, found.result()["px_per_degree"]) == (False, How.UNKNOWN, None)


def test_without_a_card_a_distance_says_nothing_about_pixels() -> None:
    found = geometry(None, [500, 500, 500], 60)
    assert not found.known
    assert found.result() == {"px_per_mm": None, "distance_mm": 600, "px_per_degree": None, "how": "ruler"}

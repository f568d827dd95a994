"""Colour plates: seen by eyes with three kinds of cones, and not by eyes that lack the one that a plate is for."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.sessions.viewing_colour import KINDS, Plate, colours, draw, grade, picture, plates
from app.sessions.viewing_glyphs import DIGITS
from app.simulation.eyes import contrast, read_plate

# Linear sRGB as dichromats see it: Viénot 1999 for protanopes and deuteranopes, Brettel 1997 for tritanopes, who see
# one half of all colours by the one matrix and the other half by the other.
SEEN = {
    "protan": [[[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]],
    "deutan": [[[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]],
    "tritan": [
        [[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.80500, 0.11911]],
        [[0.93678, 0.18979, -0.12657], [0.06154, 0.81526, 0.12320], [-0.37562, 1.12767, 0.24796]],
    ],
}
EITHER = np.array([0.03901, -0.02788, -0.01113])  # normal of the plane between the two halves
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def linear(plate: NDArray[np.uint8]) -> NDArray[np.float64]:
    """IEC 61966-2-1."""
    light = plate / 255
    return np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)


def as_seen(light: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Linear light as somebody without that kind of cones sees it."""
    halves = [light @ np.array(matrix).T for matrix in SEEN[kind]]
    return np.clip(np.where((light @ EITHER >= 0)[..., None], halves[0], halves[-1]), 0, 1)


def encoded(light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The inverse of ``linear``."""
    curved = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(255 * np.clip(curved, 0, 1)).astype(np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_colours_of_a_plate_are_one_to_the_eyes_it_is_for(kind: str) -> None:
    pair = np.array(colours(kind))
    assert pair.min() >= 0
    assert pair.max() <= 1
    figure, ground = as_seen(pair, kind)
    assert np.abs(figure - ground).max() < 0.004  # of full light
    shares = pair / pair.sum(axis=1, keepdims=True)
    assert np.abs(shares[0] - shares[1]).sum() > 0.4  # and plainly two to the others


@pytest.mark.parametrize("kind", KINDS)
def test_a_digit_is_read_by_most_eyes_and_vanishes_for_those_it_is_for(kind: str) -> None:
    read, blind, shown = 0, 0, DIGITS[1::2]
    for digit in shown:
        plate = draw(Plate(kind, digit), np.random.default_rng(digit))
        seen = encoded(as_seen(linear(plate), kind))
        read += read_plate(plate) == digit
        blind += read_plate(seen) == digit
        assert contrast(seen, digit) < contrast(plate, digit) / 10
    assert read == len(shown)
    assert blind <= 2  # of four; chance would be half a plate


def test_lightness_does_not_give_the_digit_away() -> None:
    plate = draw(Plate("deutan", 8), np.random.default_rng(1))
    grey = np.repeat(encoded(as_seen(linear(plate), "deutan") @ LUMINANCE)[..., None], 3, axis=2)
    assert len(np.unique(grey)) > 30  # every dot has a lightness of its own
    assert contrast(grey, 8) < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_reads_the_control(kind: str) -> None:
    for digit in DIGITS[::3]:
        plate = draw(Plate("control", digit), np.random.default_rng(digit))
        assert read_plate(encoded(as_seen(linear(plate), kind))) == digit


def test_a_session_sees_the_control_and_two_plates_of_each_kind() -> None:
    shown = plates(5, 1)
    assert shown[0].kind == "control"
    assert sorted(plate.kind for plate in shown[1:]) == sorted(KINDS * 2)
    assert shown != plates(5, 2)
    assert shown == plates(5, 1)
    assert np.array_equal(picture(5, 1, 3), picture(5, 1, 3))
    assert len({tuple(plate.digit for plate in plates(seed, 1)) for seed in range(50)}) > 45


@pytest.mark.parametrize(
    ("wrong", "passed"), [((), True), ((3,), True), ((2, 5), False), ((0,), False), (tuple(range(7)), False)]
)
def test_one_misread_digit_is_a_slip_unless_it_is_the_control(wrong: tuple[int, ...], passed: bool) -> None:
    shown = plates(8, 1)
    said = [None if number in wrong else plate.digit for number, plate in enumerate(shown)]
    verdict, result = grade(shown, said)
    assert verdict is passed
    assert result == {"control": 0 not in wrong, "right": 6 - len([one for one in wrong if one]), "of": 6}

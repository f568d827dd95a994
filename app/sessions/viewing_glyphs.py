"""Digits as thick strokes, drawn for the colour plates alone."""

from itertools import pairwise
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

DIGITS = (2, 3, 4, 5, 6, 7, 8, 9)  # 0 and 1 are read into many patterns
_THICK = 0.17  # half the width of a stroke, where a digit is 2 high
_Points = tuple[tuple[float, float], ...]


def inside(digit: int, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the points lie on the digit; it stands upright around the origin, from y = -1 (its top) to 1."""
    near = np.full(np.shape(x), np.inf)
    for stroke in _strokes(digit):
        for start, end in pairwise(stroke):
            near = np.minimum(near, _distance(x, y, start, end))
    found: NDArray[np.bool_] = near <= _THICK
    return found


def _strokes(digit: int) -> tuple[_Points, ...]:
    """The digit's strokes, each a chain of points."""
    high, low = (-0.45, 0.36), (0.42, 0.40)  # middle and radius in y of an upper and a lower bowl
    strokes: dict[int, tuple[_Points, ...]] = {
        2: ((*_bowl(*high, 190, 395), (-0.46, 0.82), (0.5, 0.82)),),
        3: (_bowl(*high, 200, 445), _bowl(*low, 275, 520)),
        4: (((0.22, 0.82), (0.22, -0.82), (-0.52, 0.32), (0.55, 0.32)),),
        5: (((0.44, -0.82), (-0.36, -0.82), (-0.42, -0.08), *_bowl(0.34, 0.48, 235, 500)),),
        6: (_bowl(*low, 0, 360), _arc(0.5, 0.42, 0.98, 1.24, 180, 258)),
        7: (((-0.5, -0.82), (0.5, -0.82), (-0.14, 0.82)),),
        8: (_bowl(*high, 0, 360), _bowl(*low, 0, 360)),
        9: (_bowl(-0.42, 0.40, 0, 360), _arc(-0.5, -0.42, 0.98, 1.24, 0, 78)),
    }
    return strokes[digit]


def _bowl(middle: float, radius: float, begin: float, end: float) -> _Points:
    return _arc(0.0, middle, 0.48, radius, begin, end)


def _arc(x: float, y: float, wide: float, high: float, begin: float, end: float) -> _Points:
    """Points of an ellipse, by degrees clockwise from three o'clock."""
    turns = np.linspace(begin, end, 25)
    return tuple((x + wide * cos(radians(turn)), y + high * sin(radians(turn))) for turn in turns)


def _distance(
    x: NDArray[np.float64], y: NDArray[np.float64], start: tuple[float, float], end: tuple[float, float]
) -> NDArray[np.float64]:
    """How far each point is from the line between two others."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = across**2 + down**2
    along = np.clip(((x - start[0]) * across + (y - start[1]) * down) / length, 0, 1) if length else np.zeros_like(x)
    found: NDArray[np.float64] = np.hypot(x - start[0] - along * across, y - start[1] - along * down)
    return found

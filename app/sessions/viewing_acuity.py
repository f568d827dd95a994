"""How small a gap somebody can see: Landolt rings, line by line, each drawn on whole device pixels.

A ring is five times as wide as its gap and its stroke (ISO 8596). A line shows five rings of one size whose gaps point
up, right, down or left; whoever guesses reads a line, four right of five, in 1.6 % of cases. ISO 8596 has eight
directions; slanting gaps cannot be drawn on whole pixels, hence four, and a stricter line. P.910 asks for the 20/30
line of a chart, logMAR 0.18.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np

from app.sessions.viewing_drawing import Pixels, generator

DIRECTIONS = ("up", "right", "down", "left")
RINGS = 5  # of a line
ENOUGH = 4  # right answers with which a line is read
PASS = 0.2  # logMAR: the line of a chart that stands for 20/30
_TARGETS = (0.6, 0.4, 0.3, 0.2, 0.1, 0.0)  # logMAR
_PIXELS = (6, 4, 3, 2, 1)  # the gap, where nobody knows how large a pixel is to the eye
_PASS_PIXELS = 2
_SMALLEST_FIELD = 160  # pixels
_QUIET = 1.5  # ring diameters of white on every side of a ring, at the largest


@dataclass(frozen=True, slots=True)
class Line:
    """Rings of one size."""

    gap: int  # device pixels
    logmar: float | None  # as drawn; None where only pixels are known


def lines(px_per_degree: float | None) -> tuple[Line, ...]:
    """The lines that this screen can show at this distance, the largest first; no gap is under one device pixel."""
    if px_per_degree is None:
        return tuple(Line(gap, None) for gap in _PIXELS)
    minute = px_per_degree / 60
    gaps = dict.fromkeys(max(1, round(minute * 10**target)) for target in _TARGETS)
    return tuple(Line(gap, round(log10(gap / minute), 2)) for gap in gaps)


def directions(seed: int, line: int) -> tuple[str, ...]:
    """Where the gaps of a line point, from a session's seed."""
    return tuple(DIRECTIONS[turn] for turn in generator(seed, "acuity", line).integers(0, 4, RINGS))


def is_read(right: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a line was read."""
    return sum(a == b for a, b in zip(right, said, strict=True)) >= ENOUGH


def grade(shown: Sequence[Line], read: int) -> tuple[bool, dict[str, Any]]:
    """Whether somebody who read so many lines sees well enough, and what is stored of it.

    Where a screen cannot draw the line that would be enough, the smallest that it can draw must do, and ``limited``
    says so.
    """
    smallest, best = shown[-1], shown[read - 1] if read else None
    result = {
        "gap_px": best.gap if best else None,
        "logmar": best.logmar if best else None,
        "smallest_gap_px": smallest.gap,
        "smallest_logmar": smallest.logmar,
        "limited": read == len(shown),  # whoever read all may see better still
    }
    if smallest.logmar is None:
        return best is not None and best.gap <= _PASS_PIXELS, result
    enough = max(PASS, smallest.logmar)
    return best is not None and best.logmar is not None and best.logmar <= enough + 0.05, result


def draw(gap: int, direction: str, widest: int) -> Pixels:
    """A black ring on white, its gap as wide as its stroke, every edge of the gap on an edge of pixels.

    All rings of a session are drawn on fields of one size, which ``widest``, the largest gap, decides.
    """
    across = 5 * gap
    points = np.arange(across) - (across - 1) / 2
    x, y = np.meshgrid(points, points)
    distance = np.hypot(x, y)
    ring = (distance <= 2.5 * gap) & (distance > 1.5 * gap)
    ring &= ~((x > 0) & (np.abs(y) < gap / 2))
    turned = np.rot90(ring, (1 - DIRECTIONS.index(direction)) % 4)
    side = max(_SMALLEST_FIELD, round((1 + 2 * _QUIET) * 5 * widest))
    field = np.full((side, side), 255, np.uint8)
    start = (side - across) // 2
    field[start : start + across, start : start + across][turned] = 0
    return field

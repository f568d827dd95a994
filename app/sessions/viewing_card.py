"""How large a screen's pixels are, and how far away the eye is: a bank card for the one, the blind spot for the other.

A card is 85.60 mm wide (ISO/IEC 7810, ID-1). A dot that moves outwards vanishes in the eye's blind spot at about 13.5
degrees from where that eye looks, so its distance from the point looked at tells how far away the eye is (Li, Joo,
Yeatman and Reinecke 2020, Controlling for participants' viewing distance in large-scale, psychophysical online
experiments using a virtual chinrest, Scientific Reports 10:904).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import radians, tan
from statistics import median
from typing import Any

CARD_MM = 85.60
BLIND_SPOT_DEGREES = 13.5
NEAREST_MM, FARTHEST_MM = 200, 2_000  # an arm bent, and a wall
COARSEST, FINEST = 1.5, 40.0  # device pixels per mm: a large television has 1.5, a telephone 20
SPREAD = 0.25  # of the median: dots that vanish farther apart were not seen to vanish


class How(StrEnum):
    """Where the distance comes from."""

    BLIND_SPOT = "blind spot"
    RULER = "ruler"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Geometry:
    """What a screen's pixels are to the eye in front of it; None where it was not found."""

    px_per_mm: float | None
    distance_mm: float | None
    how: How

    @property
    def px_per_degree(self) -> float | None:
        """Device pixels within one degree in the middle of the screen."""
        if self.px_per_mm is None or self.distance_mm is None:
            return None
        return 2 * tan(radians(0.5)) * self.distance_mm * self.px_per_mm

    @property
    def known(self) -> bool:
        """Whether both were found."""
        return self.px_per_degree is not None

    def result(self) -> dict[str, Any]:
        """What is stored of it."""
        return {
            "px_per_mm": _rounded(self.px_per_mm, 3),
            "distance_mm": _rounded(self.distance_mm, 0),
            "px_per_degree": _rounded(self.px_per_degree, 2),
            "how": self.how.value,
        }


def px_per_mm(card_pixels: float | None) -> float | None:
    """Device pixels per mm, where a card was so many of them wide; None where no screen is like that."""
    found = None if card_pixels is None else card_pixels / CARD_MM
    return found if found is not None and COARSEST <= found <= FINEST else None


def by_blind_spot(spots: Sequence[float], scale: float) -> float | None:
    """The distance in mm, from how many device pixels lay between point and dot when it vanished, time after time.

    The median of the tries; None where they disagree, or lead to where nobody sits.
    """
    if len(spots) < 3 or min(spots) <= 0:
        return None
    middle = median(spots)
    if median(abs(spot - middle) for spot in spots) > SPREAD * middle:
        return None
    return _plausible(middle / scale / tan(radians(BLIND_SPOT_DEGREES)))


def geometry(card_pixels: float | None, spots: Sequence[float], distance_cm: float | None) -> Geometry:
    """What was found; a distance measured with a ruler goes before one that was estimated."""
    scale = px_per_mm(card_pixels)
    measured = _plausible(None if distance_cm is None else 10 * distance_cm)
    if measured is not None:
        return Geometry(scale, measured, How.RULER)
    estimated = by_blind_spot(spots, scale) if scale is not None else None
    return Geometry(scale, estimated, How.UNKNOWN if estimated is None else How.BLIND_SPOT)


def _plausible(mm: float | None) -> float | None:
    return mm if mm is not None and NEAREST_MM <= mm <= FARTHEST_MM else None


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)

"""The colours of the figures, safe for the colour-blind: families of measures, which have a shape too, and shares."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from app.analysis.arrays import FloatArray
from app.catalog import MEASURES, Family
from app.results.sheet import INKS, Scheme

_SHAPES = {
    Family.ERROR_VISIBILITY: "o",
    Family.STRUCTURAL_SIMILARITY: "s",
    Family.INFORMATION: "D",
    Family.LEARNED: "^",
}
# Okabe and Ito's colours, one per family of measures.
_COLOURS: dict[Scheme, dict[Family, str]] = {
    "light": dict(zip(_SHAPES, ("#D55E00", "#0072B2", "#009E73", "#CC79A7"), strict=True)),
    "dark": dict(zip(_SHAPES, ("#E69F00", "#56B4E9", "#009E73", "#CC79A7"), strict=True)),
}
ALARMS: dict[Scheme, str] = {"light": "#D55E00", "dark": "#E69F00"}  # what is flagged, beside a shape of its own

# From a share of 0 to one of 1: orange, neutral, blue. Their lightness goes one way, so that more is told from
# less in grey, too.
_SHARES: dict[Scheme, tuple[str, ...]] = {
    "light": ("#ffe6c9", "#f3d3b0", "#cfd3d9", "#86a9d2", "#154f8f"),
    "dark": ("#3d2a19", "#4a3a2d", "#4e5157", "#5f8dc0", "#b5d8fb"),
}
_INK_ON = ("#000000", "#ffffff")  # of these one can be read on any fill


def share_colours(share: float, scheme: Scheme) -> tuple[str, str]:
    """The fill of a cell that shows a share from 0 to 1, and the ink that can be read on it."""
    stops = [to_rgb(stop) for stop in _SHARES[scheme]]
    place = share * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    red, green, blue = (
        low + (high - low) * (place - first) for low, high in zip(stops[first], stops[first + 1], strict=True)
    )
    fill = (red, green, blue)
    return to_hex(fill), max(_INK_ON, key=lambda ink: contrast(to_rgb(ink), fill))


def heat_colours(shares: FloatArray) -> FloatArray:
    """Red, green, blue and opacity for shares from 0, which cannot be seen, to 1; for lying over a grey picture."""
    weak, strong = (np.array(to_rgb(colour)) for colour in _HEAT)
    share = np.clip(shares, 0, 1)[..., None]
    return np.concatenate([weak + (strong - weak) * share, 0.8 * np.sqrt(share)], axis=-1)


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """The contrast of two colours as the Web Content Accessibility Guidelines count it, from 1 to 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: Sequence[float]) -> float:
    """The relative luminance of an sRGB colour, from 0 to 1 (IEC 61966-2-1)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_HEAT = ("#F0E442", "#D55E00")  # Okabe and Ito's yellow and vermilion


def family_of(condition: str) -> Family | None:
    """The family of the measure that the condition is named after, if it is named after one."""
    return MEASURES[condition].family if condition in MEASURES else None


def mark_of(condition: str, scheme: Scheme) -> tuple[str, str]:
    """The colour and the shape of the condition's mark."""
    family = family_of(condition)
    return (_COLOURS[scheme][family], _SHAPES[family]) if family else (INKS[scheme].quiet, "o")

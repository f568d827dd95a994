"""The colours of the figures that tell families of measures apart, safe for the colour-blind; a shape tells it too."""

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


def family_of(condition: str) -> Family | None:
    """The family of the measure that the condition is named after, if it is named after one."""
    return MEASURES[condition].family if condition in MEASURES else None


def mark_of(condition: str, scheme: Scheme) -> tuple[str, str]:
    """The colour and the shape of the condition's mark."""
    family = family_of(condition)
    return (_COLOURS[scheme][family], _SHAPES[family]) if family else (INKS[scheme].quiet, "o")

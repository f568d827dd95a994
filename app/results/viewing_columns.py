"""What was found of a session's viewing conditions, as flat columns of a table."""

from collections.abc import Iterable
from typing import Any

from app.db.models import Check, Screening

COLUMNS = (
    "px_per_mm", "distance_mm", "px_per_degree", "distance_by", "brightness", "acuity", "acuity_logmar",
    "acuity_gap_px", "colour_vision",
)  # fmt: skip


def columns(screenings: Iterable[Screening]) -> dict[str, Any]:
    """A session's columns, from its screenings in their order; None where nothing was looked at."""
    latest = {screening.kind: screening for screening in screenings}
    found: dict[str, Any] = dict.fromkeys(COLUMNS)
    if card := latest.get(Check.CARD):
        names = {"px_per_mm": "px_per_mm", "distance_mm": "distance_mm", "px_per_degree": "px_per_degree"}
        found |= {name: card.result.get(key) for name, key in (names | {"distance_by": "how"}).items()}
    if acuity := latest.get(Check.ACUITY):
        found |= {"acuity_logmar": acuity.result.get("logmar"), "acuity_gap_px": acuity.result.get("gap_px")}
    for name, check in (("brightness", Check.BRIGHTNESS), ("acuity", Check.ACUITY), ("colour_vision", Check.COLOUR)):
        if look := latest.get(check):
            found[name] = "passed" if look.passed else "not done" if look.result.get("skipped") else "failed"
    return found

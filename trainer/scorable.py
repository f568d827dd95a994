"""Which measures can be told of some pictures here, and why others cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.catalog import MEASURES as CATALOGUE
from app.catalog import Measure, measure
from app.errors import BadInput
from trainer.measures.channels import Form
from trainer.measures.readiness import why_not

ALL = "all"


class NoSuchForm(BadInput):
    """A measure that looks at colours has no form on the luma alone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} looks at colours and has no form 'y'", "leave it out, or ask for the form 'rgb'")


@dataclass(frozen=True, slots=True)
class Scorable:
    """The measures that will be told, and of those left out, why."""

    measures: tuple[str, ...]
    left_out: Mapping[str, str]


def scorable(asked: str, form: Form, side: int) -> Scorable:
    """What ``asked`` stands for on pictures whose smallest side is ``side``: ``all``, or ids separated by commas.

    ``all`` leaves out what cannot be told here; a measure that is named is told or refused.

    Raises
    ------
    UnknownMeasure, NoSuchForm
        One that is named does not exist, or not in this form.
    """
    if asked != ALL:
        named = tuple(dict.fromkeys(measure(part.strip()).id for part in asked.split(",")))
        for name in named:
            if form == "y" and CATALOGUE[name].colour:
                raise NoSuchForm(name)
        return Scorable(named, {})
    reasons = {known.id: _why_not(known, form, side) for known in CATALOGUE.values()}
    return Scorable(
        tuple(name for name, why in reasons.items() if not why), {name: why for name, why in reasons.items() if why}
    )


def _why_not(known: Measure, form: Form, side: int) -> str:
    if form == "y" and known.colour:
        return "it looks at colours and has no form 'y'"
    if side < known.smallest_side:
        return f"both sides must be at least {known.smallest_side} px"
    return why_not(known.id)

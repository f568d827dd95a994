"""What somebody who types an objective is told at once: what it means, or what was probably meant."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from app.catalog import MEASURES
from app.errors import AppError
from app.jobs import objective
from app.jobs.objective import Objective

_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one line was read: as an objective, or with a problem and, if it can be guessed, the text that was meant."""

    text: str
    objective: Objective | None
    problem: str = ""
    meant: str = ""


def reading(text: str) -> Reading:
    """The line as an objective, or why it is none."""
    try:
        return Reading(text, objective.parse(text))
    except AppError as error:
        guess = meant(text)
        return Reading(text, None, f"{error.detail.rstrip('.')}." if guess else error.message, guess or "")


def readings(texts: str) -> list[Reading]:
    """Of every line that holds something."""
    return [reading(line.strip()) for line in texts.splitlines() if line.strip()]


def meant(text: str) -> str | None:
    """An objective that differs from ``text`` by the spelling of names and the signs of terms; None without one.

    Names that are nearly those of the catalogue come first, then each measure that would be made worse is turned round.
    """
    known = _NAME.sub(lambda name: _nearest(name.group()), text)
    try:
        return objective.parse(objective.turned(objective.summed(known))).text
    except AppError:
        return None


def _nearest(name: str) -> str:
    if name in MEASURES:
        return name
    return next(iter(get_close_matches(name.lower(), MEASURES, n=1)), name)

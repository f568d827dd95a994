"""How values are written for people: the filters of every template."""

import re
from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup, escape

from app import clock

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def duration(seconds: float) -> str:
    """``3 d``, ``2 h 5 min``, ``40 s``: the largest unit, and the next where it still matters."""
    left = max(0, round(seconds))
    for index, (size, unit) in enumerate(_UNITS):
        if left < size:
            continue
        whole, rest = divmod(left, size)
        if index + 1 < len(_UNITS) and whole < 10 and (smaller := rest // _UNITS[index + 1][0]):
            return f"{whole} {unit} {smaller} {_UNITS[index + 1][1]}"
        return f"{whole} {unit}"
    return f"{left} s"


def age(moment: datetime | None) -> str:
    """How long ago: ``just now``, ``4 min ago``."""
    return "never" if moment is None else clock.age(moment)


def moment(value: datetime | None) -> str:
    """A moment in full: ``20 Nov 2026, 18:22 UTC``."""
    return "–" if value is None else f"{value:%-d %b %Y, %H:%M} UTC"


def day(value: datetime) -> str:
    """The date of a moment, which no table breaks in two."""
    return f"{value:%-d %b %Y}".replace(" ", "\u00a0")


def amount(value: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def share(part: float, whole: float) -> str:
    """``62 %``; never 100 % while something is missing."""
    if whole <= 0:
        return "0 %"
    return f"{min(99, round(100 * part / whole)) if part < whole else 100} %"


def decimals(value: float, places: int = 2) -> str:
    """A number with a real minus sign, never before a zero, and a fixed number of decimals."""
    return f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def p_value(value: float) -> str:
    """Three decimals, and never ``0.000``."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 subject``, ``12 subjects``."""
    return f"{amount(number)} {one if number == 1 else many or one + 's'}"


def together(text: str) -> str:
    """The same, with no number parted from the word after it where a line ends: ``4 scenes of 256 px``."""
    return re.sub(r"(?<=\d) (?=[A-Za-z%])", "\u00a0", text)


_KINDS = {
    "train": ("training", "trainings"), "render": ("rendering", "renderings"), "score": ("score", "scores"),
    "recover": ("recovery", "recoveries"),
}  # fmt: skip


def of_kinds(counted: Mapping[str, int]) -> str:
    """How many jobs there are of each kind: ``3 trainings, 1 score``; empty without any."""
    return ", ".join(count(counted[kind], *words) for kind, words in _KINDS.items() if counted.get(kind))


def size(number: int) -> str:
    """Bytes in the largest unit that leaves a whole number before the point: ``1.3 GB``."""
    value, units = float(number), ("bytes", "kB", "MB", "GB", "TB")
    for unit in units:
        if value < 1000 or unit == units[-1]:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError(number)


def coded(text: str) -> Markup:
    """A sentence in which what stands between backticks, a command mostly, is set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one without its partner
        return escape(text)
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))


FILTERS = {
    "age": age,
    "amount": amount,
    "coded": coded,
    "count": count,
    "day": day,
    "decimals": decimals,
    "duration": duration,
    "moment": moment,
    "of_kinds": of_kinds,
    "p_value": p_value,
    "share": share,
    "size": size,
    "together": together,
}

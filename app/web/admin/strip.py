"""A session's trials as one small drawing, a cell for each."""

from dataclasses import dataclass

from app.db.models import TrialKind
from app.sessions.strips import Mark

_PER_LINE, _PITCH, _SIDE = 50, 7, 5  # cells of a strip, and their size in units of its viewBox


@dataclass(frozen=True, slots=True)
class Strip:
    """A session's trials as one drawing: one path per kind of cell."""

    width: int
    height: int
    paths: dict[str, str]  # class of the cells, and their path data


def strip(marks: tuple[Mark, ...], planned: int) -> Strip:
    """The drawing of a session.

    Hollow cells are to come, filled ones answered; rings are catch trials, crosses those that failed; a diamond is a
    repeat, a dash a dummy.
    """
    kinds = ["hollow"] * planned
    for at, mark in enumerate(marks):  # positions count through practice and what went to others, strips do not
        if at < planned and mark.answered:
            kinds[at] = "failed" if mark.correct is False else _DRAWN.get(mark.kind, "answered")
    paths = dict.fromkeys(_CELLS, "")
    for number, kind in enumerate(kinds):
        x, y = number % _PER_LINE * _PITCH + 1, number // _PER_LINE * _PITCH + 1
        paths[kind] += _CELLS[kind].format(x=x, y=y, right=x + _SIDE, middle=y + _SIDE / 2)
    lines = (planned + _PER_LINE - 1) // _PER_LINE
    return Strip(min(planned, _PER_LINE) * _PITCH + 2, lines * _PITCH + 2, {k: d for k, d in paths.items() if d})


_DRAWN = {TrialKind.CATCH: "catch", TrialKind.REPEAT: "repeat", TrialKind.DUMMY: "dummy"}
_CELLS = {
    "hollow": "M{x} {y}h5v5h-5z",
    "answered": "M{x} {y}h5v5h-5z",
    "catch": "M{x} {middle}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z",
    "failed": "M{x} {y}l5 5M{right} {y}l-5 5",
    "repeat": "M{x} {middle}l2.5 -2.5l2.5 2.5l-2.5 2.5z",
    "dummy": "M{x} {middle}h5",
}

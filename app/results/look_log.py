"""The looks that a session's log tells: which part of the pictures was in view in which trial, and for how long."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST = 60.0  # seconds that one look counts at most: whoever leaves the room does not go on looking
_AWAY = {"hidden": "visible", "paused": "resumed"}  # what begins a time without looking, and what ends it


@dataclass(frozen=True, slots=True)
class Look:
    """The middle of every pane, in picture pixels, and how many picture pixels a pane showed.

    ``first`` looks are those that the page begins a trial with; all others the subject chose.
    """

    trial: int
    cx: float
    cy: float
    width: float
    height: float
    seconds: float
    first: bool


def looks(events: Iterable[Mapping[str, Any]]) -> Iterator[Look]:
    """The looks that were followed by something else in the same trial; how long the others lasted nobody knows.

    ``events`` are those of a session in the order in which they came. A page that was loaded anew begins its clock
    anew, and batches can be lost.
    """
    walk = _Walk()
    for event in events:
        yield from walk.past(event)


class _Walk:
    """Where the walk through the events stands."""

    def __init__(self) -> None:
        self._pane: tuple[float, float] | None = None
        self._view: Mapping[str, Any] | None = None
        self._first = True  # whether ``view`` is the one that its trial began with
        self._since = self._seen = 0.0  # ms on the page's clock
        self._away: set[str] = set()

    def past(self, event: Mapping[str, Any]) -> Iterator[Look]:
        """The look that this event ends, if it ends one whose length can be told."""
        kind, at = event["kind"], event["t"]
        if at < self._seen:  # another page
            self._view, self._pane, self._away = None, None, set()
        self._seen = at
        view = self._view
        if view is not None and event.get("trial", view["trial"]) == view["trial"] and not self._away:
            yield from self._ended(view, at)
        self._since = at
        if kind == "view":
            begins = view is None or view["trial"] != event["trial"]
            self._first = begins and event["scale"] <= 1  # pages begin at 1 : 1
            self._view = event
        elif kind == "answered" or (view is not None and event.get("trial", view["trial"]) != view["trial"]):
            self._view = None
        elif kind == "panes":
            self._pane = event["width"], event["height"]
        elif kind in _AWAY:
            self._away.add(_AWAY[kind])
        else:
            self._away.discard(kind)

    def _ended(self, view: Mapping[str, Any], at: float) -> Iterator[Look]:
        seconds = min((at - self._since) / 1000, _LONGEST)
        if self._pane is not None and seconds > 0 and not view["overview"]:
            wide, high = (side / view["scale"] for side in self._pane)
            yield Look(view["trial"], view["cx"], view["cy"], wide, high, seconds, self._first)

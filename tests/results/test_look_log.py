"""From a session's trace to the looks whose length is known."""

from typing import Any

import pytest

from app.results.look_log import Look, looks
from app.simulation.screens import batch

PANES = {"kind": "panes", "t": 0.0, "width": 640, "height": 480, "ratio": 1.0}


def view(at: float, trial: int = 0, scale: float = 2, **values: Any) -> dict[str, Any]:
    place = {"cx": 300.0, "cy": 200.0, "overview": False, "in_place": None}
    return {"kind": "view", "t": at, "trial": trial, "scale": scale, **place, **values}


def plain(kind: str, at: float, **values: Any) -> dict[str, Any]:
    return {"kind": kind, "t": at, **values}


def seconds(*events: dict[str, Any]) -> list[float]:
    return [round(look.seconds, 3) for look in looks([PANES, *events])]


def test_a_look_lasts_until_the_next_one_and_shows_what_a_pane_holds() -> None:
    first, second = looks([PANES, view(10, scale=1), view(1010), plain("answered", 3010, trial=0, elapsed_ms=3000)])
    assert first == Look(0, 300, 200, 640, 480, 1.0, first=True)
    assert second == Look(0, 300, 200, 320, 240, 2.0, first=False)


def test_a_trial_that_begins_with_a_zoom_was_zoomed_before_the_first_look_was_noted() -> None:
    (look,) = looks([PANES, view(10), plain("answered", 20, trial=0, elapsed_ms=10)])
    assert not look.first


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([view(0), plain("answered", 2000, trial=0, elapsed_ms=1)], [2.0]),
        ([view(0), plain("hidden", 500), plain("visible", 9000), plain("answered", 9500, trial=0)], [0.5, 0.5]),
        ([view(0), plain("paused", 500), plain("resumed", 9000), plain("answered", 9250, trial=0)], [0.5, 0.25]),
        ([view(0), plain("blur", 500), plain("focus", 800), plain("answered", 1000, trial=0)], [0.5, 0.3, 0.2]),
        ([view(0), plain("answered", 600_000, trial=0)], [60.0]),  # whoever leaves the room does not look on
        ([view(0), view(2000, trial=1), plain("answered", 2500, trial=1)], [0.5]),  # a batch was lost between
        ([view(0), plain("shown", 2000, trial=1), view(2001, trial=1)], []),
        ([view(5000), plain("shown", 10, trial=0), view(20), plain("answered", 30, trial=0)], []),  # loaded anew
        ([view(0, overview=True), plain("answered", 2000, trial=0)], []),
        ([view(0)], []),
    ],
)
def test_only_time_that_is_known_and_spent_looking_counts(events: list[dict[str, Any]], told: list[float]) -> None:
    assert seconds(*events) == told


def test_without_the_size_of_the_panes_nothing_is_known() -> None:
    assert list(looks([view(0), plain("answered", 100, trial=0)])) == []


def test_a_simulated_subject_s_trace_has_a_look_at_the_middle_and_one_nearer() -> None:
    sent = batch({"position": 3, "width": 100, "height": 80}, 1500)
    first, second = looks(sent["events"])
    assert (first.first, second.first) == (True, False)
    assert first.seconds + second.seconds == pytest.approx(1.5)
    assert (second.trial, second.cx, second.width) == (3, 50, 4096)

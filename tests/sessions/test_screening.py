"""The display gate: what passes, what is stored, and that the server decides."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db import Database
from app.db.models import Check, Event, Picture, Screening
from app.sessions import events, progress, screening
from app.sessions.enrol import begin
from app.sessions.events import verify
from app.sessions.links import public_token
from app.sessions.screening import Reading, Room
from app.sessions.sitting import SessionNotFound, Stage
from app.studies.protocol import Protocol
from tests.sessions.planted import PLAIN, SECRET, join, session_id, study

GOOD = Reading(1.25, 700, 600, True, False, 1900, 900, 1920, 1080, 100, "srgb", "standard")
SMALL = replace(GOOD, pane_width=11)  # planted pictures are 12 by 8
BAD = {
    "narrow": SMALL,
    "low": replace(GOOD, pane_height=7),
    "not exact": replace(GOOD, exact=False),
    "a telephone": replace(GOOD, touch_only=True),
}
ADVICE = {
    "zoomed": replace(GOOD, zoom_percent=125),
    "zoom unknown": replace(GOOD, zoom_percent=None),
    "high dynamic range": replace(GOOD, dynamic_range="high"),
    "no gamut": replace(GOOD, gamut=None),
    "barely large enough": replace(GOOD, pane_width=12, pane_height=8),
}


def gated(database: Database, gate: str, **settings: Any) -> str:
    """The token of a session in front of its gate."""
    said = PLAIN | {"display_gate": gate, "trials_per_session": 12, "block_size": 6, "catch_trials": 0} | settings
    protocol = Protocol(**said)
    return join(database, study(database, protocol))


def looks(database: Database, token: str) -> list[Screening]:
    with database.read() as db:
        number = session_id(database, token)
        return list(db.scalars(select(Screening).where(Screening.session_id == number).order_by(Screening.id)))


def stage(database: Database, token: str) -> Stage:
    return progress.view(database, token).stage


@pytest.mark.parametrize("what", BAD)
def test_the_gate_stays_closed_until_the_screen_is_right(database: Database, what: str) -> None:
    token = gated(database, "require")
    screening.look(database, token, BAD[what])
    assert stage(database, token) is Stage.DISPLAY
    with pytest.raises(progress.NotYet):
        progress.start_block(database, token)
    screening.look(database, token, GOOD)
    assert stage(database, token) is Stage.INSTRUCTIONS
    assert [look.passed for look in looks(database, token)] == [False, True]


@pytest.mark.parametrize("what", ADVICE)
def test_what_could_be_better_closes_no_gate(database: Database, what: str) -> None:
    token = gated(database, "require")
    screening.look(database, token, ADVICE[what])
    assert stage(database, token) is Stage.INSTRUCTIONS


def test_where_the_gate_only_advises_any_look_lets_on_and_is_remembered(database: Database) -> None:
    token = gated(database, "advise")
    assert stage(database, token) is Stage.DISPLAY
    screening.look(database, token, SMALL)
    assert stage(database, token) is Stage.INSTRUCTIONS
    assert [(look.kind, look.passed) for look in looks(database, token)] == [(Check.DISPLAY, False)]


def test_a_look_and_its_line_in_the_log_are_stored_once(database: Database) -> None:
    token = gated(database, "require")
    for reading in (SMALL, SMALL, GOOD, GOOD, SMALL):  # what comes after the gate was passed is too late
        screening.look(database, token, reading)
    results = [look.result for look in looks(database, token)]
    assert [result["pane_width"] for result in results] == [11, 700]
    with database.read() as db:
        logged = list(db.scalars(select(Event.payload).where(Event.kind == events.SCREENED).order_by(Event.number)))
    assert [(line["passed"], line["result"]) for line in logged if line] == [(False, results[0]), (True, results[1])]
    assert verify(database, session_id(database, token))


def test_looks_that_do_not_pass_are_stored_so_often_and_the_one_that_passes_always(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "_MOST_LOOKS", 2)
    token = gated(database, "require")
    for width in (11, 10, 9, 8):
        screening.look(database, token, replace(GOOD, pane_width=width))
    assert [look.result["pane_width"] for look in looks(database, token)] == [11, 10]
    screening.look(database, token, GOOD)
    assert stage(database, token) is Stage.INSTRUCTIONS


def test_no_more_room_is_asked_for_than_the_pictures_need(database: Database) -> None:
    token = gated(database, "require", gate_pixels=16)
    assert screening.needed(database, token) == Room(12, 8)
    with database.write() as db:
        db.execute(update(Picture).values(width=4000))
    assert screening.needed(database, token) == Room(16, 8)


def test_nobody_is_looked_at_before_they_have_agreed(database: Database) -> None:
    number = study(database, Protocol(catch_trials=0, **PLAIN | {"display_gate": "require"}))
    token = begin(database, SECRET, public_token(database, SECRET, number))
    with pytest.raises(progress.ConsentNeeded):
        screening.look(database, token, GOOD)
    with pytest.raises(SessionNotFound):
        screening.look(database, "nobody", GOOD)

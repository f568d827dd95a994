"""The viewing conditions of a session, one after the other: what is shown, what is answered, and what comes of it.

What is right is drawn anew from the session's seed whenever it is needed, and leaves the server as pictures only. A
turn is one try; at acuity it is one line. Turns that decide nothing yet stand in the session's log alone, what was
decided is a screening.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.models import Check, Event, Screening
from app.errors import BadInput, NotFound
from app.sessions import events, outcomes, screening, viewing_acuity, viewing_brightness, viewing_card, viewing_colour
from app.sessions.progress import NotYet, require_open
from app.sessions.sitting import Sitting, Stage, held, load
from app.sessions.viewing_drawing import Pixels, png
from app.studies.fields import ViewingModule, ViewingRule

CARD_ATTEMPTS = 3
_NOT_PASSED = "a viewing condition was not passed"  # which one is personal, and decisions outlast a withdrawal
_PICTURES = {ViewingModule.CARD: 0, ViewingModule.BRIGHTNESS: 2, ViewingModule.ACUITY: viewing_acuity.RINGS}
Answer = Mapping[str, Any]


class NothingToLookAt(NotFound):
    """The session does not look at this viewing condition now, or it has no such picture."""

    def __init__(self) -> None:
        super().__init__("There is no such picture now", "load the session's page again, and go on from what it shows")


class WrongCount(BadInput):
    """Other answers were sent than there are pictures."""

    def __init__(self) -> None:
        super().__init__("There is one answer for each picture", "send one answer for each picture, in their order")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a viewing condition shows; nothing of what is right."""

    module: ViewingModule
    number: int  # of the condition among those of the protocol, from 1
    of: int
    turn: int  # from 1
    turns: int  # at most
    pictures: int
    measured: bool  # whether it is known how large a pixel is to the eye
    decisive: bool  # whether the session ends where this is not passed


@dataclass(frozen=True, slots=True)
class _Verdict:
    passed: bool
    over: bool  # whether no turn follows
    result: dict[str, Any]


def shown(database: Database, session_token: str) -> Shown:
    """What the session's page shows now; raises ``NothingToLookAt`` where it is another page."""
    with database.read() as db:
        sitting = load(db, session_token)
        module = _current(sitting)
        turn, scale = _turns(db, sitting.session.id, module) + 1, _px_per_degree(db, sitting.session.id)
    every = sitting.protocol.viewing
    turns = {
        ViewingModule.CARD: CARD_ATTEMPTS,
        ViewingModule.BRIGHTNESS: viewing_brightness.ATTEMPTS,
        ViewingModule.ACUITY: len(viewing_acuity.lines(scale)),
        ViewingModule.COLOUR: viewing_colour.ATTEMPTS,
    }
    plates = len(viewing_colour.plates(sitting.session.seed, turn))
    return Shown(
        module, every.index(module) + 1, len(every), turn, turns[module], _PICTURES.get(module, plates),
        measured=scale is not None, decisive=sitting.protocol.viewing_rule is ViewingRule.SCREEN_OUT,
    )  # fmt: skip


def picture(database: Database, session_token: str, module: ViewingModule, number: int) -> bytes:
    """The PNG of one of the pictures that the session's page shows now, counted from 1."""
    with database.read() as db:
        sitting = load(db, session_token)
        if _current(sitting) is not module:
            raise NothingToLookAt
        turn, scale = _turns(db, sitting.session.id, module) + 1, _px_per_degree(db, sitting.session.id)
    return png(_drawn(module, sitting.session.seed, turn, number - 1, scale))


def answer(database: Database, session_token: str, module: ViewingModule, turn: int, said: Answer | None) -> None:
    """The answers of a turn are judged and stored; None says that the subject cannot do this.

    What was answered before, or is sent again, changes nothing.
    """
    with database.write() as db:
        sitting = held(db, session_token)
        _open(sitting, module)
        session = sitting.session
        if session.outcome is not None or Check(module.value) in sitting.checks:
            return
        if sitting.stage is not Stage.VIEWING or sitting.viewing is not module:
            raise NotYet(sitting.stage)
        done = _turns(db, session.id, module)
        if turn <= done:
            return
        if turn > done + 1:
            raise NotYet(sitting.stage)
        skipped = _Verdict(False, True, {"skipped": True})
        scale = _px_per_degree(db, session.id)
        verdict = skipped if said is None else _judged(module, session.seed, turn, said, scale)
        _store(db, sitting, module, turn, verdict, now())


def _store(db: OrmSession, sitting: Sitting, module: ViewingModule, turn: int, verdict: _Verdict, at: datetime) -> None:
    session, check = sitting.session, Check(module.value)
    session.last_seen_at = at
    db.flush()
    if not verdict.over:
        said = {"check": check.value, "turn": turn, "passed": verdict.passed, "result": verdict.result}
        events.append(db.connection(), session.id, events.SCREENED, said, at)  # a key would outlast a withdrawal
        return
    screening.record(db, session.id, check, verdict.passed, verdict.result, at)
    if not verdict.passed and sitting.protocol.viewing_rule is ViewingRule.SCREEN_OUT:
        outcomes.screen_out(db, session, _NOT_PASSED, at)


def _judged(module: ViewingModule, seed: int, turn: int, said: Answer, scale: float | None) -> _Verdict:
    if module is ViewingModule.CARD:
        found = viewing_card.geometry(said["card_pixels"], said["spots"], said["distance_cm"])
        return _tried((found.known, found.result()), turn, CARD_ATTEMPTS)
    if module is ViewingModule.BRIGHTNESS:
        right = viewing_brightness.expected(seed, turn)
        return _tried(viewing_brightness.grade(right, said), turn, viewing_brightness.ATTEMPTS)
    if module is ViewingModule.ACUITY:
        return _line(seed, turn, said["directions"], viewing_acuity.lines(scale))
    plates = viewing_colour.plates(seed, turn)
    if len(said["digits"]) != len(plates):
        raise WrongCount
    return _tried(viewing_colour.grade(plates, said["digits"]), turn, viewing_colour.ATTEMPTS)


def _tried(graded: tuple[bool, dict[str, Any]], turn: int, most: int) -> _Verdict:
    passed, result = graded
    return _Verdict(passed, passed or turn >= most, {**result, "attempts": turn})


def _line(seed: int, turn: int, said: list[str], lines: tuple[viewing_acuity.Line, ...]) -> _Verdict:
    """Lines are read until one is not; the last that was read tells how well somebody sees."""
    if len(said) != viewing_acuity.RINGS:
        raise WrongCount
    read = viewing_acuity.is_read(viewing_acuity.directions(seed, turn), said)
    passed, result = viewing_acuity.grade(lines, turn if read else turn - 1)
    return _Verdict(passed, not read or turn >= len(lines), result)


def _drawn(module: ViewingModule, seed: int, turn: int, index: int, scale: float | None) -> Pixels:
    if module is ViewingModule.BRIGHTNESS and 0 <= index < 2:
        return viewing_brightness.draw(viewing_brightness.fields(seed, turn)[index])
    if module is ViewingModule.ACUITY and 0 <= index < viewing_acuity.RINGS:
        lines = viewing_acuity.lines(scale)
        direction = viewing_acuity.directions(seed, turn)[index]
        return viewing_acuity.draw(lines[min(turn, len(lines)) - 1].gap, direction, lines[0].gap)
    if module is ViewingModule.COLOUR and 0 <= index < len(viewing_colour.plates(seed, turn)):
        return viewing_colour.picture(seed, turn, index)
    raise NothingToLookAt


def _current(sitting: Sitting) -> ViewingModule:
    if sitting.stage is not Stage.VIEWING or sitting.viewing is None:
        raise NothingToLookAt
    return sitting.viewing


def _open(sitting: Sitting, module: ViewingModule) -> None:
    """Raises where answers to this condition cannot be taken."""
    if module not in sitting.protocol.viewing:
        raise NothingToLookAt
    require_open(sitting)


def _turns(db: OrmSession, session_id: int, module: ViewingModule) -> int:
    """How many turns of a condition were answered without deciding it."""
    looks = select(Event.payload).where(Event.session_id == session_id, Event.kind == events.SCREENED)
    return sum(said is not None and said["check"] == module.value and "turn" in said for said in db.scalars(looks))


def _px_per_degree(db: OrmSession, session_id: int) -> float | None:
    """Device pixels within a degree, where card and distance were found."""
    found = select(Screening.result).where(Screening.session_id == session_id, Screening.kind == Check.CARD)
    result = db.scalar(found.order_by(Screening.id.desc()).limit(1))
    return None if result is None else result.get("px_per_degree")

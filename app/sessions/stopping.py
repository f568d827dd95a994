"""Pausing or closing a study while subjects sit: how many there are, and only by whoever says that they know."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import Session, StudyState
from app.errors import Conflict
from app.sessions.loads import ABANDONED_AFTER
from app.studies import moves, states

AT_THE_SCREEN = timedelta(minutes=10)  # since somebody was last heard of who is still taken to sit there


@dataclass(frozen=True, slots=True)
class Sitters:
    """Sessions that have begun and not ended, pilots among them."""

    here: int  # heard of within ten minutes
    away: int  # heard of within a day


class SubjectsSitting(Conflict):
    """Subjects are in the middle of their sessions, and nobody has said that this is known.

    ``way`` is how that is said where the study was to be stopped.
    """

    def __init__(self, sitting: Sitters, way: str = "do it anyway") -> None:
        self.sitting = sitting
        super().__init__(
            f"Nothing was changed: {in_words(sitting)}", f"{way} if you mean it, or wait until they have finished"
        )

    def extras(self) -> dict[str, Any]:
        """How many sit, and how many are away."""
        return {"here": self.sitting.here, "away": self.sitting.away}


def sitters(database: Database, study_id: int) -> Sitters:
    """How many are in the middle of a session of this study; raises ``StudyNotFound``."""
    at = now()
    unfinished = (Session.study_id == study_id, Session.outcome.is_(None))
    with database.read() as db:
        states.find(db, study_id)
        recent = select(
            func.count().filter(Session.last_seen_at > at - AT_THE_SCREEN),
            func.count().filter(Session.last_seen_at > at - ABANDONED_AFTER),
        )
        here, begun = db.execute(recent.where(*unfinished)).one()
    return Sitters(here, begun - here)


def pause(database: Database, study_id: int, *, anyway: bool, by: Actor = AT_THE_MACHINE) -> None:
    """The study is paused; while subjects sit, only ``anyway``."""
    sitting = sitters(database, study_id)
    if sitting.here and _state(database, study_id) is StudyState.OPEN and not anyway:
        raise SubjectsSitting(sitting)
    moves.pause(database, study_id, by=by)


def close(database: Database, study_id: int, *, anyway: bool, by: Actor = AT_THE_MACHINE) -> None:
    """The study ends for good; while sessions are unfinished, only ``anyway``."""
    sitting = sitters(database, study_id)
    running = (sitting.here or sitting.away) and not _state(database, study_id).has_ended
    if running and not anyway:
        raise SubjectsSitting(sitting)
    moves.close(database, study_id, by=by)


def in_words(sitting: Sitters) -> str:
    """How many there are, as a clause: ``2 subjects sit at their screens right now, and 1 more has begun``."""
    here = "1 subject sits at their screen" if sitting.here == 1 else f"{sitting.here} subjects sit at their screens"
    here = f"{here} right now"
    away = f"{sitting.away} {'has' if sitting.away == 1 else 'have'} begun and may come back today"
    if sitting.here and sitting.away:
        return f"{here}, and {sitting.away} more {away.partition(' ')[2]}"
    return here if sitting.here or not sitting.away else away


def _state(database: Database, study_id: int) -> StudyState:
    with database.read() as db:
        return states.find(db, study_id).state

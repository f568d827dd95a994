"""The display gate: whether a subject's screen can show the pictures as they are, by what its browser measured.

The page says at once what is wrong and how to mend it; what passing means is decided here. Every look is stored and
logged, and sent again it is no second look.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.models import Check, Picture, Screening, Stimulus, StimulusRole
from app.sessions import events
from app.sessions.progress import ConsentNeeded
from app.sessions.sitting import Stage, held, load
from app.studies.protocol import Protocol

_MOST_LOOKS = 50  # that did not pass: nobody mends a screen so often


@dataclass(frozen=True, slots=True)
class Room:
    """A pane's size in device pixels."""

    width: int
    height: int

    def holds(self, other: "Room") -> bool:
        """Whether the other fits into it as it is."""
        return self.width >= other.width and self.height >= other.height


@dataclass(frozen=True, slots=True)
class Reading:
    """What a browser says about the screen that its page is on."""

    pixel_ratio: float  # device pixels per CSS pixel, browser zoom included
    pane_width: int  # device pixels of the smallest of the trial page's three panes
    pane_height: int
    exact: bool  # whether one picture pixel can be one device pixel
    touch_only: bool  # a telephone or a tablet
    window_width: int  # CSS pixels
    window_height: int
    screen_width: int
    screen_height: int
    zoom_percent: int | None = None  # of the browser; None where nobody can tell
    gamut: str | None = None  # srgb, p3 or rec2020
    dynamic_range: str | None = None  # standard or high


def needed(database: Database, session_token: str) -> Room:
    """What each pane must show at 1:1: the largest pictures of the study, or ``gate_pixels`` where these are larger."""
    with database.read() as db:
        sitting = load(db, session_token)
        return _needed(db, sitting.study.id, sitting.protocol)


def tallest(database: Database, session_token: str) -> int:
    """The height of the study's tallest pictures: what its pages leave room for."""
    with database.read() as db:
        return max(_sizes(db, load(db, session_token).study.id)[1], 1)


def passes(reading: Reading, least: Room) -> bool:
    """Whether the pictures can be judged on this screen; what else may be better there is advice."""
    return Room(reading.pane_width, reading.pane_height).holds(least) and reading.exact and not reading.touch_only


def look(database: Database, session_token: str, reading: Reading) -> None:
    """The look at the session's screen is stored; what was stored last is not stored again, nor anything too late."""
    with database.write() as db:
        sitting = held(db, session_token)
        if not sitting.consented:
            raise ConsentNeeded
        session_id, result = sitting.session.id, asdict(reading)
        if sitting.stage is not Stage.DISPLAY or result == _latest(db, session_id):
            return
        at, passed = now(), passes(reading, _needed(db, sitting.study.id, sitting.protocol))
        if not passed and _looks(db, session_id) >= _MOST_LOOKS:
            return  # the page says what is wrong all the same, and whoever mends it is let on
        sitting.session.last_seen_at = at
        record(db, session_id, Check.DISPLAY, passed, result, at)


def record(db: OrmSession, session_id: int, kind: Check, passed: bool, result: dict[str, Any], at: datetime) -> None:
    """A look at a viewing condition stands, and in the session's log too; the caller holds the session's row locked."""
    db.add(Screening(session_id=session_id, kind=kind, passed=passed, result=result, at=at))
    db.flush()
    said = {"check": kind.value, "passed": passed, "result": result}
    events.append(db.connection(), session_id, events.SCREENED, said, at)


def _sizes(db: OrmSession, study_id: int) -> tuple[int, int]:
    """The largest width and the largest height of the study's pictures; 0 without any."""
    sizes = (
        select(func.max(Picture.width), func.max(Picture.height))
        .join(Stimulus, Stimulus.picture_digest == Picture.digest)
        .where(Stimulus.study_id == study_id, Stimulus.role == StimulusRole.REFERENCE)
    )
    width, height = db.execute(sizes).one()
    return width or 0, height or 0


def _needed(db: OrmSession, study_id: int, protocol: Protocol) -> Room:
    width, height = _sizes(db, study_id)
    most = protocol.gate_pixels
    return Room(min(width or most, most), min(height or most, most))


def _looks(db: OrmSession, session_id: int) -> int:
    of_session = (Screening.session_id == session_id, Screening.kind == Check.DISPLAY)
    return db.scalars(select(func.count()).select_from(Screening).where(*of_session)).one()


def _latest(db: OrmSession, session_id: int) -> dict[str, object] | None:
    of_session = select(Screening.result).where(Screening.session_id == session_id, Screening.kind == Check.DISPLAY)
    return db.scalar(of_session.order_by(Screening.id.desc()).limit(1))

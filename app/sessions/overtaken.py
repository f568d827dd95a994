"""Answers that came too late to stand: another device, or another tab, had answered the trial otherwise before.

Whoever gave such an answer gave it in good faith, so the log says what it was; the vote that stands is not touched.
"""

from hashlib import sha256

from sqlalchemy import Connection, bindparam, func, select

from app.clock import now
from app.db import Database
from app.db.models import Event, Outcome, Session, Trial
from app.sessions import events
from app.sessions.votes import Answer

_MOST = 1_000  # lines in a session's log; no device holds so many answers back, a script that fills the disk does

_HOLD = (
    select(Session.id.label("session"), Session.outcome, Trial.id.label("trial"))
    .join(Trial, Trial.session_id == Session.id)
    .where(Session.token == bindparam("session"), Trial.token == bindparam("trial"))
    .with_for_update(of=Session)
)
_LOGGED = select(func.count()).where(Event.session_id == bindparam("session"), Event.key == bindparam("key"))
# An answer without a key is known by what its line says: a digest of trial and side, kept as its key, would outlive the
# payload that a withdrawal erases, and be found in three tries.
_SAID = select(Event.payload).where(
    Event.session_id == bindparam("session"), Event.kind == events.OVERTAKEN, Event.key.is_(None)
)
_LINES = select(func.count()).where(Event.session_id == bindparam("session"), Event.kind == events.OVERTAKEN)


def log(database: Database, session_token: str, trial_token: str, answer: Answer, key: str | None) -> None:
    """The session's log says once that this answer was given too, however often it is sent.

    Without a key of its own, an answer is known by its trial and its side. Of a withdrawn session nothing is said.
    """
    with database.write_connection() as connection:
        found = connection.execute(_HOLD, {"session": session_token, "trial": trial_token}).one()
        if found.outcome is Outcome.WITHDRAWN:  # since the answer was refused, in a transaction of its own
            return
        own = sha256(f"{events.OVERTAKEN} {found.trial} {key}".encode()).hexdigest()[:40] if key else None
        if _is_logged(connection, found.session, found.trial, answer, own):
            return
        if (connection.scalar(_LINES, {"session": found.session}) or 0) >= _MOST:
            return
        said = {"trial": found.trial, "side": answer.side.value, "elapsed_ms": answer.elapsed_ms}
        events.append(connection, found.session, events.OVERTAKEN, said, now(), key=own)


def _is_logged(connection: Connection, session_id: int, trial_id: int, answer: Answer, own: str | None) -> bool:
    if own is not None:
        return bool(connection.scalar(_LOGGED, {"session": session_id, "key": own}))
    said = connection.scalars(_SAID, {"session": session_id})
    return any((one["trial"], one["side"]) == (trial_id, answer.side.value) for one in said)

"""What a trial page noticed besides the answers: batches that may be lost, each one line of its session's log."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from app.clock import now
from app.db import Database
from app.db.models import Consent, Event, Outcome, Session, Study, Trial
from app.errors import Conflict
from app.sessions import events
from app.sessions.outcomes import Withdrawn
from app.sessions.progress import ConsentNeeded
from app.sessions.sitting import SessionNotFound
from app.sessions.votes import TrialNotFound

_MOST_LINES = 3_000  # of a session's log; a batch every ten seconds fills it in eight hours of looking
_GRACE = timedelta(minutes=10)  # after a session's end, for the batch of its last pairs
_FIND = (
    select(Session.id, Session.outcome, Session.last_seen_at, Session.event_count, Study.protocol)
    .join(Study, Study.id == Session.study_id)
    .where(Session.token == bindparam("session"))
    .with_for_update(of=Session)
)
_AGREED = select(Consent.session_id).where(Consent.session_id == bindparam("session"))
_LAST_TRIAL = select(func.max(Trial.position)).where(Trial.session_id == bindparam("session"))
_KNOWN = select(Event.id).where(Event.session_id == bindparam("session"), Event.key == bindparam("key"))


class LogFull(Conflict):
    """A session's log takes no more batches: it holds more lines than any sitting writes, or the session has ended."""

    def __init__(self) -> None:
        super().__init__("Nothing more is written about how these trials were looked at", "answers are still taken")


def record(database: Database, session_token: str, key: str, batch: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the batch is a new line; one that the log has already is no second, and some studies keep none."""
    with database.write_connection() as connection:
        session = connection.execute(_FIND, {"session": session_token}).one_or_none()
        if session is None:
            raise SessionNotFound
        if session.outcome is Outcome.WITHDRAWN:
            raise Withdrawn
        if connection.scalar(_AGREED, {"session": session.id}) is None:
            raise ConsentNeeded
        if not session.protocol.get("record_looks", True):  # its subjects agreed to a text without it
            return False
        if connection.scalar(_KNOWN, {"session": session.id, "key": key}) is not None:
            return False
        at = now()
        ended = session.outcome is not None and at > session.last_seen_at + _GRACE
        if ended or session.event_count >= _MOST_LINES:
            raise LogFull
        named = max((event["trial"] for event in batch if "trial" in event), default=-1)
        last = connection.scalar(_LAST_TRIAL, {"session": session.id}) if named >= 0 else None
        if named > (-1 if last is None else last):
            raise TrialNotFound
        events.append(connection, session.id, events.TRACE, {"events": list(batch)}, at, key=key)
        return True

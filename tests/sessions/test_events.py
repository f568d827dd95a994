"""The event log notices whatever is done to it."""

import pytest
from sqlalchemy import select, text

from app.clock import now
from app.db import Database
from app.db.models import Event, Side, Vote
from app.sessions import events
from app.sessions.checks import exclude
from app.sessions.events import BrokenChain, verify
from app.sessions.progress import start_block
from tests.db.triggers import allow_changes
from tests.sessions.planted import careless, join, play, session_id, study, trials_of


@pytest.fixture
def session(database: Database) -> int:
    """A whole session that was excluded and whose log is as it should be."""
    token = join(database, study(database))
    play(database, token, careless)
    number = session_id(database, token)
    verify(database, number)
    return number


def test_the_log_tells_the_session(database: Database, session: int) -> None:
    with database.read() as db:
        rows = list(db.scalars(select(Event).where(Event.session_id == session).order_by(Event.number)))
    kinds = [row.kind for row in rows]
    assert kinds[:3] == ["began", "consented", "issued"]
    assert kinds[-1] == "completed"
    assert kinds.count("saved") == 17
    assert kinds.count("exclude") == 1
    assert len({row.salt for row in rows}) == len(rows)


TAMPERED = {
    "the payload of event 2 was edited": 'UPDATE events SET payload = \'{"text": "other"}\' WHERE number = 2',
    "event 4 does not follow": "UPDATE events SET at = '2001-01-01 00:00:00' WHERE number = 4",
    "event 3 does not follow": "UPDATE events SET kind = 'seen' WHERE number = 3",
    "event 5 is missing": "DELETE FROM events WHERE number = 5",
    "24 events were written, 23 are there": "DELETE FROM events WHERE number = 24",
    "24 events were written, 0 are there": "DELETE FROM events",
    "was edited": "UPDATE votes SET side = CASE side WHEN 'left' THEN 'right' ELSE 'left' END WHERE id = 3",
    "1 logged votes are gone": "DELETE FROM votes WHERE id = 3",
}


@pytest.mark.parametrize("found", TAMPERED)
def test_tampering_is_found(database: Database, session: int, found: str) -> None:
    with database.write() as db:
        allow_changes(db)
        db.execute(text(TAMPERED[found]))
    with pytest.raises(BrokenChain, match=found):
        verify(database, session)


def test_a_rewritten_payload_with_its_own_digest_is_found(database: Database, session: int) -> None:
    with database.write() as db:
        allow_changes(db)
        row = db.scalars(select(Event).where(Event.session_id == session, Event.number == 2)).one()
        row.payload = {"text": "other"}
        row.digest = events._digest(row.salt, row.payload)
    with pytest.raises(BrokenChain, match="event 2 does not follow"):
        verify(database, session)


def test_a_vote_put_in_by_hand_is_found(database: Database) -> None:
    token = join(database, study(database))
    start_block(database, token)
    (trial, _, _), *_ = trials_of(database, token)
    at = now()
    digest = events.vote_digest(trial.token, Side.LEFT, 900, False, at)
    with database.write() as db:
        db.add(Vote(trial_id=trial.id, side=Side.LEFT, elapsed_ms=900, late=False, received_at=at, digest=digest))
    with pytest.raises(BrokenChain, match=r"vote 1 was never logged"):
        verify(database, session_id(database, token))


def test_an_event_outside_any_session_is_impossible(database: Database) -> None:
    with pytest.raises(Exception, match="No row"), database.write_connection() as connection:
        events.append(connection, 99, "seen", {}, now())
    with pytest.raises(BrokenChain, match="gone"):
        verify(database, 99)


def test_other_sessions_are_not_touched_by_tampering(database: Database, session: int) -> None:
    other = session_id(database, join(database, study(database)))
    exclude(database, other, "A test.", "ada")
    with database.write() as db:
        allow_changes(db)
        db.execute(text(f"DELETE FROM events WHERE session_id = {session} AND number = 3"))
    verify(database, other)
    with pytest.raises(BrokenChain):
        verify(database, session)

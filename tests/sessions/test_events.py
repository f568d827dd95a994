"""The event log notices whatever is done to it."""

import re
from datetime import datetime

import pytest
from sqlalchemy import Connection, select, text

from app.clock import now
from app.db import Database
from app.db.models import Event, Side, Trial, Vote
from app.sessions import events
from app.sessions.checks import exclude
from app.sessions.events import BrokenChain, verify
from app.sessions.progress import start_block
from tests.actors import somebody
from tests.db.triggers import allow_changes
from tests.sessions.planted import careless, join, play, session_id, study, trials_of


@pytest.fixture
def session(database: Database) -> int:
    """A whole session that was excluded and whose log is as it should be."""
    token = join(database, study(database))
    play(database, token, careless)
    number = session_id(database, token)
    assert verify(database, number)
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
    r"the payload of event 2 \(consented\) was edited": "UPDATE events SET payload = '{}' WHERE number = 2",
    r"event 4 \(saved\) does not follow": "UPDATE events SET at = '2001-01-01 00:00:00' WHERE number = 4",
    r"event 3 \(seen\) does not follow": "UPDATE events SET kind = 'seen' WHERE number = 3",
    "event 5 is missing": "DELETE FROM events WHERE number = 5",
    "event 24 is missing; 24 events were written, 23 are there": "DELETE FROM events WHERE number = 24",
    "event 1 is missing; 24 events were written, 0 are there": "DELETE FROM events",
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
    with pytest.raises(BrokenChain, match=r"event 2 \(consented\) does not follow"):
        verify(database, session)


TURNED_ROUND = {
    "side": "UPDATE trials SET a_on_left = NOT a_on_left WHERE block = 2",
    "pair": "UPDATE trials SET pair_id = (SELECT min(id) FROM pairs WHERE kind = 'test') WHERE block = 2",
    "kind": "UPDATE trials SET kind = 'practice' WHERE block = 2 AND kind = 'catch'",
    "place": "UPDATE trials SET position = position + 100 WHERE block = 2",
    "another block": "UPDATE trials SET block = 3 WHERE block = 2",
    "the pair's sides": "UPDATE pairs SET a_id = b_id, b_id = a_id WHERE kind = 'test'",
    "the pair's scene": "UPDATE pairs SET scene = 'scene0' WHERE scene = 'scene1'",
    "the pair's task": "UPDATE pairs SET task = 'superres' WHERE kind = 'test'",
    "the pair's kind": "UPDATE pairs SET kind = 'practice' WHERE kind = 'test'",
    "a condition": "UPDATE stimuli SET condition = 'lpips' WHERE condition = 'gmsd'",
    "a condition's picture": "UPDATE stimuli SET picture_digest = (SELECT min(digest) FROM pictures) "
    "WHERE condition = 'gmsd'",
    "a reference's picture": "UPDATE stimuli SET picture_digest = (SELECT max(digest) FROM pictures) "
    "WHERE condition = 'reference'",
}


@pytest.mark.parametrize("what", TURNED_ROUND)
def test_trials_that_mean_something_else_now_are_found(database: Database, session: int, what: str) -> None:
    with database.write() as db:
        db.execute(text(TURNED_ROUND[what]))
    with pytest.raises(BrokenChain, match=r"the trials of block \d, or what they show, were changed"):
        verify(database, session)


RECKONED_OTHERWISE = {
    "it began otherwise": "UPDATE sessions SET pilot = NOT pilot",
    "it began otherwise (": "UPDATE sessions SET simulated = NOT simulated",
    "the decisions about it were changed": "DELETE FROM exclusions",
    "decisions about it were changed": "UPDATE exclusions SET action = 'readmit'",
    "about it were changed": "UPDATE exclusions SET reason = 'None to speak of.'",
    "it ended otherwise": "UPDATE sessions SET outcome = 'withdrawn'",
    "it ended otherwise, or": "UPDATE sessions SET outcome = 'screened_out'",
    "it ended otherwise, or not at all": "UPDATE sessions SET outcome = NULL",
    "the trials that it gave back": "UPDATE trials SET given_back_at = issued_at WHERE block = 2",
}


@pytest.mark.parametrize("found", RECKONED_OTHERWISE)
def test_a_session_that_counts_otherwise_now_is_found(database: Database, session: int, found: str) -> None:
    with database.write() as db:
        db.execute(text(RECKONED_OTHERWISE[found]))
    with pytest.raises(BrokenChain, match=re.escape(found)):
        verify(database, session)


def test_an_end_that_never_came_is_found(database: Database) -> None:
    session = session_id(database, join(database, study(database)))
    for outcome in ("withdrawn", "completed", "failed_checks"):
        with database.write() as db:
            db.execute(text(f"UPDATE sessions SET outcome = '{outcome}'"))
        with pytest.raises(BrokenChain, match="it ended otherwise, or not at all"):
            verify(database, session)


def test_a_seal_that_was_taken_out_of_the_log_is_found(database: Database, session: int) -> None:
    with database.write() as db:
        allow_changes(db)
        row = db.scalars(select(Event).where(Event.session_id == session, Event.kind == events.ISSUED)).first()
        assert row is not None
        row.payload = {"block": row.payload["block"], "trials": row.payload["trials"]}
    with pytest.raises(BrokenChain, match=r"the payload of event 3 \(issued\) was edited"):
        verify(database, session)


def test_trials_that_were_never_issued_are_found(database: Database, session: int) -> None:
    with database.write() as db:
        known = db.scalars(select(Trial).where(Trial.session_id == session).limit(1)).one()
        db.add(
            Trial(
                token="t", session_id=session, pair_id=known.pair_id, block=9, position=99, kind=known.kind,
                a_on_left=True, issued_at=now(),
            )
        )  # fmt: skip
    with pytest.raises(BrokenChain, match="the trials of block 9 were never issued"):
        verify(database, session)


def test_a_log_begun_before_trials_were_sealed_holds_as_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsealed(connection: Connection, session_id: int, block: int, trials: int, at: datetime) -> None:
        events.append(connection, session_id, events.ISSUED, {"block": block, "trials": trials}, at)

    token = join(database, study(database))
    with monkeypatch.context() as before:
        before.setattr(events, "issued", unsealed)
        play(database, token, most=5)  # practice, and half of the first block
    play(database, token)
    session = session_id(database, token)
    assert not verify(database, session)
    with database.write() as db:
        db.execute(text("UPDATE trials SET a_on_left = NOT a_on_left WHERE block = 1"))
    assert not verify(database, session)
    with database.write() as db:
        db.execute(text("UPDATE trials SET a_on_left = NOT a_on_left WHERE block = 2"))
    with pytest.raises(BrokenChain, match="the trials of block 2"):
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
    exclude(database, other, "A test.", somebody("ada"))
    with database.write() as db:
        allow_changes(db)
        db.execute(text(f"DELETE FROM events WHERE session_id = {session} AND number = 3"))
    verify(database, other)
    with pytest.raises(BrokenChain):
        verify(database, session)


def test_of_an_imported_study_the_log_names_numbers_and_tokens_of_the_place_where_it_was_made(
    database: Database, session: int
) -> None:
    renumbered = (
        "UPDATE pairs SET original_id = id",
        "UPDATE trials SET original_id = id, original_token = token",
        "UPDATE trials SET token = 'here' || token",
    )
    with database.write() as db:
        for statement in renumbered:
            db.execute(text(statement))
    assert verify(database, session)
    with database.write() as db:
        db.execute(text("UPDATE trials SET original_token = token"))
    with pytest.raises(BrokenChain):
        verify(database, session)

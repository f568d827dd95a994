"""Batches of what a trial page noticed: each is one line of the session's log, and the chain proves it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.clock import now
from app.db import Database
from app.db.models import Event, Outcome, Session, Showing, Side
from app.sessions import events, traces
from app.sessions.enrol import begin
from app.sessions.events import BrokenChain, verify
from app.sessions.links import public_token
from app.sessions.outcomes import Withdrawn
from app.sessions.progress import ConsentNeeded, open_trials
from app.sessions.sitting import SessionNotFound
from app.sessions.votes import Answer, Screen, TrialNotFound, record_vote
from tests.db.triggers import allow_changes
from tests.sessions.planted import SECRET, SMALL, join, play, session_id, study

LOOKED = [{"kind": "blur", "t": 12.5}, {"kind": "focus", "t": 800.0}]


@pytest.fixture
def token(database: Database) -> str:
    """A session with a few answers."""
    token = join(database, study(database))
    play(database, token, most=3)
    return token


def lines(database: Database, token: str, kind: str = events.TRACE) -> list[Event]:
    with database.read() as db:
        number = session_id(database, token)
        found = select(Event).where(Event.session_id == number, Event.kind == kind)
        return list(db.scalars(found.order_by(Event.number)))


def withdraw(database: Database, token: str) -> None:
    number = session_id(database, token)
    with database.write_connection() as connection:
        connection.execute(
            text("UPDATE sessions SET outcome = :outcome WHERE id = :id"), {"outcome": Outcome.WITHDRAWN, "id": number}
        )
        events.append(connection, number, events.WITHDRAWN, {}, now())
        erase = "UPDATE events SET payload = NULL, salt = '' WHERE session_id = :id AND kind = 'trace'"
        connection.execute(text(erase), {"id": number})


def test_a_batch_is_one_line_and_sent_again_it_is_no_second(database: Database, token: str) -> None:
    assert traces.record(database, token, "a" * 16, LOOKED)
    assert not traces.record(database, token, "a" * 16, LOOKED)
    assert traces.record(database, token, "b" * 16, LOOKED[:1])
    assert [line.payload for line in lines(database, token)] == [{"events": LOOKED}, {"events": LOOKED[:1]}]
    assert verify(database, session_id(database, token))


def test_nothing_is_noticed_before_consent_nor_of_a_trial_that_was_never_shown(database: Database, token: str) -> None:
    stranger = begin(database, SECRET, public_token(database, SECRET, study(database)))
    with pytest.raises(ConsentNeeded):
        traces.record(database, stranger, "a" * 16, LOOKED)
    last = max(trial.position for trial in open_trials(database, token))
    shown = {"kind": "shown", "t": 1.0}
    with pytest.raises(TrialNotFound):
        traces.record(database, token, "a" * 16, [*LOOKED, shown | {"trial": last + 1}])
    with pytest.raises(TrialNotFound):
        traces.record(database, join(database, study(database)), "a" * 16, [shown | {"trial": 0}])
    assert traces.record(database, token, "a" * 16, [shown | {"trial": last}])
    assert lines(database, stranger) == []


def test_the_same_key_in_two_sessions_is_two_lines(database: Database, token: str) -> None:
    other = join(database, study(database))
    assert traces.record(database, token, "a" * 16, LOOKED)
    assert traces.record(database, other, "a" * 16, LOOKED)


def test_the_chain_holds_after_the_payloads_of_a_withdrawn_session_were_erased(database: Database, token: str) -> None:
    traces.record(database, token, "a" * 16, LOOKED)
    withdraw(database, token)
    assert [line.payload for line in lines(database, token)] == [None]
    assert verify(database, session_id(database, token))
    with pytest.raises(Withdrawn):
        traces.record(database, token, "b" * 16, LOOKED)


def test_nothing_is_written_about_nobody(database: Database) -> None:
    with pytest.raises(SessionNotFound):
        traces.record(database, "nobody", "a" * 16, LOOKED)


def test_a_log_does_not_grow_for_ever(database: Database, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.read() as db:
        count = db.scalars(select(Session.event_count).where(Session.token == token)).one()
    monkeypatch.setattr(traces, "_MOST_LINES", count + 1)
    traces.record(database, token, "a" * 16, LOOKED)
    with pytest.raises(traces.LogFull):
        traces.record(database, token, "b" * 16, LOOKED)
    assert not traces.record(database, token, "a" * 16, LOOKED)


def test_a_session_that_has_ended_takes_the_batch_of_its_last_pairs_and_soon_no_more(
    database: Database, token: str
) -> None:
    with database.write_connection() as connection:
        connection.execute(update(Session).values(outcome=Outcome.COMPLETED, last_seen_at=now()))
    assert traces.record(database, token, "a" * 16, LOOKED)
    with database.write_connection() as connection:
        connection.execute(update(Session).values(last_seen_at=now() - timedelta(minutes=11)))
    with pytest.raises(traces.LogFull):
        traces.record(database, token, "b" * 16, LOOKED)
    assert not traces.record(database, token, "a" * 16, LOOKED)


def _edited(number: int) -> str:
    return f"UPDATE events SET payload = '{{\"events\": []}}' WHERE number = {number}"


def _emptied(number: int) -> str:
    return f"UPDATE events SET payload = NULL, salt = '' WHERE number = {number}"


def _cut(number: int) -> str:
    return f"DELETE FROM events WHERE number >= {number}"


def _taken_out(number: int) -> str:
    return f"DELETE FROM events WHERE number = {number}"


TAMPERED: dict[str, Callable[[int], str]] = {
    r"session {session} .* payload of event {number} \(trace\) was edited": _edited,
    r"session {session} .* payload of event {number} \(trace\) is gone, and nobody withdrew": _emptied,
    r"session {session} .* event {number} is missing; {count} events were written, {left} are there": _cut,
    r"session {session} .* event {number} is missing": _taken_out,
}


@pytest.mark.parametrize("found", TAMPERED)
def test_the_first_broken_link_is_named(database: Database, token: str, found: str) -> None:
    traces.record(database, token, "a" * 16, LOOKED)
    traces.record(database, token, "b" * 16, LOOKED)
    number, session = lines(database, token)[0].number, session_id(database, token)
    with database.write() as db:
        allow_changes(db)
        db.execute(text(TAMPERED[found](number)))
    told = found.format(session=session, number=number, count=number + 1, left=number - 1)
    with pytest.raises(BrokenChain, match=told) as broken:
        verify(database, session)
    assert broken.value.number == number


def test_other_lines_than_personal_ones_may_not_be_empty_even_after_a_withdrawal(
    database: Database, token: str
) -> None:
    withdraw(database, token)
    with database.write() as db:
        db.execute(text("UPDATE events SET payload = NULL, salt = '' WHERE number = 4"))
    with pytest.raises(BrokenChain, match=r"event 4 \(saved\) is gone"):
        verify(database, session_id(database, token))


def test_a_study_that_records_no_looks_keeps_neither_screens_nor_batches(database: Database) -> None:
    token = join(database, study(database, SMALL.model_copy(update={"record_looks": False})))
    play(database, token, most=1)
    screen = Screen(1.0, 640, 512, exact=True)
    (trial, *_) = open_trials(database, token)
    record_vote(database, token, trial.token, Answer(Side.LEFT, 900, screen))
    assert not traces.record(database, token, "a" * 16, LOOKED)
    assert lines(database, token) == []
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Showing)) == 0
    assert verify(database, session_id(database, token))

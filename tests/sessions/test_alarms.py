"""Alarms are quiet while all is well, and each is raised by what it is about."""

import shutil
from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from app.clock import now
from app.db import Database
from app.db.models import Session, Side, StudyState
from app.db.upkeep import Room, rooms
from app.sessions import alarms, checks, events
from app.sessions.alarms import AlarmKind
from app.sessions.loads import ABANDONED_AFTER
from app.sessions.numbers import numbers
from app.sessions.progress import open_trials, start_block
from app.sessions.votes import Answer, record_vote
from app.settings import Settings
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.conftest import Clock
from tests.sessions.planted import PLAIN, careless, honest, join, play, session_id, set_state, study

LONG = Protocol(**PLAIN, trials_per_session=24, catch_trials=4, practice_trials=0, block_size=24)


@pytest.fixture
def number(database: Database) -> int:
    return study(database, LONG)


def kinds(database: Database, number: int, disks: Iterable[Room] = ()) -> list[AlarmKind]:
    return [one.kind for one in alarms.alarms(database, number, disks)]


def answer(database: Database, token: str, elapsed_ms: int, most: int) -> None:
    start_block(database, token)
    for trial in open_trials(database, token)[:most]:
        record_vote(database, token, trial.token, Answer(Side.LEFT, elapsed_ms))


def test_a_study_that_runs_well_is_quiet(database: Database, number: int) -> None:
    play(database, join(database, number), honest)
    answer(database, join(database, number), 2_000, most=12)
    assert kinds(database, number) == []


def test_a_burst_of_fast_answers_names_whose_they_are(database: Database, number: int) -> None:
    answer(database, join(database, number), 2_000, most=20)
    hasty = join(database, number)
    answer(database, hasty, 200, most=14)
    (alarm,) = [one for one in alarms.alarms(database, number, ()) if one.kind is AlarmKind.FAST_ANSWERS]
    assert alarm.sessions == (session_id(database, hasty),)
    assert "subject 2 gave more than half" in alarm.text


def test_answers_that_pages_tell_of_and_that_never_came_are_saves_that_fail(database: Database, number: int) -> None:
    token = join(database, number)
    answer(database, token, 2_000, most=2)
    session = session_id(database, token)
    told = {"events": [{"kind": "answered", "trial": place, "t": 1.0, "side": "left"} for place in range(3)]}
    with database.write() as db:
        events.append(db.connection(), session, events.TRACE, told, now() - timedelta(minutes=2), key="k")
    (alarm,) = [one for one in alarms.alarms(database, number, ()) if one.kind is AlarmKind.SAVES_FAIL]
    assert (alarm.sessions, alarm.text[:8]) == ((session,), "1 answer")


def test_answers_of_the_last_minute_are_still_on_their_way(database: Database, number: int) -> None:
    token = join(database, number)
    start_block(database, token)
    told = {"events": [{"kind": "answered", "trial": 0, "t": 1.0, "side": "left"}]}
    with database.write() as db:
        events.append(db.connection(), session_id(database, token), events.TRACE, told, now(), key="k")
    assert kinds(database, number) == []


def test_many_abandoned_sessions_and_many_failed_catch_trials_are_told(database: Database, number: int) -> None:
    for _ in range(3):
        play(database, join(database, number), careless)
    for _ in range(3):
        join(database, number)
    with database.write() as db:
        ago = now() - ABANDONED_AFTER - timedelta(minutes=1)
        db.execute(update(Session).where(Session.outcome.is_(None)).values(last_seen_at=ago))
    assert kinds(database, number) == [AlarmKind.CATCH_FAILURES, AlarmKind.ABANDONED]
    set_state(database, number, StudyState.CLOSED)
    assert AlarmKind.ABANDONED not in kinds(database, number)


@pytest.mark.parametrize(("free", "told"), [(1 << 29, [AlarmKind.DISK] * 2), (3 << 30, []), (1 << 39, [])])
def test_an_alarm_is_raised_by_the_disks_that_the_system_page_calls_ill(
    database: Database, number: int, settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, told: list
) -> None:
    elsewhere = settings.model_copy(update={"media_url": "file:///not/there/yet"})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, free=free))
    assert kinds(database, number, rooms(elsewhere)) == told


def test_numbers_count_each_session_where_it_stands_and_pilots_apart(
    database: Database, number: int, clock: Clock
) -> None:
    play(database, done := join(database, number), honest)
    play(database, join(database, number), careless)
    join(database, number, pilot=True)
    join(database, number)
    clock.forward(hours=25)
    join(database, number)
    found = numbers(database, number)
    assert (found.started, found.valid, found.excluded, found.under_way, found.abandoned) == (4, 1, 1, 1, 1)
    assert (found.pilots, found.screened_out, found.withdrawn, found.answers) == (1, 0, 0, 56)
    checks.exclude(database, session_id(database, done), "asleep", somebody("ada"))
    assert (numbers(database, number).valid, numbers(database, number).excluded) == (0, 2)

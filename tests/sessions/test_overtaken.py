"""An answer that another device has overtaken is written down once, and changes nothing."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.models import Event, Side, Trial, Vote
from app.sessions import events, overtaken
from app.sessions.progress import open_trials, start_block
from app.sessions.votes import Answer, record_vote
from app.sessions.withdrawal import withdraw
from tests.db.crowd import at_once
from tests.sessions.planted import join, session_id, study

KEY = "0123456789abcdef"


@pytest.fixture
def session(database: Database) -> str:
    token = join(database, study(database))
    start_block(database, token)
    return token


def _answered(database: Database, session: str) -> str:
    """The token of a trial that was answered with left."""
    trial = open_trials(database, session)[0].token
    record_vote(database, session, trial, Answer(Side.LEFT, 900))
    return trial


def _logged(database: Database) -> list[Any]:
    with database.read() as db:
        return list(db.scalars(select(Event.payload).where(Event.kind == events.OVERTAKEN).order_by(Event.number)))


def test_an_overtaken_answer_is_logged_with_what_it_was(database: Database, session: str) -> None:
    trial = _answered(database, session)
    overtaken.log(database, session, trial, Answer(Side.RIGHT, 1234), KEY)
    with database.read() as db:
        number = db.scalars(select(Trial.id).where(Trial.token == trial)).one()
        assert db.scalars(select(Vote.side)).one() is Side.LEFT
    assert _logged(database) == [{"trial": number, "side": "right", "elapsed_ms": 1234}]
    events.verify(database, session_id(database, session))


@pytest.mark.parametrize("key", [KEY, None])
def test_an_overtaken_answer_sent_again_is_one_line(database: Database, session: str, key: str | None) -> None:
    trial = _answered(database, session)
    at_once(lambda _: overtaken.log(database, session, trial, Answer(Side.RIGHT, 1234), key), 4)
    assert len(_logged(database)) == 1
    events.verify(database, session_id(database, session))


def test_two_overtaken_answers_are_two_lines(database: Database, session: str) -> None:
    first, second = _answered(database, session), _answered(database, session)
    for trial, key in ((first, KEY), (first, "another-device"), (second, KEY), (second, None)):
        overtaken.log(database, session, trial, Answer(Side.RIGHT, None), key)
    assert len(_logged(database)) == 4
    events.verify(database, session_id(database, session))


def test_a_withdrawal_in_between_leaves_nothing_to_write_down(database: Database, session: str) -> None:
    trial = _answered(database, session)
    withdraw(database, session)
    overtaken.log(database, session, trial, Answer(Side.RIGHT, 1234), KEY)
    assert _logged(database) == []


def test_an_answer_without_a_key_leaves_nothing_by_which_it_could_be_guessed_once_it_is_erased(
    database: Database, session: str
) -> None:
    trial = _answered(database, session)
    overtaken.log(database, session, trial, Answer(Side.RIGHT, 1234), None)
    withdraw(database, session)
    with database.read() as db:
        line = db.scalars(select(Event).where(Event.kind == events.OVERTAKEN)).one()
    assert (line.payload, line.salt, line.key) == (None, "", None)


def test_nobody_fills_the_log_with_answers_that_do_not_stand(
    database: Database, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overtaken, "_MOST", 3)
    trial = _answered(database, session)
    for number in range(5):
        overtaken.log(database, session, trial, Answer(Side.RIGHT, number), f"{KEY}{number}")
    assert [said["elapsed_ms"] for said in _logged(database)] == [0, 1, 2]

"""Who gets into a study that is tried out or archived, and what becomes of what they answer."""

from datetime import datetime

import pytest
from sqlalchemy import select, update

from app.db import Database
from app.db.models import Session, Side, Study, StudyState, Vote
from app.sessions import checks, enrol, invitations, links, loads, progress, sitting, stopping, votes
from app.studies import moves
from tests.sessions import planted

SECRET = planted.SECRET


@pytest.fixture
def pilot(database: Database) -> int:
    """A study whose pilot has begun."""
    number = planted.study(database)
    with database.write() as db:
        db.execute(update(Study).where(Study.id == number).values(state=StudyState.PILOT, opened_at=None))
    return number


def answered(database: Database, token: str) -> None:
    """The open trials are answered."""
    for trial in progress.open_trials(database, token):
        votes.record_vote(database, token, trial.token, votes.Answer(Side.LEFT, 900))


def begun(database: Database, study: int, link: str) -> str:
    """A session at its first trials."""
    token = enrol.begin(database, SECRET, link)
    progress.consent(database, token, progress.view(database, token).consent_hash)
    progress.start_block(database, token)
    return token


def test_a_pilot_takes_those_with_its_link_and_tells_all_others_that_it_has_not_begun(
    database: Database, pilot: int
) -> None:
    (invited,) = invitations.invite(database, SECRET, pilot, ["P01"])
    for link in (links.public_token(database, SECRET, pilot), invited.token):
        for knock in (enrol.landing, enrol.begin):
            with pytest.raises(enrol.StudyNotOpenYet):
                knock(database, SECRET, link)
    assert enrol.landing(database, SECRET, links.pilot_token(database, SECRET, pilot)).pilot
    token = begun(database, pilot, links.pilot_token(database, SECRET, pilot))
    answered(database, token)
    progress.start_block(database, token)
    answered(database, token)
    with database.read() as db:
        late = set(db.scalars(select(Vote.late)))
    assert late == {False}
    assert checks.valid_sessions(database, pilot, simulated=False) == 0


def test_a_pilot_session_goes_on_when_its_study_opens_and_never_counts(database: Database, pilot: int) -> None:
    token = begun(database, pilot, links.pilot_token(database, SECRET, pilot))
    with database.write() as db:
        db.execute(update(Study).where(Study.id == pilot).values(state=StudyState.OPEN))
    while progress.view(database, token).stage is not sitting.Stage.END:
        answered(database, token)
        progress.start_block(database, token)
    assert checks.valid_sessions(database, pilot, simulated=False) == 0


def test_an_archived_study_is_to_its_subjects_what_a_closed_one_is(database: Database) -> None:
    study = planted.study(database)
    token = begun(database, study, links.public_token(database, SECRET, study))
    moves.close(database, study)
    moves.archive(database, study)
    with pytest.raises(enrol.StudyClosed):
        enrol.begin(database, SECRET, links.public_token(database, SECRET, study))
    with pytest.raises(enrol.StudyClosed):
        invitations.invite(database, SECRET, study, ["P02"])
    assert progress.view(database, token).stage is sitting.Stage.PAUSED
    answered(database, token)
    with pytest.raises(enrol.StudyClosed):
        progress.start_block(database, token)
    with database.read() as db:
        assert set(db.scalars(select(Vote.late))) == {True}


def test_a_study_is_stopped_under_its_subjects_only_by_whoever_says_that_they_know(database: Database) -> None:
    study = planted.study(database)
    begun(database, study, links.public_token(database, SECRET, study))
    assert stopping.sitters(database, study) == stopping.Sitters(here=1, away=0)
    for stop in (stopping.pause, stopping.close):
        with pytest.raises(stopping.SubjectsSitting, match="1 subject sits at their screen") as refused:
            stop(database, study, anyway=False)
        assert refused.value.extras() == {"here": 1, "away": 0}
        stop(database, study, anyway=True)
        stop(database, study, anyway=False)  # it is so already: whoever lost the reply asks again


def test_who_has_been_silent_for_ten_minutes_does_not_keep_a_study_from_pausing_and_does_from_closing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = planted.study(database)
    begun(database, study, links.public_token(database, SECRET, study))
    monkeypatch.setattr(stopping, "now", lambda: stopping.AT_THE_SCREEN + _last_seen(database))
    assert stopping.sitters(database, study) == stopping.Sitters(here=0, away=1)
    stopping.pause(database, study, anyway=False)
    with pytest.raises(stopping.SubjectsSitting, match="1 has begun and may come back today"):
        stopping.close(database, study, anyway=False)
    monkeypatch.setattr(stopping, "now", lambda: loads.ABANDONED_AFTER + _last_seen(database))
    stopping.close(database, study, anyway=False)


def _last_seen(database: Database) -> datetime:
    with database.read() as db:
        return db.scalars(select(Session.last_seen_at)).one()

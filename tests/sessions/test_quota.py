"""The public link's quota: a place belongs to a session that counts or may, and the last one goes once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.clock import now
from app.db import Database
from app.db.models import Session, StudyState, Subject
from app.jobs.contract import digest_of
from app.sessions import checks
from app.sessions.enrol import StudyPaused, begin, landing, personal_link_of
from app.sessions.invitations import invite
from app.sessions.links import pilot_token, public_token
from app.sessions.loads import ABANDONED_AFTER
from app.sessions.quota import StudyFull, places_taken
from app.studies.eras import hashes
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.db.crowd import at_once
from tests.sessions.planted import PLAIN, SECRET, honest, join, play, session_id, set_state, study


@pytest.fixture
def number(database: Database) -> int:
    return study(database, Protocol(**PLAIN, trials_per_session=4, catch_trials=0, practice_trials=0, public_quota=2))


def fill(database: Database, number: int) -> list[int]:
    """Both places are taken."""
    return [session_id(database, join(database, number)) for _ in range(2)]


def is_full(database: Database, number: int) -> bool:
    return landing(database, SECRET, public_token(database, SECRET, number)).full


def test_the_public_link_says_that_it_is_full_and_begins_nothing(database: Database, number: int) -> None:
    assert not is_full(database, number)
    fill(database, number)
    assert is_full(database, number)
    with pytest.raises(StudyFull):
        join(database, number)
    with database.read() as db:
        assert len(db.scalars(select(Subject.id)).all()) == 2


def test_a_quota_bounds_neither_personal_nor_pilot_links(database: Database, number: int) -> None:
    (ada,) = invite(database, SECRET, number, ["Ada"])
    begin(database, SECRET, ada.token)
    fill(database, number)
    begin(database, SECRET, invite(database, SECRET, number, ["Ben"])[0].token)
    begin(database, SECRET, pilot_token(database, SECRET, number))
    assert places_taken(database, number) == 2
    assert not landing(database, SECRET, ada.token).full
    assert not landing(database, SECRET, pilot_token(database, SECRET, number)).full


def test_an_exclusion_frees_a_place_and_a_readmission_takes_nobodys(database: Database, number: int) -> None:
    first, _ = fill(database, number)
    checks.exclude(database, first, "fell asleep", somebody("ada"))
    join(database, number)
    assert is_full(database, number)
    checks.readmit(database, first, "was awake", somebody("ada"))
    assert places_taken(database, number) == 3


def test_a_complete_session_holds_its_place_for_good_and_an_abandoned_one_for_a_day(
    database: Database, number: int
) -> None:
    play(database, join(database, number), honest)
    left = join(database, number)
    ago = now() - ABANDONED_AFTER - timedelta(minutes=1)
    with database.write() as db:
        db.execute(update(Session).values(last_seen_at=ago))
    assert places_taken(database, number) == 1
    begin(database, SECRET, public_token(database, SECRET, number))
    with pytest.raises(StudyFull):
        join(database, number)
    assert begin(database, SECRET, personal_link_of(database, SECRET, left)) == left  # whoever has begun goes on
    assert places_taken(database, number) == 3


def test_of_many_who_want_the_last_places_as_many_get_one_as_there_are(database: Database, number: int) -> None:
    def press(_: int) -> bool:
        try:
            join(database, number)
        except StudyFull:
            return False
        return True

    assert sum(at_once(press)) == 2
    assert places_taken(database, number) == 2


def test_a_paused_study_is_paused_before_it_is_full(database: Database, number: int) -> None:
    fill(database, number)
    set_state(database, number, StudyState.PAUSED)
    with pytest.raises(StudyPaused):
        join(database, number)


def test_a_study_that_opened_before_there_were_quotas_keeps_its_hash() -> None:
    old = {name: value for name, value in Protocol().model_dump(mode="json").items() if name != "public_quota"}
    assert digest_of(old) in set(hashes(old))

"""Links and cookies open what they were made for, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.backup import keep
from app.db.models import Study, Subject
from app.sessions import enrol, invitations, returning, withdrawal
from app.sessions.links import (
    BadLink,
    cookie_agrees,
    cookie_value,
    pilot_token,
    public_token,
    read_personal,
    read_pilot,
    read_public,
)
from app.settings import Settings
from tests.sessions.planted import study

SECRET, OTHER = b"one", b"other"
Made = Callable[[Database, bytes, int], str]
Read = Callable[[OrmSession, bytes, str], Study]
OF_STUDIES: list[tuple[Made, Read]] = [(public_token, read_public), (pilot_token, read_pilot)]


def _invited(database: Database, number: int, label: str) -> str:
    return invitations.invite(database, SECRET, number, [label])[0].token


@pytest.mark.parametrize(("made", "read"), OF_STUDIES)
def test_a_link_leads_back_to_its_study_and_is_the_same_whenever_it_is_shown(
    database: Database, made: Made, read: Read
) -> None:
    one, other = study(database), study(database)
    for number in (one, other):
        token = made(database, SECRET, number)
        assert token == made(database, SECRET, number) != made(database, OTHER, number)
        with database.read() as db:
            assert read(db, SECRET, token).id == number


def test_a_personal_link_leads_back_to_its_subject(database: Database) -> None:
    number = study(database)
    token = _invited(database, number, "ada")
    assert token == _invited(database, number, "ada") != _invited(database, number, "grace")
    with database.read() as db:
        assert read_personal(db, SECRET, token).label == "ada"


def test_a_forged_foreign_or_broken_link_leads_nowhere(database: Database) -> None:
    number = study(database)
    token, personal = public_token(database, SECRET, number), _invited(database, number, "ada")
    digits, proof = token.split(".")
    made_up = (
        "", ".", digits, f"{digits}.", public_token(database, OTHER, number), pilot_token(database, SECRET, number),
        personal, token[:-1], f"{int(digits) + 1}.{proof}", f"0{token}", f"-{token}", f"١.{proof}", f"{'9' * 400}.x",
        f"{2**31}.{proof}", f"{digits}.é", f"{digits}.\ud800", f"{digits}.\0",
    )  # fmt: skip
    with database.read() as db:
        for one in made_up:
            with pytest.raises(BadLink, match="copy the whole link again") as refused:
                read_public(db, SECRET, one)
            assert refused.value.status == 404


@pytest.mark.one_database
@drawn(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_text_is_a_link_by_chance(database: Database, token: str) -> None:
    with database.read() as db:
        for read in (read_public, read_pilot, read_personal):
            with pytest.raises(BadLink):
                read(db, SECRET, token)


@pytest.mark.sqlite_only
def test_no_link_of_after_a_backup_opens_what_is_made_once_it_was_put_back(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    number = study(database)
    kept = public_token(database, SECRET, number)
    ada, again = _invited(database, number, "ada"), tmp_path / "restored.sqlite3"
    keep(settings.data_dir / "beholder.sqlite3", again)

    def later(place: Database, label: str) -> tuple[str, ...]:
        made = study(place)
        links = (_invited(place, number, label), public_token(place, SECRET, made), pilot_token(place, SECRET, made))
        assert enrol.begin(place, SECRET, links[0])
        return links

    lost = later(database, "alice")
    restored = Database(f"sqlite:///{again}")
    for old, new in zip(lost, later(restored, "bob"), strict=True):
        assert old.partition(".")[0] == new.partition(".")[0]
        assert enrol.landing(restored, SECRET, new)
        with pytest.raises(BadLink):
            enrol.landing(restored, SECRET, old)
    assert not enrol.landing(restored, SECRET, kept).personal
    assert enrol.landing(restored, SECRET, ada).personal
    restored.close()


def test_who_holds_the_link_of_a_subject_whom_a_backup_has_lost_is_nobody_else(database: Database) -> None:
    number = study(database)
    alice = _invited(database, number, "alice")
    with database.write() as db:
        lost = db.scalars(select(Subject).where(Subject.label == "alice")).one()
        place, at = lost.id, lost.created_at
        db.delete(lost)
        db.flush()
        db.add(Subject(id=place, study_id=number, label="bob", simulated=False, invited=True, created_at=at))
    bob = _invited(database, number, "bob")
    session = enrol.begin(database, SECRET, bob)
    for tried in (
        lambda: enrol.landing(database, SECRET, alice),
        lambda: enrol.begin(database, SECRET, alice),
        lambda: returning.session_behind(database, SECRET, alice, None),
        lambda: withdrawal.session_of(database, SECRET, alice),
    ):
        with pytest.raises(BadLink):
            tried()
    assert returning.session_behind(database, SECRET, bob, None) == session


def test_links_that_were_handed_out_before_there_were_keys_hold(database: Database) -> None:
    number = study(database)
    _invited(database, number, "ada")
    with database.write() as db:
        for table in (Study, Subject):
            db.execute(update(table).values(link_key=None))
        subject = db.scalars(select(Subject.id)).one()
    assert (number, subject) == (1, 1)
    for token, personal in (("1.Dllitw_ZN4u_IjgwSbrFfx", False), ("1.Q92KyUZdCb64zl-OCSJ1bQ", True)):
        assert enrol.landing(database, b"secret", token).personal is personal
    assert public_token(database, b"secret", number) == "1.Dllitw_ZN4u_IjgwSbrFfx"
    assert invitations.invitations(database, b"secret", number)[0].token == "1.Q92KyUZdCb64zl-OCSJ1bQ"


def test_a_cookie_belongs_to_one_session() -> None:
    cookie = cookie_value(SECRET, "session")
    assert cookie_agrees(SECRET, "session", cookie)
    for other in (None, "", "é", cookie[:-1], cookie_value(SECRET, "another"), cookie_value(OTHER, "session")):
        assert not cookie_agrees(SECRET, "session", other)

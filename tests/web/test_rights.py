"""What an account may do follows from its rights in the program and its role in the study, and from nothing else."""

from pathlib import Path

import pytest
from sqlalchemy import update

from app.db import Database
from app.db.audit import Actor
from app.db.models import Membership, Role, Through
from app.media import Media
from app.studies import members, rehearsals, service
from app.studies.protocol import Protocol
from app.studies.states import StudyNotFound
from app.web import login, rights
from app.web.login import SignedIn
from app.web.rights import Holder, May, Right, RightMissing, RoleTooSmall
from tests.web import small_study

pytestmark = pytest.mark.one_database
NOBODY_SPECIAL = Holder(7, "rosa", operates=False, creates=False, launches=False)


def at_the_desk(number: int, name: str, *, operates: bool, creates: bool, launches: bool) -> SignedIn:
    """Somebody with these rights, signed in."""
    return SignedIn(
        number, name, operates=operates, creates=creates, launches=launches, login_id=1, has_password=True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, {Right.OWNS, Right.RUNS, Right.ANALYSES, Right.SEES}),
        (Role.EXPERIMENTER, {Right.RUNS, Right.ANALYSES, Right.SEES}),
        (Role.ANALYST, {Right.ANALYSES, Right.SEES}),
        (Role.VIEWER, {Right.SEES}),
        (None, set()),
    ],
)
def test_each_role_may_do_what_those_below_it_may(role: Role | None, allowed: set[Right]) -> None:
    may = May.of(NOBODY_SPECIAL, role)
    assert {right for right in Right if may.has(right)} == allowed


def test_the_first_account_may_do_everything_and_later_ones_begin_studies_only(database: Database) -> None:
    def may(name: str) -> May:
        login.create_account(database, name, None)
        token = login.sign_in_once(database, login.one_time_link(database, name), hours=1)
        return May.of(login.signed_in(database, token))

    first, later = may("ada"), may("rosa")
    assert all(first.has(right) for right in Right)
    assert {right for right in Right if later.has(right)} == {Right.CREATES}


def test_whoever_begins_a_study_owns_it_and_nobody_else_learns_of_it(database: Database) -> None:
    for name in ("ada", "rosa", "kim"):
        login.create_account(database, name, None)
    rosa = at_the_desk(2, "rosa", operates=False, creates=True, launches=False)
    kim = at_the_desk(3, "kim", operates=False, creates=True, launches=False)
    study = service.create(database, "Which loss?", Protocol(), by=Actor(2, "rosa", Through.DESK))
    assert [(one.name, one.role) for one in members.listing(database, study)] == [("rosa", Role.OWNER)]
    assert rights.require(database, rosa, Right.OWNS, study).owns
    with pytest.raises(StudyNotFound) as there:
        rights.require(database, kim, Right.SEES, study)
    with pytest.raises(StudyNotFound) as nowhere:
        rights.require(database, kim, Right.SEES, 99)
    assert there.value.message.replace(f"study {study}", "study 99") == nowhere.value.message
    assert [listed.id for listed in service.listing(database, account_id=2)] == [study]
    assert service.listing(database, account_id=3) == []


def test_a_refusal_says_which_role_or_right_is_missing(database: Database) -> None:
    for name in ("ada", "rosa"):
        login.create_account(database, name, None)
    study = service.create(database, "Which loss?", Protocol(), by=Actor(2, "rosa", Through.DESK))
    with database.write() as db:
        db.execute(update(Membership).values(role=Role.VIEWER))
    rosa = at_the_desk(2, "rosa", operates=False, creates=False, launches=False)
    with pytest.raises(RoleTooSmall, match="is viewer, and this is for owners and experimenters"):
        rights.require(database, rosa, Right.RUNS, study)
    with pytest.raises(RightMissing, match="start jobs"):
        rights.require(database, rosa, Right.LAUNCHES)


def test_a_rehearsal_is_no_study_that_anybody_opens_pauses_or_exports_by_its_number(
    database: Database, media: Media, pictures: Path
) -> None:
    login.create_account(database, "ada", None)
    study = small_study.create(database, media, pictures, opened=False)
    rehearsal = rehearsals.rehearse(database, media, study)
    ada = at_the_desk(1, "ada", operates=True, creates=True, launches=True)
    owner = at_the_desk(1, "ada", operates=False, creates=False, launches=False)
    members.give(database, study, "ada", Role.OWNER)
    for who in (ada, owner):
        assert rights.require(database, who, Right.OWNS, study).owns
        for right in (Right.OWNS, Right.RUNS, Right.ANALYSES, Right.SEES):
            with pytest.raises(StudyNotFound):
                rights.require(database, who, right, rehearsal)

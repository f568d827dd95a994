"""Those whom an experimenter invites: by labels, with links that can be shown again and taken back."""

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.audit import Actor
from app.db.models import AuditEntry, Through
from app.sessions.enrol import begin, landing
from app.sessions.invitations import BegunAlready, NotInvited, invitations, invite, take_back
from app.sessions.links import BadLink
from tests.sessions.planted import SECRET, join, study

ADA = Actor(7, "ada", Through.DESK)


def log(database: Database) -> list[tuple[str, str, dict[str, object]]]:
    with database.read() as db:
        return [(one.account, one.deed, one.details) for one in db.scalars(select(AuditEntry))]


def test_an_invitation_that_is_taken_back_leads_nowhere_and_its_label_gets_another_link(database: Database) -> None:
    number = study(database)
    first, ben = invite(database, SECRET, number, ["Ada", "Ben"])
    take_back(database, number, "Ada", by=ADA)
    with pytest.raises(BadLink):
        landing(database, SECRET, first.token)
    (again,) = invite(database, SECRET, number, ["Ada"])
    assert again.token not in (first.token, ben.token)
    assert [one.label for one in invitations(database, SECRET, number)] == ["Ben", "Ada"]


def test_who_has_begun_and_who_was_never_invited_cannot_be_taken_back(database: Database) -> None:
    number = study(database)
    join(database, number)  # as "1"
    begin(database, SECRET, invite(database, SECRET, number, ["Ada"])[0].token)
    with pytest.raises(BegunAlready, match="exclude the session on the monitor"):
        take_back(database, number, "Ada")
    for label in ("1", "Ben"):
        with pytest.raises(NotInvited):
            take_back(database, number, label)
    with pytest.raises(NotInvited):
        take_back(database, study(database), "Ada")


def test_the_list_tells_invited_subjects_from_those_who_came_by_the_public_link(database: Database) -> None:
    number = study(database)
    join(database, number)
    invite(database, SECRET, number, ["Ada"])
    assert [(one.label, one.state, one.invited) for one in invitations(database, SECRET, number)] == [
        ("1", "under way", False), ("Ada", "not begun", True),
    ]  # fmt: skip


def test_invitations_stand_in_the_audit_log_once(database: Database) -> None:
    number = study(database)
    for _ in range(2):
        invite(database, SECRET, number, ["Ada", "Ben"], by=ADA)
    take_back(database, number, "Ben", by=ADA)
    assert [entry for entry in log(database) if entry[0] == "ada"] == [
        ("ada", "subjects invited", {"subjects": 2}),
        ("ada", "invitation taken back", {"subject": 2}),
    ]

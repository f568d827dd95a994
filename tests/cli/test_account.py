"""Accounts made at the command line."""

import re
from typing import get_args

import pytest
from sqlalchemy import select

from app.cli import account
from app.db import Database, deeds
from app.db.models import Account, Role, Through
from app.settings import Settings
from app.studies import members, service
from app.studies.protocol import Protocol
from app.web import account_invitations, accounts
from app.web.login import (
    LinkUsedUp,
    LoginNeeded,
    create_account,
    one_time_link,
    sign_in,
    sign_in_once,
    signed_in,
)
from tests.cli.conftest import Run

PASSWORD = "a few words in a row"


def test_an_account_with_a_password_signs_in(beholder: Run, database: Database) -> None:
    said = beholder("account", "create", "ada", text=f"{PASSWORD}\n{PASSWORD}\n")
    assert said.returncode == 0, said.stderr
    assert "http://localhost:8000/login" in said.stdout
    assert PASSWORD not in said.stdout + said.stderr
    assert sign_in(database, "ada", PASSWORD, hours=1)


def test_a_one_time_link_signs_in(beholder: Run, database: Database, settings: Settings) -> None:
    for command in (("account", "create", "ada", "--link"), ("account", "link", "ada")):
        said = beholder(*command, BASE_URL="https://lab.example")
        found = re.search(r"https://lab\.example/login/once/(\S+)", said.stdout)
        assert found, said.stderr
        assert sign_in_once(database, found[1], hours=1)


def test_refusals_are_sentences(beholder: Run, database: Database) -> None:
    short = beholder("account", "create", "ada", text="short\nshort\n")
    assert (short.returncode, "A password has at least" in short.stderr) == (2, True)
    unknown = beholder("account", "link", "grace")
    assert (unknown.returncode, "There is no account 'grace'" in unknown.stderr) == (2, True)
    assert beholder("account", "create", "ada", "--link").returncode == 0
    again = beholder("account", "create", "ada", "--link")
    assert (again.returncode, "There is already an account 'ada'" in again.stderr) == (2, True)


def test_the_list_tells_rights_and_roles_and_rights_change_by_name(beholder: Run, database: Database) -> None:
    for name in ("ada", "rosa"):
        create_account(database, name, None)
    study = service.create(database, "Which loss?", Protocol())
    assert beholder("account", "role", "rosa", str(study), "analyst").returncode == 0
    told = beholder("account", "list").stdout
    assert "ada  may: operates, creates, launches  signed in: never" in told
    assert f"rosa  may: creates  signed in: never\n    No. {study} Which loss?: analyst" in told
    assert beholder("account", "rights", "rosa", "--launches", "--no-creates").returncode == 0
    assert "rosa  may: launches  signed in" in beholder("account", "list").stdout
    last = beholder("account", "rights", "ada", "--no-operates")
    assert (last.returncode, "ada alone operates this installation" in last.stderr) == (2, True)
    unknown = beholder("account", "rights", "grace", "--launches")
    assert (unknown.returncode, "There is no account 'grace'" in unknown.stderr) == (2, True)


def test_an_invitation_printed_at_the_machine_makes_an_account_with_a_role(beholder: Run, database: Database) -> None:
    study = service.create(database, "Which loss?", Protocol())
    said = beholder(
        "account", "invite", "Kim", "--study", str(study), "--role", "viewer", BASE_URL="https://lab.example"
    )
    found = re.search(r"https://lab\.example/invitation/(\S+)", said.stdout)
    assert found, said.stderr
    account_invitations.join(database, found[1], "kim", PASSWORD, hours=1)
    assert [(one.name, one.role) for one in members.listing(database, study)] == [("kim", Role.VIEWER)]
    alone = beholder("account", "invite", "Kim", "--role", "viewer")
    assert (alone.returncode, "names a study together with a role" in alone.stderr) == (2, True)


def test_invitations_are_listed_with_what_they_give_and_revoked_by_number(beholder: Run, database: Database) -> None:
    study = service.create(database, "Which loss?", Protocol())
    account_invitations.make(database, "Kim", study_id=study, role=Role.VIEWER)
    account_invitations.make(database, "Rosa", creates=True)
    listed = [line.split() for line in beholder("account", "invitations").stdout.splitlines()]
    assert [(line[0], line[1], line[4:]) for line in listed] == [
        ("2", "open", ["creates", "Rosa"]), ("1", "open", ["viewer", "of", "study", str(study), "Kim"]),
    ]  # fmt: skip
    assert beholder("account", "revoke", "1").stdout == "Invitation 1 is revoked.\n"
    only = beholder("account", "invitations", "--study", str(study)).stdout
    assert [line.split()[:2] for line in only.splitlines()] == [["1", "revoked"]]
    again = beholder("account", "revoke", "1")
    assert (again.returncode, "There is no open invitation 1" in again.stderr) == (2, True)


def test_roles_are_given_and_taken_and_the_last_owner_stays(beholder: Run, database: Database) -> None:
    create_account(database, "ada", None)
    study = str(service.create(database, "Which loss?", Protocol()))
    assert "ada is owner of study 1" in beholder("account", "role", "ada", study, "owner").stdout
    for command in (("ada", study, "viewer"), ("ada", study, "--remove")):
        kept = beholder("account", "role", *command)
        assert (kept.returncode, "ada is the only owner" in kept.stderr) == (2, True)
    create_account(database, "rosa", None)
    assert beholder("account", "role", "rosa", study, "owner").returncode == 0
    assert "takes part in study 1 no longer" in beholder("account", "role", "ada", study, "--remove").stdout
    assert [one.name for one in members.listing(database, int(study))] == ["rosa"]
    neither = beholder("account", "role", "ada", study)
    assert (neither.returncode, "say which role, or --remove" in neither.stderr) == (2, True)


def test_signing_out_ends_logins_and_links(beholder: Run, database: Database) -> None:
    create_account(database, "ada", None)
    open_link, used = one_time_link(database, "ada"), one_time_link(database, "ada")
    login = sign_in_once(database, used, hours=1)
    assert signed_in(database, login).name == "ada"
    assert "Every browser of ada is signed out" in beholder("account", "sign-out", "ada").stdout
    with pytest.raises(LoginNeeded):
        signed_in(database, login)
    with pytest.raises(LinkUsedUp):
        sign_in_once(database, open_link, hours=1)


def test_an_account_is_deleted_by_whoever_types_its_name_and_not_while_it_owns_studies(
    beholder: Run, database: Database
) -> None:
    for name in ("ada", "rosa"):
        create_account(database, name, None)
    study = service.create(database, "Which loss?", Protocol())
    members.give(database, study, "rosa", Role.OWNER)
    owns = beholder("account", "delete", "rosa", "--yes")
    assert (owns.returncode, "No. 1: Which loss?" in owns.stderr) == (2, True)
    members.give(database, study, "ada", Role.OWNER)
    mistyped = beholder("account", "delete", "rosa", text="rose\n")
    assert (mistyped.returncode, "its name has to be typed" in mistyped.stderr) == (2, True)
    assert "The account rosa is deleted" in beholder("account", "delete", "rosa", text="rosa\n").stdout
    assert [one.name for one in accounts.people(database)] == ["ada"]
    (gone,) = deeds.deeds(database, 1)
    assert (gone.deed, gone.through, gone.details) == ("account deleted", Through.CLI, {"of": "rosa"})


def test_an_account_is_bound_to_a_person_of_the_issuer_and_unbound(beholder: Run, database: Database) -> None:
    beholder("account", "create", "ada", "--link")
    refused = beholder("account", "bind", "ada", "17")
    assert (refused.returncode, "Nobody signs in here by an issuer" in refused.stderr) == (2, True)
    half = beholder("account", "bind", "ada", "17", OIDC_ISSUER="https://lab.example")
    assert (half.returncode, "also needs BEHOLDER_OIDC_CLIENT and" in half.stderr) == (2, True)
    whole = {"OIDC_ISSUER": "https://lab.example", "OIDC_CLIENT": "beholder", "OIDC_SECRET": "tortoise"}
    said = beholder("account", "bind", "ada", "17", **whole)
    assert (said.returncode, said.stdout) == (0, "ada may sign in by https://lab.example.\n"), said.stderr
    with database.read() as db:
        assert db.execute(select(Account.oidc_issuer, Account.oidc_subject)).one() == ("https://lab.example", "17")
    assert beholder("account", "unbind", "ada").returncode == 0
    with database.read() as db:
        assert db.scalars(select(Account.oidc_subject)).one() is None


def test_the_roles_at_a_terminal_are_those_of_the_tables() -> None:
    assert get_args(account.AnyRole) == tuple(Role)

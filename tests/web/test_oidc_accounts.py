"""Whose account it is that an issuer vouches for, and that nobody gets another's."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import Account, AccountInvitation, AuditEntry
from app.web import account_invitations, login
from app.web.oidc import arrivals
from tests.web.fake_issuer import FakeIssuer
from tests.web.oidc_walks import refused, walked

VERIFIED = {"email": "Ada@lab.example", "email_verified": True}
Made = Callable[..., TestClient]


def names(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(Account.name).order_by(Account.name)))


def deeds(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)))


def test_an_unknown_person_is_told_so_and_makes_no_account(made: Made, lab: FakeIssuer, database: Database) -> None:
    lab.claims = VERIFIED
    refused(walked(made(), lab), 403, "no account here is yours: ask whoever runs this server for an invitation")
    assert names(database) == []


WRONG_EMAILS: list[dict[str, Any]] = [
    {"email": "ada@lab.example"}, {"email": "ada@lab.example", "email_verified": "true"},
    {"email": "ada@lab.example", "email_verified": False}, {"email": "ada@evil-lab.example", "email_verified": True},
    {"email": "ada@lab.example.evil", "email_verified": True}, {"email": "lab.example", "email_verified": True},
    {"email": "@lab.example", "email_verified": True}, {"email": ["ada@lab.example"], "email_verified": True},
    {"email_verified": True},
]  # fmt: skip


@pytest.mark.one_database  # what an e-mail is
def test_an_email_that_is_not_verified_or_of_another_domain_opens_nothing(
    made: Made, lab: FakeIssuer, database: Database
) -> None:
    browser = made(oidc_domains=("lab.example",))
    for lab.claims in WRONG_EMAILS:
        refused(walked(browser, lab), 403, "no account here is yours")
    assert names(database) == []


@pytest.mark.parametrize("rights", [(), ("creates",), ("creates", "launches")])
def test_people_of_a_domain_get_an_account_with_the_rights_of_the_settings(
    made: Made, lab: FakeIssuer, database: Database, rights: tuple[str, ...]
) -> None:
    lab.claims, browser = VERIFIED, made(oidc_domains=("lab.example",), oidc_rights=rights)
    assert walked(browser, lab).status_code == 303
    with database.read() as db:
        account = db.scalars(select(Account)).one()
    assert (account.name, account.oidc_subject, account.operates) == ("ada@lab.example", "ada-17", False)
    assert (account.creates, account.launches) == ("creates" in rights, "launches" in rights)
    assert deeds(database) == ["account created", "account bound"]
    lab.claims = VERIFIED | {"email": "lovelace@lab.example"}  # a person may change their name
    assert walked(browser, lab).status_code == 303
    assert names(database) == ["ada@lab.example"]


def test_an_account_is_never_taken_over_by_its_name(made: Made, lab: FakeIssuer, database: Database) -> None:
    login.create_account(database, "ada@lab.example", None)
    lab.claims, browser = VERIFIED, made(oidc_domains=("lab.example",))
    refused(walked(browser, lab), 409, "There is an account 'ada@lab.example' already")
    token = account_invitations.make(database, "Ada")
    for name in ("ada@lab.example", ""):
        refused(walked(browser, lab, invitation=token, name=name), 409, "it is not yours")
    assert account_invitations.check(database, token).state == "open"
    with database.read() as db:
        assert db.scalars(select(Account.oidc_subject)).one() is None


def test_an_invitation_makes_an_account_that_the_issuer_opens(made: Made, lab: FakeIssuer, database: Database) -> None:
    token, browser = account_invitations.make(database, "Ada", launches=True), made()
    page = browser.get(f"/invitation/{token}").text
    assert "Sign in with the Lab" in page
    assert f'name="invitation" value="{token}"' in page
    assert walked(browser, lab, invitation=token, name=" ada ").status_code == 303
    with database.read() as db:
        account, used = db.scalars(select(Account)).one(), db.scalars(select(AccountInvitation)).one()
    assert (account.name, account.password_hash, account.launches) == ("ada", None, True)
    assert (account.oidc_subject, used.used_by) == ("ada-17", "ada")
    assert deeds(database)[-1] == "account bound"
    lab.claims, other = {"sub": "eve"}, made()
    refused(walked(other, lab, invitation=token, name="eve"), 410, "has been used or has expired")
    assert names(database) == ["ada"]


def test_an_invitation_gives_whoever_is_bound_what_it_gives(
    made: Made, lab: FakeIssuer, database: Database, ada: None
) -> None:
    login.create_account(database, "eve", None, launches=False)
    arrivals.bind(database, "eve", lab.address, "eve")
    lab.claims, token = {"sub": "eve"}, account_invitations.make(database, "Eve", launches=True)
    assert walked(made(), lab, invitation=token, name="another").status_code == 303
    assert names(database) == ["ada", "eve"]
    with database.read() as db:
        assert db.scalars(select(Account.launches).where(Account.name == "eve")).one()


def test_a_sign_in_link_binds_its_account_to_one_person(made: Made, lab: FakeIssuer, database: Database) -> None:
    login.create_account(database, "ada", None)
    links = [login.one_time_link(database, "ada") for _ in range(3)]
    assert "Sign in with the Lab" in made().get(f"/login/once/{links[0]}").text
    assert walked(made(), lab, link=links[0]).status_code == 303
    again = made()
    assert walked(again, lab).status_code == 303  # and now without a link
    assert "no password yet" not in again.get("/admin/account").text
    assert "by an issuer" in again.get("/admin/accounts").text
    refused(walked(made(), lab, link=links[0]), 410, "has been used")
    lab.claims = {"sub": "eve"}
    refused(walked(made(), lab, link=links[1]), 409, "'ada' is bound to a person")
    lab.claims = {}
    login.create_account(database, "other", None)
    refused(walked(made(), lab, link=login.one_time_link(database, "other")), 409, "'ada' is bound to a person")
    assert deeds(database).count("account bound") == 1


def test_a_person_opens_one_account_and_an_account_has_one_person(database: Database) -> None:
    for name in ("ada", "eve"):
        login.create_account(database, name, None)
    arrivals.bind(database, "ada", "https://lab.example", "17")
    arrivals.bind(database, "ada", "https://lab.example", "17")
    for name, subject in (("ada", "18"), ("eve", "17")):
        with pytest.raises(arrivals.AlreadyBound):
            arrivals.bind(database, name, "https://lab.example", subject)
    arrivals.unbind(database, "ada")
    arrivals.bind(database, "eve", "https://lab.example", "17")
    assert deeds(database)[2:] == ["account bound", "account unbound", "account bound"]
    with pytest.raises(login.NoSuchAccount):
        arrivals.bind(database, "nobody", "https://lab.example", "19")
    with pytest.raises(arrivals.NoIssuer):
        arrivals.bind(database, "ada", "", "19")

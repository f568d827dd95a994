"""Binding one's own account to the issuer at the desk, undoing it, and what a stranger could make of either."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.db import Database
from app.db.models import Account, AuditEntry
from app.settings import Settings
from app.web import login
from app.web.oidc import arrivals, visits
from app.web.sign_in import COOKIE
from tests.web.fake_issuer import FakeIssuer
from tests.web.oidc_walks import begun, refused, walked

PASSWORD = "a few words in a row"
Made = Callable[..., TestClient]


def seated(browser: TestClient, database: Database, settings: Settings, name: str = "ada") -> TestClient:
    """The browser, signed in."""
    token = login.sign_in_once(database, login.one_time_link(database, name), hours=1)
    browser.cookies.set(COOKIE, login.seal(settings.secret(), token))
    return browser


def way_of(browser: TestClient, lab: FakeIssuer) -> str:
    """The way back, after the button on the account's page and a sign-in at the issuer."""
    reply = browser.post("/admin/account/issuer")
    assert reply.status_code == 200, reply.text
    found = re.search(r'content="0; url=([^"]+)"', reply.text)
    assert found
    return lab.vouch(unescape(found[1]))


def bound_to(database: Database, name: str = "ada") -> str | None:
    with database.read() as db:
        return db.scalars(select(Account.oidc_subject).where(Account.name == name)).one()


def deeds(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as db:
        rows = db.scalars(select(AuditEntry).where(AuditEntry.deed.startswith("account ")).order_by(AuditEntry.id))
        return [(row.account, row.through.value, row.deed) for row in rows][1:]


def told(reply: Response, status: int, says: str) -> None:
    assert reply.status_code == status, reply.text
    assert says in unescape(reply.text)


def test_ones_own_account_is_bound_and_unbound_on_its_page(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings
) -> None:
    login.create_account(database, "ada", PASSWORD)
    browser = seated(made(), database, settings)
    assert "Bind this account to the Lab" in browser.get("/admin/account").text
    reply = browser.get(way_of(browser, lab))
    assert (reply.status_code, reply.headers["location"]) == (303, "/admin/account?saved=bound")
    assert COOKIE not in reply.cookies  # nobody was signed in by it: the login that began goes on
    assert visits.COOKIE not in browser.cookies
    assert bound_to(database) == "ada-17"
    assert walked(made(), lab).status_code == 303
    page = browser.get("/admin/account").text
    assert "Undo that" in page
    assert "Bind this account" not in page
    assert browser.post("/admin/account/issuer/unbind").headers["location"] == "/admin/account?saved=unbound"
    assert bound_to(database) is None
    refused(walked(made(), lab), 403, "no account here is yours")
    assert deeds(database) == [("ada", "desk", "account bound"), ("ada", "desk", "account unbound")]


def test_an_account_without_a_password_does_not_lock_itself_out(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings, ada: None
) -> None:
    browser = seated(made(), database, settings)
    assert "Undo that" not in browser.get("/admin/account").text
    told(browser.post("/admin/account/issuer/unbind"), 409, "has no password, and without the issuer nothing would")
    assert bound_to(database) == "ada-17"
    browser.post("/admin/account/password", data={"password": PASSWORD, "again": PASSWORD})
    assert browser.post("/admin/account/issuer/unbind").status_code == 303
    assert bound_to(database) is None
    assert browser.post("/admin/account/issuer/unbind").status_code == 303  # pressed twice, it is undone once
    assert [deed for *_, deed in deeds(database)].count("account unbound") == 1


def test_a_person_who_opens_another_account_is_not_bound_to_a_second(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings, ada: None
) -> None:
    login.create_account(database, "eve", PASSWORD)
    browser = seated(made(), database, settings, "eve")
    told(browser.get(way_of(browser, lab)), 409, "The account 'ada' is bound to a person")
    lab.claims = {"sub": "ada-18"}
    browser = seated(made(), database, settings)
    told(browser.get(way_of(browser, lab)), 409, "The account 'ada' is bound to a person")
    assert (bound_to(database), bound_to(database, "eve")) == ("ada-17", None)


def test_nobody_binds_their_own_person_to_anothers_account(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings
) -> None:
    """An attacker's way back in the browser of somebody who is signed in, with and without a visit of their own."""
    for name in ("ada", "eve"):
        login.create_account(database, name, PASSWORD)
    victim, attacker = seated(made(), database, settings), seated(made(), database, settings, "eve")
    way = way_of(attacker, lab)
    refused(victim.get(way), 403, "was not begun in this browser")
    way_of(victim, lab)
    refused(victim.get(way), 403, "was not begun in this browser")
    victim.cookies.set(visits.COOKIE, attacker.cookies[visits.COOKIE], path="/login/oidc")  # even with their cookie
    victim.cookies.delete(COOKIE)
    seated(victim, database, settings)
    told(made().get(way), 403, "was not begun in this browser")
    assert (bound_to(database), bound_to(database, "eve")) == (None, None)


def test_a_visit_binds_for_the_login_that_began_it_and_no_other(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings
) -> None:
    for name in ("ada", "eve"):
        login.create_account(database, name, PASSWORD)
    browser = seated(made(), database, settings)
    way = way_of(browser, lab)
    seated(browser, database, settings, "eve")  # another signs in on the same machine meanwhile
    told(browser.get(way), 403, "was not begun in this browser")
    browser = seated(made(), database, settings)
    way = way_of(browser, lab)
    browser.cookies.delete(COOKIE)
    refused(browser.get(way), 401, "sign in first")
    assert (bound_to(database), bound_to(database, "eve")) == (None, None)


def test_a_sign_in_never_binds_and_a_binding_never_signs_in(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings
) -> None:
    login.create_account(database, "ada", PASSWORD)
    browser = seated(made(), database, settings)
    refused(browser.get(lab.vouch(begun(browser))), 403, "no account here is yours")
    assert bound_to(database) is None
    nobody = made()
    assert nobody.post("/admin/account/issuer").status_code in (303, 401)
    assert visits.COOKIE not in nobody.cookies
    assert nobody.post("/admin/account/issuer/unbind").status_code in (303, 401)


def test_an_account_that_was_signed_out_while_away_is_not_bound(
    made: Made, lab: FakeIssuer, database: Database, settings: Settings
) -> None:
    login.create_account(database, "ada", PASSWORD)
    browser = seated(made(), database, settings)
    who = login.signed_in(database, login.unseal(settings.secret(), browser.cookies[COOKIE]))
    login.sign_out(database, login.unseal(settings.secret(), browser.cookies[COOKIE]) or "")
    with pytest.raises(login.LoginNeeded):
        arrivals.bind_own(database, who, arrivals.Identity(lab.address, "ada-17", ""))
    assert bound_to(database) is None


@pytest.mark.one_database
def test_without_an_issuer_nothing_is_offered(desk: TestClient) -> None:
    assert "Bind this account" not in desk.get("/admin/account").text
    assert desk.post("/admin/account/issuer").status_code == 404

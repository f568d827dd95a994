"""Whoever finds a browser signed in does not keep the account: what locks its owner out wants the present password."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from app.clock import now
from app.db import Database
from app.db.models import Account, ApiToken, Login
from app.settings import Settings
from app.web import login, own_account, passwords, tokens
from app.web.own_account import WrongPresentPassword
from app.web.sign_in import COOKIE
from app.web.tokens import Scope

pytestmark = pytest.mark.one_database
OLD, NEW = "correct horse battery", "another horse battery"
Made = Callable[..., TestClient]


@pytest.fixture
def seated(anonymous: TestClient, database: Database) -> TestClient:
    """A browser in which marlene signed in with her password."""
    login.create_account(database, "marlene", OLD)
    assert anonymous.post("/login", data={"name": "marlene", "password": OLD}).status_code == 303
    return anonymous


def change(browser: TestClient, present: str | None = None, **more: str) -> int:
    shown = {} if present is None else {"present": present}
    return browser.post("/admin/account/password", data={"password": NEW, "again": NEW} | shown | more).status_code


def opens(database: Database, password: str) -> bool:
    try:
        login.sign_in(database, "marlene", password, hours=1)
    except login.WrongPassword:
        return False
    return True


def live_tokens(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(ApiToken.name).where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id)))


def make_tokens(database: Database) -> None:
    for name in ("nightly", "left there"):
        tokens.make(database, "marlene", name, list(Scope), days=None)


def test_the_password_is_changed_by_whoever_knows_the_present_one(seated: TestClient, database: Database) -> None:
    assert 'name="present"' in seated.get("/admin/account").text
    assert [change(seated), change(seated, "a guess of mine")] == [403, 403]
    assert (opens(database, OLD), opens(database, NEW)) == (True, False)
    assert change(seated, OLD) == 303
    assert (opens(database, OLD), opens(database, NEW)) == (False, True)


def test_the_present_password_is_not_guessed_at_an_open_browser(seated: TestClient, database: Database) -> None:
    assert {change(seated, f"guess {n}") for n in range(10)} == {403}
    assert change(seated, OLD) == 429
    assert opens(database, OLD)
    assert seated.get("/admin/account").status_code == 200


def test_whoever_came_in_by_a_link_sets_a_password_without_the_forgotten_one_once_and_soon(
    anonymous: TestClient, database: Database, settings: Settings
) -> None:
    login.create_account(database, "marlene", OLD)
    token = login.sign_in_once(database, login.one_time_link(database, "marlene"), hours=12)
    anonymous.cookies.set(COOKIE, login.seal(settings.secret(), token))
    assert 'name="present"' not in anonymous.get("/admin/account").text
    assert change(anonymous) == 303
    assert change(anonymous) == 403  # the link has done its work
    late = login.sign_in_once(database, login.one_time_link(database, "marlene"), hours=12)
    with database.write() as db:
        aged = update(Login).where(Login.token_digest == login.token_digest(late))
        db.execute(aged.values(created_at=now() - timedelta(minutes=61)))
    anonymous.cookies.set(COOKIE, login.seal(settings.secret(), late))
    assert change(anonymous) == 403


def test_a_new_password_revokes_what_a_thief_may_have_left_unless_its_owner_knows_it(
    seated: TestClient, database: Database
) -> None:
    make_tokens(database)
    assert "nightly" in seated.get("/admin/account").text
    assert change(seated, OLD, keep="tokens") == 303
    assert live_tokens(database) == ["nightly", "left there"]
    assert seated.post(
        "/admin/account/password", data={"password": OLD, "again": OLD, "present": NEW}
    ).status_code == 303  # fmt: skip
    assert live_tokens(database) == []


def test_signing_out_everywhere_else_revokes_tokens_where_that_is_ticked(
    seated: TestClient, database: Database
) -> None:
    make_tokens(database)
    seated.post("/admin/account/elsewhere")
    assert live_tokens(database) == ["nightly", "left there"]
    assert "nightly" in seated.get("/admin/account?saved=elsewhere").text
    seated.post("/admin/account/elsewhere", data={"end": "tokens"})
    assert live_tokens(database) == []


def test_a_password_that_was_changed_meanwhile_is_not_overwritten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    login.create_account(database, "marlene", OLD)
    who = login.signed_in(database, login.sign_in(database, "marlene", OLD, hours=1))

    def fits(kept: str | None, password: str) -> bool:
        monkeypatch.undo()
        own_account.set_password(database, who, NEW, present=OLD)
        return True

    monkeypatch.setattr(passwords, "fits", fits)
    with pytest.raises(WrongPresentPassword):
        own_account.set_password(database, who, "a third horse battery", present=OLD)
    assert opens(database, NEW)


def test_a_password_that_was_set_while_somebody_sat_there_without_one_is_asked_for(database: Database) -> None:
    login.create_account(database, "marlene", None)
    with database.write() as db:
        token = login.new_login(db, db.scalars(select(Account)).one(), 1)  # as an issuer's are
    early = login.signed_in(database, token)
    own_account.set_password(database, early, OLD)
    with pytest.raises(WrongPresentPassword):
        own_account.set_password(database, early, NEW)
    assert opens(database, OLD)


def test_an_issuer_is_bound_by_whoever_knows_the_password(made: Made, database: Database) -> None:
    login.create_account(database, "marlene", OLD)
    browser = made()
    browser.post("/login", data={"name": "marlene", "password": OLD})
    assert browser.post("/admin/account/issuer").status_code == 403
    assert browser.post("/admin/account/issuer", data={"present": "a guess of mine"}).status_code == 403
    assert browser.post("/admin/account/issuer", data={"present": OLD}).status_code == 200
    with database.read() as db:
        assert db.scalars(select(Account.oidc_subject)).one() is None  # the visit has only begun

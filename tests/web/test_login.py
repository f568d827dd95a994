"""Accounts, logins and links that sign in once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app import clock
from app.db import Database
from app.db.models import Account, Login, LoginLink
from app.settings import Settings
from app.web import login, own_account, passwords
from app.web.account_names import AccountExists, BadAccount
from app.web.sign_in import COOKIE, safe_target

PASSWORD = "correct horse battery"


@pytest.fixture
def account(database: Database) -> str:
    login.create_account(database, "marlene", PASSWORD)
    return "marlene"


def sign_in(client: TestClient, name: str = "marlene", password: str = PASSWORD, **query: str) -> int:
    return client.post("/login", params=query, data={"name": name, "password": password}).status_code


def test_the_right_password_opens_the_desk(anonymous: TestClient, account: str) -> None:
    assert anonymous.get("/admin/studies").headers["location"] == "/login?next=%2Fadmin%2Fstudies"
    reply = anonymous.post("/login?next=/admin/trainings", data={"name": account, "password": PASSWORD})
    assert (reply.status_code, reply.headers["location"]) == (303, "/admin/trainings")
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # plain HTTP: a secure cookie would never come back
    assert anonymous.get("/admin/studies").status_code == 200


def test_a_wrong_password_and_an_unknown_name_read_the_same(anonymous: TestClient, account: str) -> None:
    wrong = anonymous.post("/login", data={"name": account, "password": "something else"})
    unknown = anonymous.post("/login", data={"name": "nobody", "password": "something else"})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "do not belong together" in wrong.text
    assert wrong.text.replace("marlene", "X") == unknown.text.replace("nobody", "X")
    assert COOKIE not in anonymous.cookies


def test_an_unknown_name_costs_a_verification_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[str]()

    def verify(hashed: str, password: str) -> bool:
        tried.append(hashed)
        return False

    monkeypatch.setattr(passwords, "_HASHER", SimpleNamespace(hash=passwords._HASHER.hash, verify=verify))
    with pytest.raises(login.WrongPassword):
        login.sign_in(database, "nobody", "whatever it is", hours=1)
    assert len(tried) == 1
    assert tried[0].startswith("$argon2id$")


def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(
    database: Database, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = login.signed_in(database, login.sign_in(database, account, PASSWORD, hours=1))

    def fits(kept: str | None, password: str) -> bool:
        monkeypatch.undo()  # whoever changes it shows the present one themselves
        own_account.set_password(database, owner, "another horse battery", present=PASSWORD)
        return True

    monkeypatch.setattr(passwords, "fits", fits)
    with pytest.raises(login.WrongPassword):
        login.sign_in(database, account, PASSWORD, hours=1)
    assert _live_logins(database) == [owner.login_id]


def test_a_password_that_is_changed_while_somebody_comes_in_by_it_sends_them_out_again(
    database: Database, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, enter = login.signed_in(database, login.sign_in(database, account, PASSWORD, hours=1)), login.new_login
    change = threading.Thread(
        target=own_account.set_password, args=(database, owner, "another horse battery"), kwargs={"present": PASSWORD}
    )

    def entering(*about: Any) -> str:
        token = enter(*about)
        change.start()
        change.join(1)  # it comes through only where nothing holds it up
        return token

    monkeypatch.setattr(login, "new_login", entering)
    login.sign_in(database, account, PASSWORD, hours=1)
    change.join()
    assert _live_logins(database) == [owner.login_id]


def _live_logins(database: Database) -> list[int]:
    with database.read() as db:
        return list(db.scalars(select(Login.id).where(Login.revoked_at.is_(None))))


def test_an_account_without_a_password_is_opened_by_none(anonymous: TestClient, database: Database) -> None:
    login.create_account(database, "guest", None)
    assert sign_in(anonymous, "guest", "") == 401
    assert sign_in(anonymous, "guest", "anything at all") == 401


def test_signing_out_ends_the_login_in_the_table(anonymous: TestClient, account: str, database: Database) -> None:
    sign_in(anonymous)
    stolen = anonymous.cookies[COOKIE]
    assert anonymous.post("/logout").headers["location"] == "/login"
    anonymous.cookies.set(COOKIE, stolen)
    assert anonymous.get("/admin/studies").status_code == 303
    with database.read() as db:
        assert all(row.revoked_at is not None for row in db.scalars(select(Login)))


def test_a_login_expires(anonymous: TestClient, account: str, database: Database) -> None:
    sign_in(anonymous)
    with database.write() as db:
        for row in db.scalars(select(Login)):
            row.expires_at = clock.now() - timedelta(seconds=1)
    assert anonymous.get("/admin/studies").status_code == 303


def test_neither_a_forged_cookie_nor_the_table_opens_the_desk(
    anonymous: TestClient, account: str, settings: Settings, database: Database
) -> None:
    sign_in(anonymous)
    token = login.unseal(settings.secret(), anonymous.cookies[COOKIE])
    assert token is not None
    with database.read() as db:
        kept = db.scalars(select(Login.token_digest)).one()
    assert token not in kept
    for forged in (token, kept, login.seal(b"another secret", token), login.seal(settings.secret(), kept), "x.y", ""):
        anonymous.cookies.clear()
        anonymous.cookies.set(COOKIE, forged)
        assert anonymous.get("/admin/studies").status_code == 303


def test_a_link_signs_in_once_and_only_by_its_button(anonymous: TestClient, database: Database) -> None:
    login.create_account(database, "ada", None)
    token = login.one_time_link(database, "ada")
    for _ in range(3):  # previews of a chat program
        page = anonymous.get(f"/login/once/{token}")
        assert page.status_code == 200
        assert "Sign in as ada" in page.text
        assert COOKIE not in anonymous.cookies
    reply = anonymous.post(f"/login/once/{token}", params={"next": "/admin/studies/3/results"})
    assert reply.headers["location"] == "/admin/studies/3/results"
    assert anonymous.get("/admin/studies").status_code == 200
    for again in (anonymous.get(f"/login/once/{token}"), anonymous.post(f"/login/once/{token}")):
        assert again.status_code == 410
        assert "used or has expired" in again.text


def test_a_link_that_another_request_uses_in_the_same_moment_signs_in_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    login.create_account(database, "ada", None)
    token = login.one_time_link(database, "ada")
    with database.read() as db:
        seen = login._open_link(db, token)  # both have seen it unused before either takes it
    monkeypatch.setattr(login, "_open_link", lambda db, token: seen)
    login.sign_in_once(database, token, hours=1)
    with pytest.raises(login.LinkUsedUp):
        login.sign_in_once(database, token, hours=1)


def test_an_old_or_invented_link_is_refused_with_a_sentence(anonymous: TestClient, database: Database) -> None:
    login.create_account(database, "ada", None)
    old = login.one_time_link(database, "ada", lasts=timedelta(hours=-1))
    for token in (old, "invented"):
        reply = anonymous.post(f"/login/once/{token}")
        assert reply.status_code == 410
        assert 'href="/login"' in reply.text
        assert "`" not in reply.text
    with database.read() as db:
        assert db.scalars(select(LoginLink)).one().used_at is None


def test_a_new_password_ends_other_logins_and_keeps_this_one(
    desk: TestClient, anonymous: TestClient, database: Database, settings: Settings
) -> None:
    other = login.sign_in_once(database, login.one_time_link(database, "marlene"), hours=1)
    anonymous.cookies.set(COOKIE, login.seal(settings.secret(), other))
    assert anonymous.get("/admin/account").status_code == 200
    assert "no password yet" in desk.get("/admin/account").text
    page = desk.post("/admin/account/password", data={"password": PASSWORD, "again": PASSWORD})
    assert "The password is set" in page.text
    assert desk.get("/admin/studies").status_code == 200
    assert anonymous.get("/admin/account").status_code == 303
    assert sign_in(anonymous) == 303


def test_a_password_is_set_only_together_with_the_end_of_other_logins(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    login.create_account(database, "ada", None)
    token = login.sign_in_once(database, login.one_time_link(database, "ada"), hours=1)
    monkeypatch.setattr(login, "_revoke", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        own_account.set_password(database, login.signed_in(database, token), PASSWORD)
    with database.read() as db:
        assert db.scalars(select(Account.password_hash)).one() is None


@pytest.mark.parametrize("path", ["password", "elsewhere"])
def test_whoever_signs_others_out_ends_the_links_that_were_made_for_the_account(
    desk: TestClient, anonymous: TestClient, database: Database, path: str
) -> None:
    login.create_account(database, "ada", None)
    own, other = login.one_time_link(database, "marlene"), login.one_time_link(database, "ada")
    desk.post(f"/admin/account/{path}", data={"password": PASSWORD, "again": PASSWORD})
    assert anonymous.post(f"/login/once/{own}").status_code == 410
    assert anonymous.post(f"/login/once/{other}").status_code == 303
    assert desk.get("/admin/account").status_code == 200  # who did it stays signed in


def test_passwords_that_differ_or_are_short_change_nothing(desk: TestClient, database: Database) -> None:
    differ = desk.post("/admin/account/password", data={"password": PASSWORD, "again": PASSWORD + "!"})
    short = desk.post("/admin/account/password", data={"password": "short", "again": "short"})
    assert (differ.status_code, short.status_code) == (422, 422)
    assert "type the same one twice" in differ.text
    assert "at least 10 characters" in short.text
    with database.read() as db:
        assert db.scalars(select(Account.password_hash)).one() is None


def test_other_browsers_can_be_signed_out(
    desk: TestClient, anonymous: TestClient, database: Database, settings: Settings
) -> None:
    other = login.sign_in_once(database, login.one_time_link(database, "marlene"), hours=1)
    anonymous.cookies.set(COOKIE, login.seal(settings.secret(), other))
    assert "signed out" in desk.post("/admin/account/elsewhere").text
    assert anonymous.get("/admin/account").status_code == 303


def test_accounts_have_their_own_names(database: Database, account: str) -> None:
    with pytest.raises(AccountExists, match="already an account 'marlene': choose"):
        login.create_account(database, " marlene ", PASSWORD)
    with pytest.raises(BadAccount, match="printable"):
        login.create_account(database, "mar\nlene", PASSWORD)
    with pytest.raises(login.NoSuchAccount, match="beholder account create"):
        login.one_time_link(database, "nobody")


@pytest.mark.parametrize("name", ["Marlene", "MARLENE", "ｍarlene", "ⓜarlene"])
def test_no_account_has_a_name_that_reads_like_another(database: Database, account: str, name: str) -> None:
    with pytest.raises(AccountExists, match=f"account 'marlene', which reads like '{name}'"):
        login.create_account(database, name, PASSWORD)


@pytest.mark.parametrize("name", ["protocol", "Subject", " subject"])
def test_no_account_decides_in_the_name_of_the_protocol_or_of_a_subject(database: Database, name: str) -> None:
    with pytest.raises(BadAccount, match="decisions are told that no account made"):
        login.create_account(database, name, PASSWORD)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/admin", "//evil.example/admin", "/\\evil.example", "/administrator", "/s/x", "",
     "//[", "http://[", "//[::1/admin", "http://\u2100.com/admin",
     "javascript:1", "/admin\r\nSet-Cookie: a=b", "/admin\\..\\", "///admin", "///admin/x", "////admin", "/\\/admin",
     "/admin/..//x", "/admin/%2e%2E//x", "/admin/.%2e/x#y", "http:/admin", "http:///admin", " /admin/x"],
)  # fmt: skip
def test_signing_in_leads_nowhere_but_to_the_desk(target: str) -> None:
    assert safe_target(target) == "/admin"


@pytest.mark.parametrize("target", ["//[", "http://[", "//[::1/admin", "///admin/x", "/admin/..//x", "/admin\ud800"])
def test_a_target_that_is_no_address_is_the_desk(anonymous: TestClient, database: Database, target: str) -> None:
    login.create_account(database, "ada", PASSWORD)
    query, token = {"next": target.encode("utf-8", "surrogatepass")}, login.one_time_link(database, "ada")
    for path in ("/login", f"/login/once/{token}"):
        assert anonymous.get(path, params=query).status_code == 200
        reply = anonymous.post(path, params=query, data={"name": "ada", "password": PASSWORD})
        assert (reply.status_code, reply.headers["location"]) == (303, "/admin")


@pytest.mark.parametrize("target", ["/admin", "/admin?all=1", "/admin#jobs", "/admin/studies/3/results?alpha=0.01"])
def test_signing_in_leads_to_the_page_that_was_asked_for(target: str) -> None:
    assert safe_target(target) == target


def test_a_crowd_at_the_door_is_sent_away_and_holds_up_nobody_else(
    anonymous: TestClient, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, done = threading.Semaphore(0), threading.Event()

    def hashing(hashed: str, password: str) -> bool:
        busy.release()
        assert done.wait(30)
        return False

    passwords.decoy()
    monkeypatch.setattr(passwords, "_HASHER", SimpleNamespace(verify=hashing))
    with ThreadPoolExecutor(62) as people:
        hashed = [people.submit(sign_in, anonymous) for _ in range(2)]
        try:
            assert all(busy.acquire(timeout=10) for _ in hashed)
            crowd = [
                people.submit(anonymous.post, "/login", data={"name": account, "password": "?"}) for _ in range(60)
            ]
            assert anonymous.get("/healthz").status_code == 200
            replies = [person.result(timeout=10) for person in crowd]  # while both turns are still taken
        finally:
            done.set()
    assert {(reply.status_code, reply.headers["retry-after"]) for reply in replies} == {(429, "5")}
    assert "try again in a few seconds" in replies[0].text.lower()
    assert [person.result() for person in hashed] == [401, 401]
    monkeypatch.undo()
    assert sign_in(anonymous) == 303  # every place was given back

"""What happens to somebody who fails at the door again and again."""

import math
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from app import clock
from app.db import Database
from app.db.models import Account, FailedAttempt
from app.media import Media
from app.settings import Settings
from app.web import familiar, login, passwords, throttle
from app.web.app import create_app
from app.web.throttle import FROM_EVERYWHERE, FROM_ONE_PLACE, OTHER_NAMES, WINDOW, TooManyFailures, origin_of

PASSWORD = "correct horse battery"
SECRET = b"a secret of this test"


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the smallest cost: these tests fail hundreds of times."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def account(cheap_hashes: None, database: Database) -> str:
    login.create_account(database, "marlene", PASSWORD)
    return "marlene"


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(clock, "now", watch.now)
    return watch


def client_at(web: FastAPI, address: str) -> TestClient:
    return TestClient(web, base_url="http://localhost", follow_redirects=False, client=(address, 40000))


def sign_in(client: TestClient, name: str = "marlene", password: str = "a wrong one") -> int:
    return client.post("/login", data={"name": name, "password": password}).status_code


def wear_out(client: TestClient, name: str = "marlene") -> None:
    assert [sign_in(client, name) for _ in range(FROM_ONE_PLACE)] == [401] * FROM_ONE_PLACE


def rows(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(FailedAttempt)) or 0


def test_the_eleventh_failure_is_told_when_to_come_back(web: FastAPI, account: str, watch: Watch) -> None:
    client = client_at(web, "192.0.2.1")
    wear_out(client)
    watch.at += timedelta(minutes=3)
    reply = client.post("/login", data={"name": account, "password": PASSWORD})
    assert reply.status_code == 429
    assert reply.headers["retry-after"] == str(12 * 60)
    assert "Try again in 12 minutes." in reply.text
    assert 'value="marlene"' in reply.text  # what was typed is still there


def test_a_refused_try_is_not_looked_at(web: FastAPI, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_at(web, "192.0.2.1")
    wear_out(client)
    monkeypatch.setattr(login, "sign_in", lambda *_: pytest.fail("the password was looked at"))
    assert sign_in(client, password=PASSWORD) == 429


def test_the_wait_ends_by_itself_even_for_whoever_keeps_trying(web: FastAPI, account: str, watch: Watch) -> None:
    client = client_at(web, "192.0.2.1")
    wear_out(client)
    for _ in range(14):
        watch.at += timedelta(minutes=1)
        assert sign_in(client) == 429
    watch.at += timedelta(minutes=1)
    assert sign_in(client, password=PASSWORD) == 303


def test_several_servers_count_together(settings: Settings, database: Database, media: Media, account: str) -> None:
    again = Database(settings.database)
    servers = [client_at(create_app(settings, db, media), "192.0.2.1") for db in (database, again)]
    assert [sign_in(servers[turn % 2]) for turn in range(FROM_ONE_PLACE)] == [401] * FROM_ONE_PLACE
    assert [sign_in(server, password=PASSWORD) for server in servers] == [429, 429]
    again.close()


def test_a_success_forgives(web: FastAPI, account: str) -> None:
    client = client_at(web, "192.0.2.1")
    for _ in range(3):
        assert [sign_in(client) for _ in range(FROM_ONE_PLACE - 1)] == [401] * (FROM_ONE_PLACE - 1)
        assert sign_in(client, password=PASSWORD) == 303
        client.cookies.clear()


def test_a_whole_lab_signs_in_from_one_address(web: FastAPI, account: str, database: Database) -> None:
    for _ in range(2 * OTHER_NAMES):
        assert sign_in(client_at(web, "192.0.2.1"), password=PASSWORD) == 303
    assert rows(database) == 0


def test_one_who_fails_holds_up_no_colleague_at_the_same_address(web: FastAPI, account: str) -> None:
    wear_out(client_at(web, "192.0.2.1"), "ada")
    assert sign_in(client_at(web, "192.0.2.1"), password=PASSWORD) == 303


def test_a_stranger_elsewhere_locks_nobody_out(web: FastAPI, account: str) -> None:
    wear_out(client_at(web, "203.0.113.9"))
    assert sign_in(client_at(web, "203.0.113.9"), password=PASSWORD) == 429
    assert sign_in(client_at(web, "192.0.2.1"), password=PASSWORD) == 303


def test_a_browser_that_signed_in_before_is_not_held_up_by_a_stranger_behind_the_same_proxy(
    web: FastAPI, account: str
) -> None:
    mine, stranger = client_at(web, "127.0.0.1"), client_at(web, "127.0.0.1")
    assert sign_in(mine, password=PASSWORD) == 303
    mine.post("/logout")
    wear_out(stranger)
    assert sign_in(stranger, password=PASSWORD) == 429
    assert sign_in(mine, password=PASSWORD) == 303
    mine.post("/logout")
    wear_out(mine)  # but it guesses no more often than any other
    assert sign_in(mine, password=PASSWORD) == 429


def test_a_known_browser_is_known_for_its_name_alone_and_by_its_own_cookie_alone(web: FastAPI, account: str) -> None:
    client = client_at(web, "127.0.0.1")
    sign_in(client, password=PASSWORD)
    cookie = client.cookies[familiar.COOKIE]
    secret = web.state.context.secret
    assert familiar.recognised(secret, " marlene", cookie)
    for name, forged in (
        ("ada", cookie),
        ("Marlene", cookie),
        (account, "x" + cookie),
        (account, "x."),
        (account, ""),
        (account, None),
    ):
        assert not familiar.recognised(secret, name, forged)
    assert not familiar.recognised(b"another secret", account, cookie)
    assert "marlene" not in cookie
    assert sign_in(client, password=PASSWORD) == 303
    assert client.cookies[familiar.COOKIE] == cookie  # one browser, one count: signing in does not multiply it


def test_a_cookie_of_any_bytes_is_a_stranger(web: FastAPI, account: str) -> None:
    reply = client_at(web, "127.0.0.1").post(
        "/login",
        data={"name": account, "password": "?"},
        headers={"cookie": b"beholder_familiar=\xe4\xff.\xfc"},
    )
    assert reply.status_code == 401


def test_a_right_link_signs_in_whatever_failed_before(web: FastAPI, account: str, database: Database) -> None:
    client = client_at(web, "192.0.2.1")
    wear_out(client)
    token = login.one_time_link(database, account)
    for number in range(OTHER_NAMES):
        assert client.get(f"/login/once/wrong{number}").status_code == 410
    assert client.get("/login/once/yet-another").status_code == 429
    assert client.post("/login/once/yet-another").status_code == 429
    assert client.get(f"/login/once/{token}").status_code == 200
    assert client.post(f"/login/once/{token}").status_code == 303
    client.post("/logout")
    assert sign_in(client, password=PASSWORD) == 303  # the link has made this browser a known one


def test_a_used_link_opened_again_and_again_is_refused_for_a_while(web: FastAPI) -> None:
    client = client_at(web, "192.0.2.1")
    assert [client.get("/login/once/used").status_code for _ in range(FROM_ONE_PLACE)] == [410] * FROM_ONE_PLACE
    reply = client.get("/login/once/used")
    assert (reply.status_code, "Try again in 15 minutes." in reply.text) == (429, True)
    assert 0 < int(reply.headers["retry-after"]) <= 900


def test_known_and_unknown_names_are_throttled_alike(web: FastAPI, account: str, watch: Watch) -> None:
    replies = []
    for name in (account, "nobody"):
        client = client_at(web, "192.0.2.1")
        wear_out(client, name)
        replies.append(client.post("/login", data={"name": name, "password": PASSWORD}))
    known, unknown = replies
    assert known.status_code == unknown.status_code == 429
    assert known.headers["retry-after"] == unknown.headers["retry-after"]
    assert known.text.replace("marlene", "X") == unknown.text.replace("nobody", "X")


def test_what_signs_in_with_the_same_name_is_no_further_try(web: FastAPI, account: str) -> None:
    client = client_at(web, "192.0.2.1")
    wear_out(client)
    assert [sign_in(client, name, PASSWORD) for name in (" marlene", "marlene\t")] == [429] * 2


def test_whoever_holds_a_name_in_other_case_forgives_no_failures_of_this_one(
    web: FastAPI, account: str, database: Database
) -> None:
    login.create_account(database, "ada", PASSWORD)
    with database.write() as db:  # from before such names were refused
        db.execute(update(Account).where(Account.name == "ada").values(name="MARLENE"))
    mallory, owner = client_at(web, "192.0.2.1"), client_at(web, "192.0.2.1")
    assert sign_in(owner, password=PASSWORD) == 303
    for _ in range(FROM_ONE_PLACE):
        assert sign_in(mallory) == 401
        assert sign_in(mallory, "MARLENE", PASSWORD) == 303
    assert sign_in(mallory, password=PASSWORD) == 429
    assert [sign_in(owner, "MARLENE") for _ in range(FROM_ONE_PLACE)] == [401] * FROM_ONE_PLACE
    assert sign_in(owner, password=PASSWORD) == 303


def test_neither_names_nor_addresses_are_kept_or_logged(
    web: FastAPI, account: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    client = client_at(web, "192.0.2.77")
    wear_out(client, "my-password-in-the-wrong-field")
    sign_in(client, "my-password-in-the-wrong-field")
    with database.read() as db:
        kept = [f"{row.door} {row.who}" for row in db.scalars(select(FailedAttempt))]
    assert kept
    written = " ".join(kept) + "".join(capsys.readouterr())
    assert "my-password" not in written
    assert "192.0.2" not in written


def test_many_names_from_one_place_are_one_guesser(database: Database, watch: Watch) -> None:
    for number in range(OTHER_NAMES):
        throttle.note_failure(database, SECRET, "login", f"name {number}", "192.0.2.1")
    with pytest.raises(TooManyFailures):
        throttle.require_calm(database, SECRET, "login", "marlene", "192.0.2.1")
    throttle.require_calm(database, SECRET, "login", "marlene", "192.0.2.2")
    throttle.require_calm(database, SECRET, "token", "marlene", "192.0.2.1")  # each door counts for itself


def test_one_wrong_token_in_a_loop_shuts_no_other_out(database: Database, watch: Watch) -> None:
    for _ in range(2 * OTHER_NAMES):
        throttle.note_failure(database, SECRET, "token", "an expired token", "192.0.2.1")
    with pytest.raises(TooManyFailures):
        throttle.require_calm(database, SECRET, "token", "an expired token", "192.0.2.1")
    throttle.require_calm(database, SECRET, "token", "another token", "192.0.2.1")


def test_guessing_one_name_from_everywhere_is_bounded_too(database: Database, watch: Watch) -> None:
    for number in range(FROM_EVERYWHERE):
        throttle.require_calm(database, SECRET, "login", "marlene", f"192.0.2.{number}")
        throttle.note_failure(database, SECRET, "login", "marlene", f"192.0.2.{number}")
    with pytest.raises(TooManyFailures):
        throttle.require_calm(database, SECRET, "login", "marlene", "203.0.113.1")


def test_old_failures_are_removed_by_the_next(database: Database, watch: Watch) -> None:
    for _ in range(5):
        throttle.note_failure(database, SECRET, "login", "marlene", "192.0.2.1")
    before = rows(database)
    watch.at += WINDOW
    throttle.note_failure(database, SECRET, "login", "ada", "192.0.2.2")
    assert (before, rows(database)) == (11, 3)


def test_a_clock_that_was_ahead_locks_nobody_out(database: Database, watch: Watch) -> None:
    watch.at += timedelta(days=30)
    for _ in range(FROM_ONE_PLACE):
        throttle.note_failure(database, SECRET, "login", "marlene", "192.0.2.1")
    watch.at -= timedelta(days=30)
    throttle.require_calm(database, SECRET, "login", "marlene", "192.0.2.1")
    throttle.note_failure(database, SECRET, "login", "marlene", "192.0.2.1")
    assert rows(database) == 3


def test_the_time_told_is_when_the_next_try_is_looked_at(database: Database, watch: Watch) -> None:
    for _ in range(FROM_ONE_PLACE + 1):  # the bound may be overshot by tries in the same moment
        throttle.note_failure(database, SECRET, "login", "marlene", "192.0.2.1")
        watch.at += timedelta(seconds=20.5)
    with pytest.raises(TooManyFailures) as told:
        throttle.require_calm(database, SECRET, "login", "marlene", "192.0.2.1")
    seconds = int(told.value.headers["Retry-After"])
    watch.at += timedelta(seconds=seconds - 1)
    with pytest.raises(TooManyFailures, match="in a minute"):
        throttle.require_calm(database, SECRET, "login", "marlene", "192.0.2.1")
    watch.at += timedelta(seconds=1)
    throttle.require_calm(database, SECRET, "login", "marlene", "192.0.2.1")
    assert math.isclose(seconds, 900 - 10 * 20.5, abs_tol=1)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("a name", ""),
    ],
)
def test_an_address_is_a_network_that_one_person_has(address: str, origin: str) -> None:
    from starlette.requests import Request

    assert origin_of(Request({"type": "http", "client": (address, 1)})) == origin
    assert origin_of(Request({"type": "http", "client": None})) == ""

"""Every route of the API against every kind of token: what opens it, and what does not."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from app import clock
from app.db import Database
from app.db.models import FailedAttempt, Study
from app.web import login, throttle, tokens
from app.web.api.document import document
from app.web.sign_in import COOKIE
from app.web.tokens import Scope
from tests.web.api.conftest import Script

ROUTES = [
    (method.upper(), path, operation["security"][0]["token"])
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]
QUESTIONS = {
    "POST /api/v1/matrices/check",
    "POST /api/v1/jobs/check",
}  # longer than an address; a test of theirs sees that nothing changes


def address(path: str) -> str:
    """An address of the route, of things that there are not."""
    fitting = {"{digest}": "0" * 64, "{form}": "svg", "{table}": "votes"}
    for name, value in fitting.items():
        path = path.replace(name, value)
    return re.sub(r"\{[^}]+\}", "1", path)


def calm(database: Database) -> None:
    """Nobody has failed yet."""
    with database.write() as db:
        db.execute(delete(FailedAttempt))


def test_there_are_routes_and_each_but_three_asks_for_one_scope() -> None:
    assert len(ROUTES) > 35
    others = {path: scopes for _, path, scopes in ROUTES if len(scopes) != 1}
    assert others == {
        "/api/v1/catalogue": [], "/api/v1/token": [],
        "/api/v1/studies/{study_id}/archive/personal": ["subjects:read", "results:read"],  # it holds every vote too
    }  # fmt: skip
    assert {scopes[0] for _, _, scopes in ROUTES if scopes} == {scope.value for scope in Scope}


def test_whoever_only_reads_changes_nothing() -> None:
    for method, path, scopes in ROUTES:
        reads = method == "GET" or f"{method} {path}" in QUESTIONS
        assert all(scope.endswith(":read") == reads for scope in scopes), f"{method} {path}"
    assert {f"{method} {path}" for method, path, _ in ROUTES} >= QUESTIONS


def test_no_route_opens_without_a_token(anonymous: TestClient) -> None:
    for method, path, _ in ROUTES:
        for headers in ({}, {"Authorization": "Basic YWRhOmFkYQ=="}, {"Authorization": "Bearer "}):
            reply = anonymous.request(method, address(path), headers=headers)
            assert (reply.status_code, reply.json()["type"]) == (401, "/errors#token-needed"), f"{method} {path}"
            assert reply.headers["www-authenticate"].startswith("Bearer")
            assert reply.headers["content-type"] == "application/problem+json"


def test_no_route_opens_for_a_login_of_the_desk(desk: TestClient) -> None:
    assert desk.get("/admin/studies").status_code == 200
    for method, path, _ in ROUTES:
        assert desk.request(method, address(path)).status_code == 401, f"{method} {path}"


def test_no_route_opens_for_a_token_that_nobody_has(anonymous: TestClient, database: Database) -> None:
    for method, path, _ in ROUTES:
        calm(database)
        reply = anonymous.request(method, address(path), headers={"Authorization": f"Bearer bh_{'x' * 43}"})
        assert (reply.status_code, reply.json()["type"]) == (401, "/errors#token-unknown"), f"{method} {path}"


def test_no_route_opens_for_a_token_whose_time_is_over(
    script: Script, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = script(days=1)
    assert api.get("/api/v1/token").status_code == 200
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    for method, path, _ in ROUTES:
        reply = api.request(method, address(path))
        assert (reply.status_code, reply.json()["type"]) == (401, "/errors#token-expired"), f"{method} {path}"


def test_no_route_opens_for_a_revoked_token(script: Script, database: Database) -> None:
    api = script()
    tokens.revoke(database, "ada", tokens.listing(database, "ada")[0].id)
    for method, path, _ in ROUTES:
        reply = api.request(method, address(path))
        assert (reply.status_code, reply.json()["type"]) == (401, "/errors#token-revoked"), f"{method} {path}"
        assert "revoked" in reply.json()["detail"]


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_opens_what_its_scope_names_and_nothing_else(script: Script, scope: Scope) -> None:
    api = script(scope)
    for method, path, scopes in ROUTES:
        reply = api.request(method, address(path))
        missing = [one for one in scopes if one != scope.value]
        if not missing:
            assert reply.status_code not in (401, 403), f"{method} {path}"
        else:
            assert (reply.status_code, reply.json()["type"]) == (403, "/errors#scope-missing"), f"{method} {path}"
            assert reply.json()["scope"] == missing[0]
            assert missing[0] in reply.json()["detail"]


def test_a_token_is_asked_for_before_anything_that_was_sent_is_looked_at(
    anonymous: TestClient, script: Script, database: Database
) -> None:
    broken = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    assert anonymous.post("/api/v1/studies", **broken).status_code == 401  # type: ignore[arg-type]
    assert script(Scope.STUDIES_READ).post("/api/v1/studies", content=b"{").status_code == 403
    with database.read() as db:
        assert db.query(Study).count() == 0


def test_the_api_gives_no_cookie_and_takes_none(script: Script) -> None:
    api = script()
    api.cookies.set(COOKIE, "anything")
    for path in ("token", "studies", "nowhere"):
        assert "set-cookie" not in api.get(f"/api/v1/{path}").headers


def test_guessing_is_slowed_down_and_who_has_a_token_does_not_notice(
    script: Script, anonymous: TestClient, database: Database
) -> None:
    api, replies = script(), list[int]()
    for number in range(throttle.FROM_ONE_PLACE + 2):
        guess = {"Authorization": f"Bearer bh_{number:043}"}
        replies.append(anonymous.get("/api/v1/token", headers=guess).status_code)
    assert replies == [401] * throttle.FROM_ONE_PLACE + [429] * 2
    refused = anonymous.get("/api/v1/token", headers={"Authorization": "Bearer bh_other"})
    assert int(refused.headers["retry-after"]) > 60
    assert api.get("/api/v1/token").status_code == 200


def test_a_token_ends_with_its_account(script: Script, database: Database) -> None:
    api = script()
    with database.write() as db:
        db.execute(delete(login.Account).where(login.Account.name == "ada"))
    assert api.get("/api/v1/token").json()["type"] == "/errors#token-unknown"


def test_a_token_knows_itself(script: Script) -> None:
    told = script(Scope.RESULTS_READ, days=None).get("/api/v1/token").json()
    assert (told["account"], told["name"], told["scopes"]) == ("ada", "a script 1", ["results:read"])
    assert told["expires_at"] is None

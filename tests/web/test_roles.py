"""Every route of the application is asked by everybody, and answers as the one table of docs/permissions.md says.

What a handler does is left out, so that all of them can be asked by all: a request that gets past its permits, its
token or its cookie is answered 204 here. What handlers themselves keep from people is tested beside them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.responses import Response

from app.clock import now
from app.db import Database
from app.db.models import Membership, Role
from app.sessions import links
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from app.web import login, tokens
from app.web.rights import Right
from app.web.sign_in import COOKIE
from app.web.subject import route as subject
from app.web.tokens import Scope
from tests.docs import pages

pytestmark = pytest.mark.one_database
PAGE = "permissions.md"
IN, LOG_IN, NO, NOTHING_THERE = "may", "must sign in", "may not", "is told that there is no such study"
ANYBODY, SUBJECT, ACCOUNT = "anybody", "subject", "an account"
SESSION = "s0me-session-0f-a-subject"
GAPS = {"digest": "0" * 64, "session": SESSION, "pane": "left", "module": "colour", "form": "svg", "scheme": "light"}


@dataclass(frozen=True)
class Person:
    """Somebody who asks: a role in the study, and rights in the whole program."""

    role: Role | None = None
    rights: frozenset[str] = frozenset()
    has_account: bool = True
    elsewhere: bool = False
    clients: dict[str, TestClient] = field(default_factory=dict, compare=False)


PEOPLE = {
    "owner": Person(Role.OWNER),
    "experimenter": Person(Role.EXPERIMENTER),
    "experimenter who begins studies": Person(Role.EXPERIMENTER, frozenset({"creates"})),
    "analyst": Person(Role.ANALYST),
    "viewer": Person(Role.VIEWER),
    "owner of another study": Person(rights=frozenset({"creates"}), elsewhere=True),
    "launcher without studies": Person(rights=frozenset({"launches"})),
    "operator": Person(rights=frozenset({"operates", "creates", "launches"})),
    "nobody": Person(has_account=False),
}


def expected(asks: str, who: Person) -> str:
    """What becomes of this person at a route that asks for this."""
    if asks == ANYBODY:
        return IN
    if asks == SUBJECT:
        return NO  # whoever they are at the desk, none of them holds the subject's browser
    if not who.has_account:
        return LOG_IN
    if asks == ACCOUNT or "operates" in who.rights:
        return IN
    if " and " in asks:
        parts = [expected(one, who) for one in asks.split(" and ")]
        return next((met for met in parts if met != IN), IN)
    right = Right(asks)
    if right.role is None:
        return IN if right.value in who.rights else NO
    if who.role is None:
        return NOTHING_THERE
    return IN if list(Role).index(who.role) <= list(Role).index(right.role) else NO


@pytest.fixture
def study(database: Database) -> int:
    service.create(database, "Number one", Protocol())
    return service.create(database, "Which loss?", Protocol())


@pytest.fixture
def people(web: FastAPI, settings: Settings, database: Database, study: int) -> Iterator[dict[str, Person]]:
    """Everybody with a browser at the desk and a script that holds every scope."""
    for name, person in PEOPLE.items():
        desk, script = (TestClient(web, base_url="http://localhost", follow_redirects=False) for _ in range(2))
        person.clients.update(desk=desk, api=script)
        if person.has_account:
            rights: Any = {right: right in person.rights for right in ("operates", "creates", "launches")}
            number = login.create_account(database, name, None, **rights)
            made = login.sign_in_once(database, login.one_time_link(database, name), hours=1)
            desk.cookies.set(COOKIE, login.seal(settings.secret(), made))
            token = tokens.make(database, name, "a script", list(Scope), days=1)
            script.headers["Authorization"] = f"Bearer {token}"
            role = Role.OWNER if person.elsewhere else person.role
            if role is not None:
                with database.write() as db:
                    where = study - 1 if person.elsewhere else study
                    db.add(Membership(study_id=where, account_id=number, role=role, added_at=now()))
    yield PEOPLE
    for person in PEOPLE.values():
        for client in person.clients.values():
            client.close()


@pytest.fixture
def handlers_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def left_out(**_: Any) -> Response:
        return Response(status_code=204)

    monkeypatch.setattr("fastapi.routing.run_endpoint_function", left_out)


def routes(web: FastAPI) -> list[tuple[str, str]]:
    found = {(method, route.path) for route in iter_route_contexts(web.routes) for method in route.methods or ()}
    return sorted((method, path.replace(":path}", "}")) for method, path in found if method != "HEAD")


def address(path: str, study: int) -> str:
    """The path with something in each gap."""
    gaps = GAPS | {"study_id": str(study)}
    return re.sub(r"\{(\w+)\}", lambda gap: gaps.get(gap[1], "1"), path)


def outcome(person: Person, method: str, path: str, study: int) -> str:
    """What this person meets at the route."""
    client = person.clients["api" if path.startswith("/api/v1/") else "desk"]
    reply = client.request(method, address(path, study))
    if reply.status_code == 401 or (reply.status_code == 303 and "/login" in reply.headers["location"]):
        return LOG_IN
    if reply.status_code == 403:
        return NO
    if reply.status_code == 404 and f"There is no study {study}" in reply.text:
        return NOTHING_THERE
    assert reply.status_code in (204, 404, 411, 415, 422), f"{method} {path}: {reply.status_code} {reply.text[:300]}"
    return IN


def documented() -> dict[str, str]:
    return {cells[0].strip("`"): cells[1] for cells in pages.table(pages.read(PAGE), "address")}


def told(met: Mapping[str, str]) -> str:
    """What a route asks for that answers everybody so."""
    words = [ANYBODY, SUBJECT, ACCOUNT, *Right, f"{Right.RUNS} and {Right.CREATES}"]
    fits = [word for word in words if all(met[name] == expected(word, PEOPLE[name]) for name in met)]
    return fits[0] if fits else f"(nothing that there is a word for: {dict(met)})"


def test_every_route_lets_in_whom_the_table_says_and_nobody_else(
    web: FastAPI, people: dict[str, Person], study: int, handlers_left_out: None
) -> None:
    found = {}
    for method, path in routes(web):
        met = {name: outcome(person, method, path, study) for name, person in people.items()}
        found[f"{method} {path}"] = told(met)
    assert len(found) > 100
    lines = {name: pages.line((f"`{name}`", asks)) for name, asks in found.items()}
    known = {name: pages.line((f"`{name}`", asks)) for name, asks in documented().items()}
    amiss = pages.differences(f"docs/{PAGE}", known, lines)
    assert not amiss, amiss


def test_the_page_says_what_each_role_has(people: dict[str, Person]) -> None:
    rows = {cells[0]: cells[1:] for cells in pages.table(pages.read(PAGE), "right")}
    assert {name.strip("`") for name in rows} == {ACCOUNT, *Right}
    heads = ("owner", "experimenter", "analyst", "viewer", "launcher without studies", "operator")
    for name, cells in rows.items():
        has = ["yes" if expected(name.strip("`"), PEOPLE[head]) == IN else "no" for head in heads]
        assert list(cells[: len(heads)]) == has, f"docs/{PAGE}: `{name}` is {has}"


def test_the_subjects_browser_opens_the_subjects_pages_and_nothing_else(
    web: FastAPI, settings: Settings, study: int, handlers_left_out: None
) -> None:
    with TestClient(web, base_url="http://localhost", follow_redirects=False) as browser:
        cookie = f"{SESSION}.{links.cookie_value(settings.secret(), SESSION)}"
        browser.cookies.set(subject.COOKIE, cookie)
        asks = documented()
        for method, path in routes(web):
            met = outcome(Person(clients={"desk": browser, "api": browser}), method, path, study)
            open_to_it = asks[f"{method} {path}"] in (ANYBODY, SUBJECT)
            assert (met == IN) is open_to_it, f"{method} {path}: the subject {met}"


def test_a_token_without_the_scope_opens_nothing_whoever_made_it(
    web: FastAPI, people: dict[str, Person], database: Database, study: int, handlers_left_out: None
) -> None:
    walked = 0
    scripts = dict[str, TestClient]()
    for route in iter_route_contexts(web.routes):
        for one in ((route.openapi_extra or {}).get("security") or [{"token": []}])[0]["token"]:
            if one not in scripts:
                others = [scope for scope in Scope if scope.value != one]
                made = tokens.make(database, "operator", f"all but {one}", others, days=1)
                scripts[one] = TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {made}"})
            method = next(iter((route.methods or set()) - {"HEAD"}))
            reply = scripts[one].request(method, address(route.path, study))
            assert (reply.status_code, reply.json()["type"]) == (403, "/errors#scope-missing"), route.path
            walked += 1
    assert walked > 30

"""docs/routes.md describes every route: its method, its address, who may call it, and what comes back.

A route of the interface for scripts stands in docs/routes.md or in docs/api.md.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web import permits
from app.web.app import create_app
from app.web.rights import Right
from tests.docs import pages

PAGE = "routes.md"
API = "/api/"
ASKS = {  # what a route depends on, and whom that lets in
    "app.web.sign_in.signed_in": "whoever is signed in",
    "app.web.subject.route.held": "the subject who holds the session",
}
PERMITS = {getattr(permits, right.value): right for right in Right}  # which also ask for a login
ANYBODY, LINK = "anybody", "whoever has the link"


def calls(dependant: Any) -> Iterator[Any]:
    """Everything that a route depends on."""
    for below in dependant.dependencies:
        yield below.call
        yield from calls(below)


def dotted(call: Any) -> str:
    """The dotted name of what a route depends on."""
    return f"{getattr(call, '__module__', '')}.{getattr(call, '__name__', type(call).__name__)}"


def who_may(route: Any) -> str:
    """Whom the route lets in."""
    if security := (route.openapi_extra or {}).get("security"):
        scopes = [f"`{scope}`" for asked_for in security for scope in asked_for["token"]]
        return f"a token with the scope {' and '.join(scopes)}" if scopes else "any token"
    asks = list(calls(route.dependant))
    rights = [f"`{right}`" for call, right in PERMITS.items() if call in asks]
    if rights:
        return f"whoever may: {' and '.join(rights)}"
    names = {dotted(call) for call in asks}
    found = [who for name, who in ASKS.items() if name in names]
    return found[0] if found else LINK if "{token}" in route.path else ANYBODY


def described(web: FastAPI) -> dict[str, str]:
    """Every route of the application, as the page must show it."""
    rows = {}
    for route in iter_route_contexts(web.routes):
        told = (route.endpoint.__doc__ or "").strip().split("\n\n")[0]
        who = who_may(route)
        for method in sorted((route.methods or set()) - {"HEAD"}):
            name = f"`{method} {route.path}`"
            rows[name] = pages.line((name, who, " ".join(told.replace("``", "`").split())))
    return rows


@pytest.fixture
def web(settings: Settings, database: Database, media: Media) -> FastAPI:
    return create_app(settings, database, media)


def documented() -> dict[str, str]:
    return {cells[0]: pages.line(cells) for cells in pages.table(pages.read(PAGE), "route")}


def owed(web: FastAPI) -> dict[str, str]:
    """What the page must have: all that no other page may describe in its place, and what it describes besides."""
    told = documented()
    return {name: line for name, line in described(web).items() if API not in name or name in told}


def test_every_route_is_described_with_who_may_call_it(web: FastAPI) -> None:
    assert not pages.differences(f"docs/{PAGE}", documented(), owed(web))


def test_no_route_is_described_twice() -> None:
    rows = re.findall(r"^\| (`[A-Z]+ \S+`) \|", pages.read(PAGE), re.MULTILINE)
    assert sorted(rows) == sorted(set(rows))
    assert len(rows) > 25


def test_every_route_of_the_interface_for_scripts_is_in_one_of_the_two_pages(web: FastAPI) -> None:
    told = "\n".join(pages.read(name) for name in (PAGE, "api.md") if (pages.DOCS / name).exists())
    for name in described(web):
        if API in name:
            method, path = name.strip("`").split(" ", 1)
            told_so = re.search(rf"{method}`?[ |]+`?{re.escape(path)}(?![\w/{{.])", told)
            assert told_so, f"write {method} {path} into docs/api.md"


def test_the_walk_finds_what_the_interfaces_own_description_finds(web: FastAPI) -> None:
    known = {(method.upper(), path) for path, methods in web.openapi()["paths"].items() for method in methods}
    found = {tuple(re.sub(r":\w+\}", "}", name.strip("`")).split(" ", 1)) for name in described(web)}
    assert found >= known
    assert len(known) > 25


def test_an_undescribed_route_would_be_found(web: FastAPI) -> None:
    def parrot(request: Request) -> None:
        """Says what it was told."""

    web.router.routes.append(APIRoute("/parrot", parrot, methods=["POST"]))
    missing = pages.differences(f"docs/{PAGE}", documented(), owed(web))
    assert "write into docs/routes.md: | `POST /parrot` | anybody | Says what it was told. |" in missing

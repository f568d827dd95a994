"""Every route, asked in ways that no friendly browser asks: refused with a sentence, never a fault, nothing written."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.web.subject import route as subject
from tests.web import lived_in, odd
from tests.web.api.crowded import Watch, watching

pytestmark = pytest.mark.usefixtures("blank_figures")
EVERY = pytest.mark.parametrize(  # which share of what is odd
    "every",
    [
        pytest.param(8, marks=pytest.mark.quick_twin),
        pytest.param(1, marks=[pytest.mark.slow, pytest.mark.one_database, pytest.mark.timeout(900)]),
    ],
)
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST", "TRACE", "BREW", "\x7f")
ASK_NOTHING = frozenset(  # buttons without a field
    (
        "open",
        "pilot",
        "draft",
        "archive",
        "unarchive",
        "duplicate",
        "try",
        "delete",
        "pause",
        "resume",
        "close",
        "cancel",
        "retry",
        "start",
        "elsewhere",
        "hidden",
        "logout",
        "leave",
        "skip",
        "questionnaire",
        "{token}",
        "accept",
        "revoke",
        "remove",
        "restore",
        "export",
        "personal",
        "design",
        "unbind",
        "monitor",  # the button that shows the ranking
    )
)
READS = ("GET", "HEAD", "OPTIONS")
T = TypeVar("T")


@pytest.fixture
def place(settings: Settings, database: Database, media: Media, pictures: Path, desk: TestClient) -> lived_in.Place:
    return lived_in.furnish(settings, database, media, pictures)


@pytest.fixture
def browser(web: FastAPI, desk: TestClient, place: lived_in.Place, settings: Settings) -> TestClient:
    """Signed in at the desk, and the one that holds the subject's session."""
    client = lived_in.visitor(web)
    client.cookies.update(desk.cookies)
    session = place.values["session"]
    client.cookies.set(subject.COOKIE, f"{session}.{links.cookie_value(settings.secret(), session)}")
    return client


def routes(web: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route that pages use; the interface for scripts has fuzzing of its own."""
    found = [(method, route.path) for route in iter_route_contexts(web.routes) for method in route.methods or ()]
    return sorted((method, path.replace(":path}", "}")) for method, path in found if not path.startswith("/api/"))


def share(odd_things: Sequence[T], at: int, every: int) -> Sequence[T]:
    """One in so many, other ones at every place, so that together each was sent."""
    return odd_things[at % every :: every]


class Knocker:
    """Sends requests, and looks at each reply and at the tables behind it."""

    def __init__(self, client: TestClient, database: Database, watch: Watch) -> None:
        self.client, self.database, self.watch, self.sent = client, database, watch, 0
        self.mark, self.tables, self.turns = watch.mark(), odd.digest(database), count()

    def __call__(self, method: str, address: str, *, looks: bool = True, **more: object) -> int:
        cookies = dict(self.client.cookies)
        reply = self.client.request(method, address, **more)  # type: ignore[arg-type]
        self.sent += 1
        told = f"{method} {address[:120]} {str(more)[:200]} answered {reply.status_code}: {reply.text[:300]}"
        assert reply.status_code < 500, told
        if reply.status_code >= 400 and method != "HEAD":
            assert len(reply.text.strip()) > 20, told
            assert "Traceback" not in reply.text, told
            assert "Internal Server Error" not in reply.text, told
        assert odd.read(address, reply.text).runs == [] or "image/" in reply.headers.get("content-type", ""), told
        assert "X-Odd" not in reply.headers, told
        if looks:
            self.look(told)
        self.client.cookies.clear()
        self.client.cookies.update(cookies)
        return reply.status_code

    def look(self, told: str) -> None:
        """Nothing was written since the last look, failed tries apart."""
        if self.watch.mark() == self.mark:
            return
        self.mark, now = self.watch.mark(), odd.digest(self.database)
        assert now == self.tables, f"{told} wrote into {[name for name in now if now[name] != self.tables[name]]}"


@pytest.fixture
def knock(browser: TestClient, database: Database) -> Iterator[Knocker]:
    with watching(database) as watch:
        yield Knocker(browser, database, watch)


def test_what_the_walk_sends_is_right_where_nothing_is_odd(
    web: FastAPI, place: lived_in.Place, browser: TestClient
) -> None:
    refused = {}
    for method, path in routes(web):
        if method == "GET":
            status = browser.get(place.address(path)).status_code
            refused |= {path: status} if status not in (200, 303) else {}
    assert set(refused) <= {
        "/login/oidc/back",  # nobody signs in by an issuer here
        "/static/{version}/{name}", "/login/once/{token}", "/invitation/{token}", "/p/{token}", "/p/{token}/withdraw",
        "/s/{session}/viewing/{module}/{number}.png",
        # figures of whole studies and methods sheets have names and forms of their own, and nobody has zoomed in
        "/admin/studies/{study_id}/results/{figure}.{form}", "/admin/studies/{study_id}/results/methods.{form}",
        "/admin/studies/{study_id}/results/looks/{task}/{scene_name}/map.{form}",
        # figures of a matrix have names of their own too, and only recoveries have this curve
        "/admin/matrices/{job_id}/{figure}.svg", "/admin/trainings/{job_id}/psnr.svg",
    }  # fmt: skip


@EVERY
def test_odd_pieces_of_an_address_lead_nowhere(web: FastAPI, place: lived_in.Place, knock: Knocker, every: int) -> None:
    for method, path in routes(web):
        for gap in [name for name in place.values if "{" + name + "}" in path]:
            for piece in share(odd.SEGMENTS, next(knock.turns), every):
                address = place.address(path, **{gap: piece})
                status = knock(method, address, looks=method not in READS)
                assert status != 200 or method in READS, f"{method} {address} was taken"
    knock.look("reading odd addresses")
    assert knock.sent > 1000 / every


@EVERY
def test_odd_queries_change_nothing(web: FastAPI, place: lived_in.Place, knock: Knocker, every: int) -> None:
    known = {
        (method.upper(), path): [given["name"] for given in told.get("parameters", ()) if given["in"] == "query"]
        for path, methods in web.openapi()["paths"].items() for method, told in methods.items()
    }  # fmt: skip
    switches = set[str]()  # of results: all their parts read them in one place
    for method, path in routes(web):
        if method == "GET":
            for name in ("saved", *known.get((method, path), ())):
                values = share(odd.VALUES, next(knock.turns), every)
                for value in values[:1] if name in switches else values:
                    query = {name: value[:8000].encode("utf-8", "surrogatepass")}
                    knock(method, place.address(path), params=query, looks=False)
                switches |= {name} if "/results" in path else set()
            knock(method, f"{place.address(path)}?&&=&a&%00=%ff&next=&next=//evil.test", looks=False)
    knock.look("odd queries")


def test_other_methods_than_a_route_takes_are_refused(web: FastAPI, place: lived_in.Place, knock: Knocker) -> None:
    taken = routes(web)
    for path in sorted({path for _, path in taken}):
        for method in METHODS:
            if (method, path) not in taken:
                status = knock(method, place.address(path))
                assert status >= 400 or method in READS, f"{method} {path} answered {status}"


@EVERY
def test_odd_headers_change_nothing(web: FastAPI, place: lived_in.Place, knock: Knocker, every: int) -> None:
    for method, path in routes(web):
        if method == "GET":
            for headers in share(odd.HEADERS, next(knock.turns), every):
                raw = {name: value.encode("latin-1") for name, value in headers.items()}
                knock(method, place.address(path), headers=raw, looks=False)
    knock.look("odd headers")


@EVERY
def test_bodies_of_another_kind_than_a_form_are_no_fault(
    web: FastAPI, place: lived_in.Place, knock: Knocker, every: int
) -> None:
    for method, path in routes(web):
        if method in ("POST", "PUT") and path.rsplit("/", 1)[1] not in ASK_NOTHING:
            for kind, body in share(odd.BODIES, knock.sent, every):
                status = knock(
                    method, place.address(path), content=body, headers={"Content-Type": kind.encode("latin-1")}
                )
                assert status >= 400, f"{method} {path} took {kind}: {body!r}"
    assert knock.sent > 40 / every

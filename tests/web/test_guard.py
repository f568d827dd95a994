"""The door: names, origins, sizes, and what every reply tells the browser."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web import guard
from app.web.app import create_app
from app.web.guard import BODY_LIMIT

pytestmark = pytest.mark.one_database  # the door looks into no table

TRIED = {"name": "nobody", "password": "not that one"}


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "127.8.8.8", "[::1]:8000", "LOCALHOST"])
def test_loopback_is_answered_under_every_spelling(anonymous: TestClient, host: str) -> None:
    assert anonymous.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "192.168.1.7",
        "",
        "[::1",
        "169.254.169.254",
        "localhost/evil",
        "evil@localhost",
        "localhost?x",
        "localhost#x",
        "localhost:99999999",
        "localhost:65536",
        "localhost:",
        "localhost:x",
        "localhost\\x",
        "[::1%25eth0]",
        "loca lhost",
    ],
)
def test_an_unknown_name_is_refused_with_a_sentence(anonymous: TestClient, host: str) -> None:
    reply = anonymous.get("/healthz", headers={"Host": host})
    assert reply.status_code == 400
    assert "BEHOLDER_HOSTS" in reply.text


def test_names_that_the_operator_lists_are_answered(settings: Settings, database: Database, media: Media) -> None:
    told = settings.model_copy(update={"hosts": ("Lab.example",), "base_url": "https://study.example/"})
    with TestClient(create_app(told, database, media)) as client:
        statuses = [
            client.get("/healthz", headers={"Host": h}).status_code for h in ("lab.example", "study.example:443")
        ]
    assert statuses == [200, 200]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8001"},
    ],
)
def test_a_page_of_another_site_cannot_post(anonymous: TestClient, headers: dict[str, str]) -> None:
    reply = anonymous.post("/login", data=TRIED, headers=headers)
    assert reply.status_code == 403
    assert "another site" in reply.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {}],
)
def test_our_own_pages_and_programs_can_post(anonymous: TestClient, headers: dict[str, str]) -> None:
    assert anonymous.post("/login", data=TRIED, headers=headers).status_code == 401


def test_another_site_may_link_to_us(anonymous: TestClient) -> None:
    assert anonymous.get("/login", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_large_body_is_refused_whether_or_not_it_says_so(anonymous: TestClient) -> None:
    def in_pieces() -> Iterator[bytes]:
        yield b"name=a&password="
        for _ in range(12):
            yield b"x" * 100_000

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    declared = anonymous.post("/login", content=b"x" * (BODY_LIMIT + 1), headers=kind)
    chunked = anonymous.post("/login", content=in_pieces(), headers=kind)
    assert [declared.status_code, chunked.status_code] == [413, 413]
    assert "beholder ingest" in declared.text
    assert "beholder ingest" in chunked.text


async def _sent(anonymous: TestClient, scope: dict[str, Any], pieces: list[bytes], *, silent: bool) -> list[Message]:
    """What the server's side is told to send, where the body comes in these pieces and is then cut off or silent."""
    sent = list[Message]()

    async def receive() -> Message:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": True}
        if silent:
            await asyncio.sleep(30)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
        "root_path": "", "query_string": b"", "client": ("127.0.0.1", 1), "server": ("localhost", 80), **scope,
    }  # fmt: skip
    await anonymous.app(scope, receive, send)
    return sent


def test_a_body_that_stops_coming_is_given_up_with_a_sentence(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_PATIENCE", 0.05)
    form = [(b"host", b"localhost"), (b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"9")]
    scope = {"method": "POST", "path": "/login", "raw_path": b"/login", "headers": form}
    start, *rest = asyncio.run(_sent(anonymous, scope, [b"name=a"], silent=True))
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert b"send it again" in b"".join(message["body"] for message in rest).lower()


def test_nothing_is_said_twice_where_a_reply_has_begun(settings: Settings) -> None:
    async def streams(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    client = SimpleNamespace(app=guard.Guard(streams, settings))
    headers = [(b"host", b"localhost"), (b"transfer-encoding", b"chunked")]
    scope = {"method": "GET", "path": "/x", "raw_path": b"/x", "headers": headers}
    sent = asyncio.run(_sent(cast(TestClient, client), scope, [b"x" * 600_000] * 3, silent=False))
    assert [message.get("status") for message in sent] == [200, None]


@pytest.mark.parametrize(("path", "status"), [("/login", 200), ("/healthz", 200), ("/nowhere", 404), ("/join/x", 404)])
def test_every_reply_carries_the_policies(anonymous: TestClient, path: str, status: int) -> None:
    reply = anonymous.get(path)
    assert reply.status_code == status
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["referrer-policy"] == "same-origin"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "permissions-policy" in reply.headers
    assert reply.headers["cross-origin-opener-policy"] == "same-origin"


def test_refusals_carry_the_policies_too(anonymous: TestClient) -> None:
    reply = anonymous.get("/healthz", headers={"Host": "evil.example"})
    assert "default-src 'self'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://[x]/"])
def test_an_origin_that_is_none_counts_as_another_site(anonymous: TestClient, origin: str) -> None:
    assert anonymous.post("/login", data=TRIED, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("length", "status"), [("many", 400), ("-1", 400), ("", 400), ("1.5", 400), ("²", 400), ("9" * 5000, 413)]
)
def test_a_length_that_is_no_size_is_refused_with_a_sentence(anonymous: TestClient, length: str, status: int) -> None:
    reply = anonymous.post("/login", content=b"x", headers={b"Content-Length": length.encode("latin-1")})
    assert reply.status_code == status
    assert "was refused" in reply.text


def test_a_slip_of_the_door_itself_is_a_page_with_the_policies(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "host_name", lambda host: 1 / 0)
    reply = anonymous.get("/login")
    assert reply.status_code == 500
    assert "the reference" in reply.text
    assert "default-src 'self'" in reply.headers["content-security-policy"]

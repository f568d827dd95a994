"""Bodies that are as large as bodies may be, and bodies that end before they are whole."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message
from structlog.testing import capture_logs

from app.web.api import strict_json
from app.web.guard import BODY_LIMIT

JSON = {"Content-Type": "application/json"}
KEYS = 100_000


@pytest.mark.timeout(60)  # comparing every key with every other took minutes
@pytest.mark.parametrize(
    ("last", "status", "said"), [("1869f", 400, "has the key '1869f' twice"), ("z", 422, "and 99999 more")]
)
def test_as_many_keys_as_fit_into_a_body_are_read_once(api: TestClient, last: str, status: int, said: str) -> None:
    keys = [*(f"{number:x}" for number in range(KEYS)), last]
    body = ("{" + ",".join(f'"{key}":0' for key in keys) + "}").encode()
    assert BODY_LIMIT * 0.9 < len(body) < BODY_LIMIT
    reply = api.post("/api/v1/studies", content=body, headers=JSON)
    assert (reply.status_code, said in reply.json()["detail"]) == (status, True)


def test_the_server_answers_others_while_a_body_is_looked_through(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, answered, in_time = threading.Event(), threading.Event(), list[bool]()

    def slowly(body: bytes) -> None:
        looking.set()
        in_time.append(answered.wait(20))

    monkeypatch.setattr(strict_json, "_check", slowly)
    with api, ThreadPoolExecutor(1) as other:
        sent = other.submit(api.post, "/api/v1/studies", content=b"{}", headers=JSON)
        assert looking.wait(20)
        assert api.get("/healthz").status_code == 200
        answered.set()
        assert sent.result().status_code == 422
    assert in_time == [True]


def test_a_body_in_pieces_that_grows_too_large_is_refused_and_is_no_fault(api: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b" " * (BODY_LIMIT // 2)

    with capture_logs() as logs:
        reply = api.post("/api/v1/studies", content=pieces(), headers=JSON)
    assert (reply.status_code, reply.json()["type"]) == (413, "/errors#too-large")
    assert [entry for entry in logs if entry["event"] == "unexpected"] == []


def test_a_body_that_breaks_off_is_refused_and_is_no_fault(api: TestClient, web: FastAPI) -> None:
    coming: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    told = list[Message]()

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        told.append(message)

    headers = {"host": "localhost", "authorization": api.headers["authorization"], "content-type": "application/json"}
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/studies", "query_string": b"", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    with capture_logs() as logs:
        asyncio.run(web(scope, receive, send))
    assert told[0]["status"] == 400
    assert b"/errors#unreadable-request" in told[1]["body"]
    assert [entry for entry in logs if entry["event"] == "unexpected"] == []

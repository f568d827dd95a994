"""Subjects who answer one trial after another as fast as the server lets them: the load of ``bench_web``.

A process of its own that reads the requests from standard input, one list for each subject, and prints what came back.
Written on asyncio's transports, because a client with comforts is slower than the server it would measure.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from functools import partial
from typing import Any

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Subject(asyncio.Protocol):
    """One connection that is kept: sends a request, waits for its whole reply, sends the next."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self.requests = iter(requests)
        self.done = done
        self.waits = list[float]()  # seconds, one for each reply
        self.statuses = Counter[int]()
        self._got = b""
        self._sent = 0.0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there; nothing is sent until ``go``."""
        self._transport = transport

    def go(self) -> None:
        """The next request is under way, or all of them are answered."""
        request = next(self.requests, None)
        if request is None:
            self.done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Perhaps the rest of a reply."""
        self._got += data
        head, end, body = self._got.partition(_END)
        if not end or len(body) < _length(head):
            return
        self.waits.append(time.perf_counter() - self._sent)
        self.statuses[int(head[9:12])] += 1
        self._got = b""
        self.go()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has hung up, which none may before the last reply."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[at:].split(b"\r\n", 1)[0])


def _same(subject: Subject) -> Subject:
    return subject


async def _run(host: str, port: int, requests: list[list[bytes]]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    subjects = [Subject(mine, loop.create_future()) for mine in requests]
    for subject in subjects:
        await loop.create_connection(partial(_same, subject), host, port)
    began = time.perf_counter()
    for subject in subjects:
        subject.go()
    await asyncio.gather(*(subject.done for subject in subjects))
    seconds = time.perf_counter() - began
    statuses = sum((subject.statuses for subject in subjects), Counter[int]())
    return {"seconds": seconds, "waits": [wait for subject in subjects for wait in subject.waits], "statuses": statuses}


def request(path: str, host: str, cookie: str, body: dict[str, Any]) -> bytes:
    """A vote as a browser sends it."""
    content = json.dumps(body).encode()
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: */*\r\n"
        f"Sec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def main() -> None:
    """Prints one line of JSON: how long it took in all, each reply's wait, and how often each status came."""
    plan = json.load(sys.stdin)
    host, port = plan["host"], plan["port"]
    requests = [
        [request(path, f"{host}:{port}", one["cookie"], plan["body"]) for path in one["paths"]]
        for one in plan["subjects"]
    ]
    print(json.dumps(asyncio.run(_run(host, port, requests))))  # noqa: T201


if __name__ == "__main__":
    main()

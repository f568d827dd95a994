"""Connections on which nobody asks anything: they end, and those who do ask are answered meanwhile."""

import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import pytest

from app import log
from app.web.connections import Seldom

Server = tuple[str, Path]
FILES = 640  # that the server may have open; of these 256 are kept for other things
IMPATIENT = f"""
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES // 2}, {FILES}))
from app.web import connections, guard
patient = connections.patient
connections.patient = lambda most: patient(most, patience=1.0)
guard.BODY_PATIENCE = 1.0
from app.cli import main
main()
"""
HALVES = {
    "nothing": b"",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: localh",
    "half a body": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=a",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The address of a server with few files and little patience, and what it logs."""
    place = tmp_path_factory.mktemp("data")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDER_")}
    with (place / "log").open("w") as logged:
        process = subprocess.Popen(
            [sys.executable, "-c", IMPATIENT, "serve", "--port", "0"],
            env=environment | {"BEHOLDER_DATA_DIR": str(place), "BEHOLDER_GPUS": "none", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=logged,
            text=True,
        )
    with process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        try:
            assert found, (place / "log").read_text()
            yield found[0], place / "log"
        finally:
            process.kill()


def _opened(held: ExitStack, address: str, sent: bytes) -> socket.socket:
    port = int(address.rpartition(":")[2])
    connection = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
    with suppress(ConnectionError):  # there are more than the server has room for
        connection.sendall(sent)
    return connection


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_a_connection_on_which_half_a_request_comes_is_ended(server: Server, half: bytes) -> None:
    with ExitStack() as held:
        connection = _opened(held, server[0], half)
        while connection.recv(65_536):  # to its end; a timeout is an error
            pass


def test_so_is_one_on_which_half_a_request_follows_a_whole_one(server: Server) -> None:
    with ExitStack() as held:
        connection = _opened(held, server[0], b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.sendall(HALVES["half a head"])
        while connection.recv(65_536):
            pass


def test_more_bytes_of_a_head_do_not_win_time(server: Server) -> None:
    with ExitStack() as held, pytest.raises(ConnectionError):
        connection = _opened(held, server[0], HALVES["half a head"])
        for _ in range(400):
            connection.sendall(b"x")
            time.sleep(0.05)


def test_a_crowd_that_asks_nothing_leaves_room_and_no_log(server: Server) -> None:
    address, logged = server
    with ExitStack() as held, httpx2.Client(timeout=20) as client:
        for _ in range(200):
            _opened(held, address, HALVES["half a head"])
        assert [client.get(f"{address}/readyz").status_code for _ in range(20)] == [200] * 20
        crowd = [_opened(held, address, HALVES["half a head"]) for _ in range(700)]
        with httpx2.Client(timeout=20) as newcomer:
            assert newcomer.get(f"{address}/readyz").status_code == 200
        for connection in crowd:
            with suppress(ConnectionError):
                assert connection.recv(1) == b""
    assert httpx2.get(f"{address}/readyz", timeout=20).status_code == 200
    assert "Traceback" not in logged.read_text()
    assert logged.stat().st_size < 2000


def test_what_asyncio_says_of_every_connection_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    seldom, asyncio_log = Seldom(), logging.getLogger("asyncio")
    asyncio_log.addFilter(seldom)
    try:
        for _ in range(50):
            asyncio_log.error("socket.accept() out of system resource\nsocket: <…>", exc_info=OSError(24, "Too many"))
        asyncio_log.error("something else")
    finally:
        asyncio_log.removeFilter(seldom)
    said = capsys.readouterr().err
    assert said.count("no room for more connections") == 1
    assert "system resource" not in said

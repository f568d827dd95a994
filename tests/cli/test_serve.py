"""The server as a process."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from app.settings import Settings
from tests.cli.conftest import Run


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server on a free port, with the address that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", "0"],
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found, process.communicate()
    yield process, found[0]
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_a_first_start_makes_the_database_and_prints_an_address_that_answers(
    server: tuple["subprocess.Popen[str]", str], settings: Settings
) -> None:
    process, address = server
    assert address.startswith("http://localhost:")
    assert httpx2.get(f"{address}/healthz").status_code == 200
    assert httpx2.get(f"{address}/readyz").status_code == 200
    assert settings.secret()
    process.send_signal(signal.SIGINT)
    _, logged = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in logged


def test_the_server_is_reached_from_this_machine_alone_unless_told_otherwise(
    server: tuple["subprocess.Popen[str]", str],
) -> None:
    port = int(server[1].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)  # a server bound to every address would answer


def test_a_port_that_is_taken_is_named(beholder: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = beholder("serve", "--port", str(port))
    assert said.returncode == 2
    assert said.stderr.startswith(f"The server cannot bind to 127.0.0.1 port {port} (Address already in use)")

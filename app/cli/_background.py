"""A web server beside the command that runs it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from app.errors import AppError

_START_SECONDS = 20.0


class ServerDidNotStart(AppError):
    """The web server gave up, or never came up."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The web server did not start; the lines above say why.", "mend that and run the command again"
        )


@contextmanager
def serving(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    """The application answers on the listening socket until the block ends; requests at work are finished first."""
    server = uvicorn.Server(
        uvicorn.Config(app, access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server", daemon=True)
    thread.start()
    waited = threading.Event()
    for _ in range(int(_START_SECONDS / 0.05)):
        if server.started or not thread.is_alive():
            break
        waited.wait(0.05)
    try:
        if not server.started:
            raise ServerDidNotStart
        yield
    finally:
        server.should_exit = True
        thread.join()

"""What becomes of connections on which nobody asks anything: they end, so that those who do ask find room."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from app.log import logger

HEAD_PATIENCE = 20.0  # seconds from connecting, or from the first byte of a further request, to the end of its head
_SAID_EVERY = 60.0  # seconds
_BASE: Any = AutoHTTPProtocol  # of h11 or of httptools, whichever is installed


def patient(most: int, patience: float = HEAD_PATIENCE) -> type[asyncio.Protocol]:
    """The server's side of a connection: ended where no request comes in time.

    Where more than ``most`` are open, the one that has waited longest makes room: whoever asks asks at once.
    """
    silent = dict[Any, None]()  # connections whose clock runs, the oldest first

    class Patient(_BASE):  # type: ignore[misc]
        waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self.look()
            if len(self.connections) > most:
                (oldest := next(iter(silent))).wait_no_longer()
                oldest.transport.abort()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.look()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self.wait_no_longer()

        def look(self) -> None:
            """The clock runs while no request is being answered; more bytes of a head do not turn it back."""
            if self.cycle is not None and not self.cycle.response_complete:
                self.wait_no_longer()
            elif self.waiting is None and not self.transport.is_closing():
                self.waiting = self.loop.call_later(patience, self.transport.close)
                silent[self] = None

        def wait_no_longer(self) -> None:
            if self.waiting is not None:
                self.waiting.cancel()
                self.waiting = None
                silent.pop(self, None)

    return Patient


class Seldom(logging.Filter):
    """Says now and then what asyncio says of every connection that finds no room; everything else passes."""

    def __init__(self) -> None:
        super().__init__()
        self.said = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is about anything else."""
        if "socket.accept() out of system resource" not in str(record.msg):
            return True
        if record.created - self.said >= _SAID_EVERY:
            self.said = record.created
            logger("web").error("no room for more connections", limit="the number of open files (ulimit -n)")
        return False

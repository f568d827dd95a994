"""What ``bench_web`` compares with: a FastAPI handler that inserts one row, and a socket that answers without reading.

``python -m benchmarks.bare insert URL`` and ``python -m benchmarks.bare nothing`` say where they serve, until killed.
"""

import asyncio
import logging
import socket
import sys

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, insert

from app.db import Database
from app.web.subject.trials import SentAnswer

_TABLE = Table(
    "bare_answers",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("trial", String(80), nullable=False),
    Column("side", String(8), nullable=False),
    Column("elapsed_ms", Integer),
)
_INSERT = insert(_TABLE).values(trial=bindparam("trial"), side=bindparam("side"), elapsed_ms=bindparam("elapsed_ms"))
_REPLY = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}"


def application(database: Database) -> FastAPI:
    """One route: the body of a vote, read by the same model, becomes one row in a transaction of its own."""
    app = FastAPI()

    @app.put("/s/{session}/trials/{trial}/vote", status_code=201)
    def vote(session: str, trial: str, said: SentAnswer) -> dict[str, str]:
        with database.write_connection() as connection:
            connection.execute(_INSERT, {"trial": trial, "side": said.side.value, "elapsed_ms": said.elapsed_ms})
        return {"trial": trial, "side": said.side.value}

    return app


def serve_insert(url: str) -> None:
    """The handler, on uvicorn set as ``beholder serve`` sets it."""
    database = Database(url)
    with database.rebuild_connection() as connection:
        _TABLE.create(connection, checkfirst=True)
        connection.commit()
    with _listener() as listener:
        config = uvicorn.Config(application(database), access_log=False, log_config=None, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


class _Nothing(asyncio.Protocol):
    """Answers whatever comes: how fast the load generator is by itself."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Each request is small enough to arrive at once."""
        self._transport.write(_REPLY)


async def _serve_nothing() -> None:
    with _listener() as listener:
        server = await asyncio.get_running_loop().create_server(_Nothing, sock=listener)
        await server.serve_forever()


def _listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(f"serves http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201
    return listener


def main() -> None:
    """Serves until it is killed."""
    logging.disable()
    if sys.argv[1] == "insert":
        serve_insert(sys.argv[2])
    else:
        asyncio.run(_serve_nothing())


if __name__ == "__main__":
    main()

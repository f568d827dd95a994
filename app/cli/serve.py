"""``beholder serve``: the web server."""

import contextlib
import logging
import os
import resource
import socket
from typing import Annotated

import typer

from app.errors import Conflict

_BACKLOG = 128  # connections that wait to be taken; asyncio tries as many at once, and fails for each without files
_FILES = 65_536  # open at once; some systems allow a billion, and programs that go through them all become slow
_FILES_KEPT = 256  # of these, for the database, the store and the uploads


class AddressNotFree(Conflict):
    """The server cannot be reached where it was told to be."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # an unknown name: < 0
        super().__init__(
            f"The server cannot bind to {host} port {port} ({reason}): is another one running?",
            "choose another with --port, or 0 for any free one",
        )


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind to instead of BEHOLDER_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port instead of BEHOLDER_PORT; 0 takes a free one.")
    ] = None,
) -> None:
    """Serve the pages for subjects and for the desk until Ctrl-C."""
    import uvicorn

    from app.cli._environment import read_settings
    from app.cli._installation import at_work
    from app.web.app import create_app
    from app.web.connections import Seldom, patient

    logging.getLogger("asyncio").addFilter(Seldom())
    files = _many_files()
    settings = read_settings()
    settings = settings.model_copy(
        update={"host": host or settings.host, "port": settings.port if port is None else port}
    )
    with at_work(settings) as place, listen(settings.host, settings.port) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        config = uvicorn.Config(
            create_app(settings, place.database, place.media),
            access_log=False,  # it would write down tokens and addresses
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
            backlog=_BACKLOG,
            http=patient(most=max(files // 2, files - _FILES_KEPT)),
        )
        typer.echo(f"Beholder serves {settings.address} until Ctrl-C; the desk is at {settings.address}/admin")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises ``AddressNotFree``."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise AddressNotFree(host, port, error) from error


def _many_files() -> int:
    """How many files this process may have open, now that it has asked for as many as it is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _FILES if soft == resource.RLIM_INFINITY else min(soft, _FILES)
    with contextlib.suppress(OSError, ValueError):  # macOS allows fewer than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

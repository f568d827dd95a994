"""What is too large for memory, received into a file beside the data while it arrives, and gone when it has been used.

The handlers that call this are the only ones that read a body themselves: whoever is not signed in is refused before
a byte of it has been read.
"""

import asyncio
import contextlib
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from app.errors import AppError
from app.reserve import require_room
from app.settings import Settings
from app.studies.contents import LARGEST_ARCHIVE
from app.turns import Turns

UPLOAD_LIMIT = LARGEST_ARCHIVE  # bytes of a whole request, to the routes that take archives
_PATIENCE = 60.0  # seconds without a byte, after which nobody is expected to send any more


class UploadBrokenOff(AppError):
    """An upload ended before all of it had arrived."""

    def __init__(self) -> None:
        super().__init__("The upload broke off before all of it had arrived", "send it again")


class NoRoomForUpload(AppError):
    """The disk of the data folder cannot take an upload."""

    status = 507

    def __init__(self, folder: Path, error: OSError) -> None:
        reason = error.strerror or os.strerror(error.errno or 0)
        super().__init__(
            f"The upload could not be kept in {folder} ({reason})",
            "make room on that disk and send it again",
        )


class TooManyUploads(AppError):
    """Several others are uploading at this moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Several others are uploading at this moment", "try again in a minute or two")
        self.headers = {"Retry-After": "60"}


# So many files of a gigabyte lie here at most; whoever waited for a turn would hold a thread that votes need.
UPLOADS = Turns(at_once=4, waiting=0, patience=0.0, refusal=TooManyUploads)


@dataclass(frozen=True, slots=True)
class Temporary:
    """A file that is there while it is used."""

    path: Path
    file: FileIO


def waiting_room(settings: Settings) -> Path:
    """The folder in which uploads lie until they have been taken in."""
    return settings.data_dir / "uploads"


@asynccontextmanager
async def receive(request: Request, to: Path) -> AsyncIterator[Path]:
    """Inside, the path of a file in the folder ``to`` with the request's whole body; afterwards the file is gone.

    How large it may be the guard has seen to. Raises ``TooManyUploads``, ``UploadBrokenOff`` and ``NoRoomForUpload``.
    """
    async with temporary(to) as aside:
        async for piece in arriving(request):
            await write(aside, piece)
        yield aside.path


async def arriving(request: Request) -> AsyncIterator[bytes]:
    """The body, piece by piece; raises ``UploadBrokenOff`` where it ends too soon or nothing comes any more."""
    pieces = request.stream()
    while True:
        try:
            async with asyncio.timeout(_PATIENCE):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except (ClientDisconnect, TimeoutError):
            raise UploadBrokenOff from None
        yield piece


async def write(to: Temporary, data: bytes) -> None:
    """The data is in the file; raises ``NoRoomForUpload``, also where votes would be left too little room."""
    try:
        await run_in_threadpool(_write_all, to, data)
    except OSError as error:
        raise NoRoomForUpload(to.path.parent, error) from error


@asynccontextmanager
async def temporary(below: Path) -> AsyncIterator[Temporary]:
    """A file that only this process's user can read; gone at the end.

    It is locked while it is in use. What a killed process has left is not, and goes when the next file is made. Raises
    ``TooManyUploads`` before anything is read, where others have all turns.
    """
    with UPLOADS.take():
        made = await run_in_threadpool(_make, below)
        try:
            yield made
        finally:
            await run_in_threadpool(_remove, made)


def _make(below: Path) -> Temporary:
    try:
        with _alone(below):
            _sweep(below)
            number, name = tempfile.mkstemp(dir=below)
            fcntl.flock(number, fcntl.LOCK_EX)
    except OSError as error:
        raise NoRoomForUpload(below, error) from error
    return Temporary(Path(name), FileIO(number, "wb"))


def _remove(made: Temporary) -> None:
    with made.file:
        made.path.unlink(missing_ok=True)


def _write_all(to: Temporary, data: bytes) -> None:
    require_room(to.path.parent, len(data))
    rest = memoryview(data)
    while rest:
        rest = rest[to.file.write(rest) :]


@contextmanager
def _alone(below: Path) -> Iterator[None]:
    below.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = os.open(below, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _sweep(below: Path) -> None:
    for path in below.iterdir():
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()

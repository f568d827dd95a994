"""Files that are there whole or not at all."""

import contextlib
import errno
import os
from pathlib import Path

from app.errors import AppError, BadInput

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFull(AppError):
    """The disk would not take a file."""

    status = 507

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path.name} could not be written to {path.parent} ({reason})",
            "make room there and start again; the work goes on from the last checkpoint",
        )


class CannotWrite(BadInput):
    """The folder for results cannot be written to, whatever its size."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be written ({reason})", "choose another folder or mend its permissions")


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Leaves ``data`` at ``path`` and on the disk; after any failure the path holds what it held before."""
    aside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _flush_folder(path.parent)  # else a power cut could undo the renaming
    except OSError as error:
        with contextlib.suppress(OSError):  # it may not be there, or have a name that no file can have
            aside.unlink()
        raise refusal(path, error) from error


def refusal(path: Path, error: OSError) -> DiskFull | CannotWrite:
    """Why ``path`` could not be written, as a person is told it."""
    return (DiskFull if error.errno in _FULL else CannotWrite)(path, error.strerror or str(error))


def require_writable(folder: Path) -> None:
    """Nothing, where files could be put into ``folder`` or where it is to be made: said before the work, not after."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    probe = there / f".beholder-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotWrite(folder, error.strerror or str(error)) from error


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

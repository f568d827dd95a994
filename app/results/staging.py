"""Files that appear in a folder all together, or not at all."""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app import clock
from app.errors import AppError, BadInput

_STAGING = re.compile(r"\.beholder-[0-9a-f]{8}")
_STALE_SECONDS = 24 * 3600  # no run takes that long; a younger folder may belong to one that is still writing
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}


class FileForFolder(BadInput):
    """Results are to go where a file stands, and need a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is a file, and results need a folder", "give another path")


class InTheWay(BadInput):
    """Something that cannot be replaced stands where a result is to go."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} is {what}", "move it away or choose another folder; nothing was replaced")


class FolderNotWritable(AppError):
    """Results could not be written."""

    status = 507

    def __init__(self, folder: Path, error: OSError) -> None:
        todo = "see that the path is right or choose another folder"
        if error.errno in _NO_ROOM:
            todo = "make room there or choose another folder"
        if error.errno in _NO_PERMISSION:
            todo = "choose a folder in which you may write"
        super().__init__(f"Results could not be written to {folder} ({error.strerror})", todo)


@contextmanager
def staged(folder: Path, *, last: str = "", stale: Iterable[str] = ()) -> Iterator[Path]:
    """An empty folder inside ``folder``, whose files are renamed into it at the end, or dropped if the block raises.

    It lies inside because the parent may be another file system, or closed to us. Nothing is renamed before all targets
    are known to be free. The file called ``last`` comes last, after the ``stale`` files, which an earlier run left
    and this one does not write, are gone.
    """
    folder = folder.absolute()
    aside, made = folder / f".beholder-{secrets.token_hex(4)}", list[Path]()
    try:
        if folder.exists() and not folder.is_dir():
            raise FileForFolder(folder)
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        aside.mkdir(parents=True)
        _sweep(folder)
        yield aside
        _move(aside, folder, last, stale)
    except OSError as error:
        raise FolderNotWritable(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        with suppress(OSError):  # folders that hold something stay
            for path in made:
                path.rmdir()


def _move(aside: Path, folder: Path, last: str, stale: Iterable[str]) -> None:
    files = sorted((path for path in aside.rglob("*") if path.is_file()), key=lambda path: (path.name == last, path))
    targets = [folder / path.relative_to(aside) for path in files]
    for target in targets:
        _check(target, folder, aside.stat().st_dev)
    for path, target in zip(files, targets, strict=True):
        if path.name == last:
            for name in stale:
                if folder / name not in targets:
                    (folder / name).unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def _check(target: Path, folder: Path, device: int) -> None:
    """Raises where the rename could not work, as far as that can be known before."""
    if target.is_dir() and not target.is_symlink():
        raise InTheWay(target, "a folder, and a file of that name is to be written")
    parent = next(path for path in target.parents if path.exists() or path.is_symlink())
    if not parent.is_dir():
        raise InTheWay(parent, "not a folder, and one of that name is needed")
    if parent.stat().st_dev != device:
        raise InTheWay(parent, f"on another disk than {folder}")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(parent))


def _sweep(folder: Path) -> None:
    """Staging folders of runs that were killed are gone."""
    before = clock.now().timestamp() - _STALE_SECONDS
    for path in folder.iterdir():
        if _STAGING.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    shutil.rmtree(path, ignore_errors=True)

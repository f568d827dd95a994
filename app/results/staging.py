"""Files that appear in a folder all together, or not at all."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import AppError, BadInput


class NotAFolder(BadInput):
    """Results are to go where something else than a folder stands."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is a file, and results need a folder: give another path.")


class FolderNotWritable(AppError):
    """Results could not be written."""

    status = 507

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"Results could not be written to {folder} ({error.strerror}): make room there or choose another."
        )


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """An empty folder beside ``folder``, whose files are renamed into it at the end, or dropped if the block raises."""
    folder = folder.absolute()
    if folder.exists() and not folder.is_dir():
        raise NotAFolder(folder)
    aside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        aside.mkdir(parents=True)
        yield aside
        for path in sorted(aside.rglob("*")):
            target = folder / path.relative_to(aside)
            if path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
    except OSError as error:
        raise FolderNotWritable(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)

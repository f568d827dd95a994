"""A folder of pictures on a disk."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.errors import BadInput
from app.studies.chunks import BadPicture
from app.studies.entries import Entry, printable, require_small
from app.studies.png import MOST_BYTES


class NotAFolder(BadInput):
    """The path to ingest is no folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is not a folder that can be read", "give the one that holds task/condition/scene.png"
        )


@dataclass(frozen=True, slots=True)
class OnDisk:
    """An entry of a folder on a disk."""

    path: Path
    root: Path

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.name

    @property
    def where(self) -> str:
        """Its path below the root, fit for a message whatever characters it has."""
        return printable(str(self.path.relative_to(self.root))) if self.path != self.root else "the folder"

    @property
    def leaves(self) -> bool:
        """Whether it is a link to something outside the root."""
        return not self.path.resolve().is_relative_to(self.root)

    @property
    def is_file(self) -> bool:
        """Whether it is a file, or a link to one."""
        return self.path.is_file()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, or a link to one."""
        return self.path.is_dir()

    def entries(self) -> Iterable[Entry]:
        """What lies in the folder, in the order of the names; raises ``BadPicture`` where it may not be read."""
        try:
            return [OnDisk(path, self.root) for path in sorted(self.path.iterdir())]
        except OSError as error:
            raise _unreadable(error) from error

    def read(self) -> bytes:
        """The file's bytes; raises ``BadPicture`` where they may not be read, or are too many."""
        try:
            with self.path.open("rb") as file:
                require_small(os.fstat(file.fileno()).st_size)
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise _unreadable(error) from error
        require_small(len(data))  # it may have grown
        return data


def opened(folder: Path) -> OnDisk:
    """The folder, as what is to be ingested; raises ``NotAFolder``."""
    if not folder.is_dir():
        raise NotAFolder(folder)
    root = folder.resolve()
    return OnDisk(root, root)


def _unreadable(error: OSError) -> BadPicture:
    return BadPicture(f"cannot be read ({os.strerror(error.errno or 0)})", "check its permissions")

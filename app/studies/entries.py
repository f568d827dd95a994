"""Files and folders of pictures to be ingested, whether they lie on a disk or in an archive."""

from collections.abc import Iterable
from typing import Protocol

from app.studies.chunks import BadPicture
from app.studies.png import MOST_BYTES


class Entry(Protocol):
    """A file or a folder; nothing of it has been read yet."""

    @property
    def name(self) -> str:
        """The last part of its path."""
        ...

    @property
    def where(self) -> str:
        """Its path below the root, fit for a message whatever characters it has."""
        ...

    @property
    def leaves(self) -> bool:
        """Whether it is a link to something outside."""
        ...

    @property
    def is_file(self) -> bool:
        """Whether it has bytes."""
        ...

    @property
    def is_folder(self) -> bool:
        """Whether it has entries."""
        ...

    def entries(self) -> Iterable["Entry"]:
        """What lies in the folder, in the order of the names; raises ``BadPicture`` where that cannot be said."""
        ...

    def read(self) -> bytes:
        """The file's bytes; raises ``BadPicture`` where they cannot be had, or are too many."""
        ...


def require_small(size: int) -> None:
    """Nothing, where a picture may have so many bytes; raises ``BadPicture``."""
    if size > MOST_BYTES:
        raise BadPicture(
            f"has {size >> 20} MiB; {MOST_BYTES >> 20} MiB are the most", "cut a smaller picture out of it"
        )


def printable(text: str) -> str:
    """The text, with what cannot be printed spelt out."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)

"""Which photographs of a folder are parts of one, where their names do not tell: ``groups.csv`` beside them."""

import csv
import io
from collections.abc import Collection
from pathlib import Path

from app.errors import BadInput

FILE = "groups.csv"
_COLUMNS = ["name", "group"]
_LONGEST = 100  # characters, of the column


class BadGroups(BadInput):
    """The file of groups says nothing that could be followed."""


def groups_of(folder: Path, names: Collection[str]) -> dict[str, str]:
    """The group of each photograph that ``groups.csv`` names, a line each under ``name,group``; empty without it.

    A photograph's own name as its group says that it stands alone, whatever its name looks like.

    Raises
    ------
    BadGroups
        The file has other columns, names a photograph that is not in the folder, or puts one into two groups.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        return groups_in(path.read_bytes(), names, str(path))
    except OSError as error:
        raise BadGroups(f"{path} cannot be read ({error})", "save it as a CSV file in UTF-8") from None


def groups_in(content: bytes, names: Collection[str], path: str = FILE) -> dict[str, str]:
    """The same from the file's bytes; ``path`` is what it is called in messages."""
    try:
        text = content.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadGroups(f"{path} cannot be read ({error})", "save it as a CSV file in UTF-8") from None
    if not rows or rows[0] != _COLUMNS or any(len(row) != len(_COLUMNS) for row in rows[1:]):
        raise BadGroups(f"{path} is not a table of groups", "give it two columns, name and group, under these headings")
    groups = dict[str, str]()
    for name, group in rows[1:]:
        if name not in names:
            raise BadGroups(
                f"{path} names the photograph {name!r}, which is not in the folder",
                "write the name of its file without the ending",
            )
        if not 1 <= len(group) <= _LONGEST:
            raise BadGroups(f"{path}: the group of {name!r} has no name that could be kept", "use 1 to 100 characters")
        if groups.setdefault(name, group) != group:
            raise BadGroups(
                f"{path} puts {name!r} into {groups[name]!r} and into {group!r}", "leave it one line, with one group"
            )
    return groups

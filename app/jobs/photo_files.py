"""Files on their way into a set of photographs: those of a folder, and which of them are to be judged on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from app.catalog.picture_files import SUFFIXES, is_picture
from app.errors import BadInput
from app.jobs.groups import FILE as GROUPS
from app.jobs.groups import groups_of

Content = Path | bytes | Callable[[], bytes]
"""A file, its bytes, or what fetches them when they are looked at; that may raise ``BadPhotograph``."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photograph to be taken in: its name, its file or its bytes, where it comes from, and what it is a part of."""

    name: str
    content: Content
    source: str
    group: str | None = None  # of the parts of one photograph, which stay together; None: by the name


@dataclass(frozen=True, slots=True)
class FolderOfPhotographs:
    """The photographs of a folder or an archive, and how many files beside them were left alone."""

    files: tuple[PhotoFile, ...]
    left_alone: int


def folder(path: Path) -> FolderOfPhotographs:
    """The pictures in the folder, hidden files apart, as photographs named after their files; ``groups.csv`` counts."""
    if not path.is_dir():
        raise BadInput(f"{path} is not a folder", "name one that holds photographs")
    found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    pictures = [file for file in found if is_picture(file.name)]
    if not pictures:
        raise BadInput(f"{path} holds no pictures", f"put photographs into it ({', '.join(SUFFIXES)})")
    groups = groups_of(path, {file.stem for file in pictures})
    files = tuple(PhotoFile(file.stem, file, file.name, groups.get(file.stem)) for file in pictures)
    return FolderOfPhotographs(files, sum(file.name != GROUPS for file in found) - len(pictures))


def chosen(patterns: Sequence[str], names: Sequence[str]) -> list[str]:
    """The names that the patterns (``kodim*``) stand for; a pattern that fits none stands as it is."""
    fitting = [[name for name in names if fnmatchcase(name, pattern)] or [pattern] for pattern in patterns]
    return list(dict.fromkeys(name for found in fitting for name in found))

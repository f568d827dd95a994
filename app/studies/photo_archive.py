"""Photographs that somebody sends: a zip file, vetted before a byte is unpacked, or several files at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from app.catalog.picture_files import SUFFIXES, is_picture
from app.errors import AppError, BadInput
from app.jobs.groups import FILE as GROUPS
from app.jobs.groups import groups_in
from app.jobs.photo_files import FolderOfPhotographs, PhotoFile
from app.jobs.pixels import BadPhotograph
from app.studies.zipped import InArchive, opened


class NoPhotographsSent(BadInput):
    """What was sent holds no photograph."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source} holds no photographs", f"send files whose names end in {', '.join(SUFFIXES)}")


class NotAPictureFile(BadInput):
    """A file that was sent is no photograph by its name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no photograph", f"leave it out; {', '.join(SUFFIXES)} are taken in")


@contextmanager
def in_archive(path: Path, source: str) -> Iterator[FolderOfPhotographs]:
    """Inside, the photographs of a zip file, wherever in it they lie; ``source`` is what it is called in messages.

    ``groups.csv`` counts, and other files are left alone.

    Raises
    ------
    NotAZip, ArchiveTooLarge, WholeStudySent, StimuliRefused
        The archive is not to be trusted.
    NoPhotographsSent, BadGroups
        Nothing in it can be used.
    """
    with opened(path, source) as root:
        found = list(_files(root))
        pictures = [one for one in found if is_picture(one.name)]
        if not pictures:
            raise NoPhotographsSent(source)
        names = [PurePosixPath(one.name).stem for one in pictures]
        tables = [one for one in found if one.name == GROUPS]
        groups = groups_in(tables[0].read(), names, tables[0].where) if tables else {}
        files = tuple(
            PhotoFile(name, _bytes(one), one.where, groups.get(name)) for name, one in zip(names, pictures, strict=True)
        )
        yield FolderOfPhotographs(files, len(found) - len(pictures) - len(tables[:1]))


def loose(named: list[tuple[str, Callable[[], bytes]]]) -> FolderOfPhotographs:
    """Files that were chosen one by one, each by the name that it has on its sender's machine.

    Raises
    ------
    NotAPictureFile, NoPhotographsSent, BadGroups
        A file that was chosen on purpose is not left alone in silence.
    """
    tables = [read for name, read in named if name == GROUPS]
    pictures = [(name, read) for name, read in named if name != GROUPS]
    for name, _ in pictures:
        if not is_picture(name):
            raise NotAPictureFile(name[:120])
    if not pictures:
        raise NoPhotographsSent("What was sent")
    names = [PurePosixPath(name).stem for name, _ in pictures]
    groups = groups_in(tables[0](), names) if tables else {}
    files = (PhotoFile(stem, read, name, groups.get(stem)) for stem, (name, read) in zip(names, pictures, strict=True))
    return FolderOfPhotographs(tuple(files), 0)


def _files(folder: InArchive) -> Iterator[InArchive]:
    for entry in folder.inside.values():
        if entry.is_file:
            if not entry.name.startswith("."):
                yield entry
        else:
            yield from _files(entry)


def _bytes(entry: InArchive) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return entry.read()
        except AppError as error:  # it goes on where the file's name ends, as theirs do
            raise BadPhotograph(error.detail, error.fix) from None

    return read

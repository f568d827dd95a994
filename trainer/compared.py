"""Which picture files are compared with which: two files, two folders, or the folder of a rendering."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import BadInput, NotFound
from app.log import logger
from trainer.data import pictures_in

_REFERENCE = "reference"  # the folder of the references, in the layout that ``render`` writes


class NothingToCompare(NotFound):
    """No picture has a reference to be compared with."""

    def __init__(self, result: Path, reference: Path | None) -> None:
        if reference is None:
            super().__init__(
                f"{result} does not hold pictures as `render` writes them (task/condition/scene.png beside "
                "task/reference/scene.png)",
                "name a folder such as OUT/pictures, or say with --reference what its pictures are compared with",
            )
        else:
            super().__init__(
                f"No picture in {result} has the name of one in {reference}",
                "name two folders whose pictures have the same names, endings apart",
            )


class FileAndFolder(BadInput):
    """A single picture is compared with a single picture, a folder with a folder."""

    def __init__(self, result: Path, reference: Path) -> None:
        super().__init__(f"{result} and {reference} are a file and a folder", "name two files or two folders")


class NotThere(NotFound):
    """There is no file or folder of that name."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no file or folder {path}", "correct its name")


class TwoOfAName(BadInput):
    """Two pictures of a folder have the same name, endings apart."""

    def __init__(self, one: Path, other: Path) -> None:
        super().__init__(f"{one} and {other} have the same name", "take one of them out")


@dataclass(frozen=True, slots=True)
class Compared:
    """A picture file and its reference, with the places of a study that the file's name tells."""

    task: str
    scene: str
    condition: str
    picture: Path
    reference: Path


def compared(result: Path, reference: Path | None) -> list[Compared]:
    """The pairs in the order of their names: two files, two folders by name, or a folder as ``render`` wrote it.

    A picture of a folder that has no counterpart in the other is left out, and the log says so.

    Raises
    ------
    NotThere, FileAndFolder, NothingToCompare, TwoOfAName
        Naming the file or folder.
    """
    for path in (result, *([reference] if reference else [])):
        if not path.exists():
            raise NotThere(path)
    if reference is None:
        pairs = list(_rendered(result))
    elif result.is_dir() and reference.is_dir():
        pairs = list(_named_alike(result, reference, *_place(result)))
    elif result.is_dir() or reference.is_dir():
        raise FileAndFolder(result, reference)
    else:
        task, condition = _place(result.parent)
        pairs = [Compared(task, result.stem, condition, result, reference)]
    if not pairs:
        raise NothingToCompare(result, reference)
    return pairs


def _rendered(folder: Path) -> Iterator[Compared]:
    """The pairs below ``pictures``, or below one task in it."""
    for references in sorted((*folder.glob(f"*/{_REFERENCE}"), *folder.glob(_REFERENCE))):
        task = references.resolve().parent.name
        for condition in sorted(references.parent.iterdir()):
            if condition.is_dir() and condition.name != _REFERENCE:
                yield from _named_alike(condition, references, task, condition.name)


def _named_alike(result: Path, reference: Path, task: str, condition: str) -> Iterator[Compared]:
    shown, wanted = _by_name(result), _by_name(reference)
    for folder, there, beside in ((result, shown, wanted), (reference, wanted, shown)):
        if alone := sorted(there.keys() - beside.keys()):
            logger("trainer").warning("not compared: no counterpart", folder=str(folder), pictures=", ".join(alone))
    for scene in sorted(shown.keys() & wanted.keys()):
        yield Compared(task, scene, condition, shown[scene], wanted[scene])


def _by_name(folder: Path) -> dict[str, Path]:
    found = dict[str, Path]()
    for path in pictures_in(folder):
        if path.stem in found:
            raise TwoOfAName(found[path.stem], path)
        found[path.stem] = path
    return found


def _place(folder: Path) -> tuple[str, str]:
    """Task and condition as the folder's name and that above it tell them."""
    whole = folder.resolve()
    return whole.parent.name or "pictures", whole.name or "result"

"""What a folder of pictures holds, and everything that is wrong with it, in one report."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import BadInput
from app.studies.inventory import DEGRADED, REFERENCE
from app.studies.png import MOST_BYTES, BadPicture, PictureFacts, inspect

_CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # left behind by file managers
_LONGEST = {"task": 80, "condition": 200, "scene": 200}


class NotAFolder(BadInput):
    """The path to ingest is no folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is not a folder that can be read", "give the one that holds task/condition/scene.png"
        )


class StimuliRefused(BadInput):
    """Some pictures cannot enter the study, so nothing was imported."""

    problems: tuple[str, ...]  # one sentence for each thing that is wrong

    def __init__(self, source: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
        listed = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(
            f"Nothing was imported: {source} has {count}.\n{listed}", "correct what is listed and try again"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that may be shown as it is."""

    task: str
    condition: str
    scene: str
    path: Path
    facts: PictureFacts

    @property
    def where(self) -> str:
        """Its place below the folder."""
        return f"{self.task}/{self.condition}/{self.scene}.png"


@dataclass(slots=True)
class Survey:
    """The pictures of a folder, and what is wrong with them."""

    pictures: list[Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def survey(folder: Path) -> Survey:
    """Everything in ``task/condition/scene.png`` below ``folder``; reads every file, changes nothing."""
    if not folder.is_dir():
        raise NotAFolder(folder)
    result, root = Survey(), folder.resolve()
    names = defaultdict[str, dict[str, set[str]]](dict)  # task → condition → scenes, readable or not
    for task in _entries(root, root, result, "task"):
        conditions = names[_nfc(task)]
        for condition in _entries(task, root, result, "condition"):
            scenes = conditions.setdefault(_nfc(condition), set())
            for path in _entries(condition, root, result, "scene"):
                scenes.add(_nfc(path).removesuffix(".png"))
                _read(path, root, result)
    if not names:
        result.problems.append("the folder holds no task; its layout is task/condition/scene.png")
    for task_name, found in names.items():
        result.problems += _incomplete(task_name, found)
    result.problems += _unequal(result.pictures)
    return result


def _entries(folder: Path, root: Path, result: Survey, level: str) -> Iterator[Path]:
    """The usable entries of one level, in order; everything else becomes a problem."""
    wants_file = level == "scene"
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        result.problems.append(_unreadable(folder, root, error))
        return
    for path in paths:
        where = _shown(path, root)
        if path.name in _CLUTTER:
            continue
        if not path.resolve().is_relative_to(root):
            result.problems.append(f"{where} is a link that leaves the folder; copy what it points to in its place")
        elif wants_file and not path.is_file():
            result.problems.append(f"{where} is not a file; pictures lie directly in task/condition")
        elif wants_file and path.suffix != ".png":
            result.problems.append(f"{where} is not named .png; only pictures may lie here, as PNG files")
        elif not wants_file and not path.is_dir():
            result.problems.append(f"{where} does not belong here; only folders may lie beside the {level}s")
        elif reason := _bad_name(path.stem if wants_file else path.name, level):
            result.problems.append(f"{where}: {reason}")
        else:
            yield path


def _bad_name(name: str, level: str) -> str | None:
    if len(name) > _LONGEST[level]:
        return f"the name of a {level} may have {_LONGEST[level]} characters; this one has {len(name)}"
    if not name.isprintable() or name != name.strip() or name.startswith(".") or not name:
        return (
            f"the name of a {level} may not be empty, begin with a dot, or hold unprintable characters or outer spaces"
        )
    return None


def _read(path: Path, root: Path, result: Survey) -> None:
    where = _shown(path, root)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadPicture(
                f"has {size >> 20} MiB; {MOST_BYTES >> 20} MiB are the most", "cut a smaller picture out of it"
            )
        facts = inspect(path.read_bytes())
    except BadPicture as error:
        result.problems.append(f"{where} {error.message.rstrip('.')}")
    except OSError as error:
        result.problems.append(_unreadable(path, root, error))
    else:
        task, condition = _nfc(path.parent.parent), _nfc(path.parent)
        result.pictures.append(Found(task, condition, _nfc(path).removesuffix(".png"), path, facts))


def _incomplete(task: str, conditions: dict[str, set[str]]) -> Iterator[str]:
    scenes = conditions.get(REFERENCE, set())
    compared = sorted(set(conditions) - {REFERENCE, DEGRADED})
    if not scenes:
        yield f"{task} has no references; put the originals into {task}/{REFERENCE}/"
        return
    if len(compared) < 2:
        yield f"{task} has {len(compared)} condition{'' if len(compared) == 1 else 's'}; a comparison needs two"
    for condition in [*compared, *([DEGRADED] if DEGRADED in conditions else [])]:
        for scene in sorted(scenes - conditions[condition]) if condition != DEGRADED else []:
            yield f"{task}/{condition}/{scene}.png is missing; add it, or remove the scene everywhere"
        for scene in sorted(conditions[condition] - scenes):
            yield f"{task}/{condition}/{scene}.png has no reference; add {task}/{REFERENCE}/{scene}.png or remove it"


def _unequal(pictures: list[Found]) -> Iterator[str]:
    scenes = defaultdict[tuple[str, str], list[Found]](list)
    for picture in pictures:
        scenes[picture.task, picture.scene].append(picture)
    for together in scenes.values():
        reference = next((picture for picture in together if picture.condition == REFERENCE), together[0])
        size = (reference.facts.width, reference.facts.height)
        twins = dict[str, Found]()
        for picture in together:
            facts = picture.facts
            if (facts.width, facts.height) != size:
                yield (
                    f"{picture.where} has {facts.width} × {facts.height} pixels, but {reference.where} has "
                    f"{size[0]} × {size[1]}; all pictures of a scene must be equally large"
                )
            if facts.grey != reference.facts.grey:
                kinds = ("grey", "RGB") if facts.grey else ("RGB", "grey")
                yield f"{picture.where} is {kinds[0]}, but {reference.where} is {kinds[1]}; save both alike"
            if picture.condition == REFERENCE:
                continue
            if picture.condition == DEGRADED:
                if facts.pixels == reference.facts.pixels and reference.condition == REFERENCE:
                    yield f"{picture.where} is the same picture as {reference.where}; nobody can tell them apart"
            elif twin := twins.get(facts.pixels):
                yield f"{picture.where} and {twin.where} are the same picture; leave one of the conditions out"
            else:
                twins[facts.pixels] = picture


def _nfc(path: Path) -> str:
    return unicodedata.normalize("NFC", path.name)  # macOS writes é as two characters


def _unreadable(path: Path, root: Path, error: OSError) -> str:
    return f"{_shown(path, root)} cannot be read ({os.strerror(error.errno or 0)}); check its permissions"


def _shown(path: Path, root: Path) -> str:
    """The path below the root, fit for a message whatever characters it has."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(path.relative_to(root)))

"""What a folder or an archive of pictures holds, and everything that is wrong with it, in one report."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.errors import BadInput
from app.studies.alike import Fault, alike
from app.studies.chunks import BadPicture, without_notes
from app.studies.entries import Entry
from app.studies.inventory import DEGRADED, REFERENCE
from app.studies.png import PictureFacts, inspect

MOST_PIXELS_TOGETHER = 10_000_000_000  # looking at so many takes minutes
_CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # left behind by file managers
_LISTED = 100  # problems that a refusal tells; a hostile archive has thousands
_LONGEST = {"task": 80, "condition": 200, "scene": 200}


class StimuliRefused(BadInput):
    """Some pictures cannot enter the study, so nothing was imported."""

    count: int  # of everything that is wrong
    problems: tuple[str, ...]  # one sentence for each thing that is wrong; of very many, how many more there are
    faults: tuple[Fault, ...]  # all of it, with what is wrong in many files told once

    def __init__(self, source: str, problems: list[str]) -> None:
        self.count, self.faults = len(problems), alike(problems)
        more = [f"and {len(problems) - _LISTED:,} more"] if len(problems) > _LISTED else []
        self.problems = tuple(problems[:_LISTED] + more)
        count = f"{len(problems):,} problems" if len(problems) > 1 else "a problem"
        listed = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(
            f"Nothing was imported: {source} has {count}.\n{listed}", "correct what is listed and try again"
        )

    def extras(self) -> dict[str, list[str]]:
        """What is wrong, a sentence each."""
        return {"problems": list(self.problems)}


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that may be shown as it is."""

    task: str
    condition: str
    scene: str
    file: Entry
    taken_out: frozenset[str]  # kinds of chunk that the file has and the study will not
    facts: PictureFacts  # of what is left

    @property
    def where(self) -> str:
        """Its place below the folder."""
        return f"{self.task}/{self.condition}/{self.scene}.png"

    def read(self) -> bytes:
        """What is to be shown; raises ``BadPicture`` where the file is not what it was."""
        data = self.file.read()
        return without_notes(data)[0] if self.taken_out else data


@dataclass(slots=True)
class Survey:
    """The pictures that were found, and what is wrong with them."""

    pictures: list[Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    pixels: int = 0  # of all pictures


def survey_of(root: Entry, *, strip: bool = False) -> Survey:
    """Everything in ``task/condition/scene.png`` below ``root``; reads every file, changes nothing.

    With ``strip`` the pictures are taken without their text and other notes.
    """
    result = Survey()
    names = defaultdict[str, dict[str, set[str]]](dict)  # task → condition → scenes, readable or not
    for task in _usable(root, result, "task"):
        conditions = names[_nfc(task.name)]
        for condition in _usable(task, result, "condition"):
            scenes = conditions.setdefault(_nfc(condition.name), set())
            for file in _usable(condition, result, "scene"):
                scene = _nfc(file.name).removesuffix(".png")
                if scene in scenes:
                    result.problems.append(f"{file.where} is there twice, spelt with other characters; leave one out")
                    continue
                scenes.add(scene)
                _read(file, (_nfc(task.name), _nfc(condition.name), scene), strip, result)
    if not names:
        result.problems.append(f"{root.where} holds no task; its layout is task/condition/scene.png")
    for task_name, found in names.items():
        result.problems += _incomplete(task_name, found)
    result.problems += _unequal(result.pictures)
    return result


def _usable(folder: Entry, result: Survey, level: str) -> Iterator[Entry]:
    """The usable entries of one level, in order; everything else becomes a problem."""
    wants_file = level == "scene"
    try:
        entries = folder.entries()
    except BadPicture as error:
        result.problems.append(told(folder, error))
        return
    for entry in entries:
        where = entry.where
        if entry.name in _CLUTTER:
            continue
        if entry.leaves:
            result.problems.append(f"{where} is a link that leaves the folder; copy what it points to in its place")
        elif wants_file and not entry.is_file:
            result.problems.append(f"{where} is not a file; pictures lie directly in task/condition")
        elif wants_file and not entry.name.endswith(".png"):
            result.problems.append(f"{where} is not named .png; only pictures may lie here, as PNG files")
        elif not wants_file and not entry.is_folder:
            result.problems.append(f"{where} does not belong here; only folders may lie beside the {level}s")
        elif reason := _bad_name(entry.name.removesuffix(".png") if wants_file else entry.name, level):
            result.problems.append(f"{where}: {reason}")
        else:
            yield entry


def _bad_name(name: str, level: str) -> str | None:
    if len(name) > _LONGEST[level]:
        return f"the name of a {level} may have {_LONGEST[level]} characters; this one has {len(name)}"
    if not name.isprintable() or name != name.strip() or name.startswith(".") or not name:
        return (
            f"the name of a {level} may not be empty, begin with a dot, or hold unprintable characters or outer spaces"
        )
    return None


def _read(file: Entry, place: tuple[str, str, str], strip: bool, result: Survey) -> None:
    if result.pixels > MOST_PIXELS_TOGETHER:
        return  # told already, once
    try:
        data, taken_out = without_notes(file.read()) if strip else (file.read(), frozenset[str]())
        found = Found(*place, file, taken_out, inspect(data))
    except BadPicture as error:
        result.problems.append(told(file, error))
        return
    result.pictures.append(found)
    result.pixels += found.facts.width * found.facts.height
    if result.pixels > MOST_PIXELS_TOGETHER:
        result.problems.append(
            f"{file.where} is where its pictures pass {MOST_PIXELS_TOGETHER // 10**6:,} megapixels together, which are "
            "the most at once; ingest some of the scenes first, and the others after them"
        )


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


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # macOS writes é as two characters


def told(entry: Entry, error: BadPicture) -> str:
    """What is wrong with a file or a folder, named by its place."""
    return f"{entry.where} {error.message.rstrip('.')}"

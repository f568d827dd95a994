"""Values of measures from a CSV file into the database, for the pictures of a study: all of them, or none."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isclose
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import MeasureForm, Stimulus, Study
from app.errors import Conflict, Forbidden
from app.results.csv_faults import Faults, quoted
from app.results.measures_csv import BadMeasures, MeasureFile, Place, read_measures
from app.results.sentences import counted
from app.studies import inventory, measured, members, states
from app.studies.inventory import REFERENCE, TaskStock
from app.studies.measured import SAME, Kept, Key, Other, OtherValues, Source
from app.studies.turns import READINGS

_TOLD = 5  # values that a message names
_LONGEST_NAME = 200  # characters of a file's name
_AT_ONCE = 500  # digests in one question


class MeasuresDiffer(Conflict):
    """Other values of the same measures are there for the same pictures."""

    def __init__(self, name: str, others: Sequence[str], count: int) -> None:
        more = f"\n  and {count - len(others)} more" if count > len(others) else ""
        listed = "\n  ".join(others)
        super().__init__(
            f"{name}: {counted(count, 'value')} differ from what is here for the same pictures, and nothing was "
            f"written.\n  {listed}{more}",
            "find out which are right; then leave these lines out, or ask to replace the values that are here",
        )


class MeasuresOfOthers(Forbidden):
    """The values that would be replaced are also those of studies that whoever asks does not run."""

    def __init__(self, name: str, studies: int) -> None:
        which = "another study that you do" if studies == 1 else f"{studies} other studies that you do"
        super().__init__(
            f"{name} would replace values that {which} not run shows too, and nothing was written",
            "leave these lines out, or ask somebody who runs those studies or operates this installation",
        )
        self.studies = studies

    def extras(self) -> dict[str, int]:
        """How many studies they are; which ones is for those who take part in them."""
        return {"studies": self.studies}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of values; ``replaced`` tells up to five old ones with the new."""

    name: str
    added: int
    unchanged: int
    replaced_count: int
    replaced: tuple[str, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"{counted(self.added, 'value')} of {self.name} {'is' if self.added == 1 else 'are'} new"]
        if self.unchanged:
            parts.append(f"{self.unchanged} {'was' if self.unchanged == 1 else 'were'} here already")
        if self.replaced_count:
            parts.append(f"{self.replaced_count} replaced another")
        return ", ".join(parts)


def import_measures(
    database: Database, study_id: int, path: Path, *, name: str = "", replace: bool = False,
    by: Actor = AT_THE_MACHINE,
) -> Imported:  # fmt: skip
    """The values of the file are known for the pictures of the study, and so in every study that shows the same ones.

    Importing the same again changes nothing. A different value for the same pictures, measure and form is refused, or
    replaced where that is asked for by somebody who runs all studies that show them; the log of each tells of it.

    Raises
    ------
    BadMeasures
        Naming every fault and its lines.
    MeasuresDiffer
        Naming the lines whose values differ from those that are here.
    MeasuresOfOthers
        Counting the other studies that have such values and that ``by`` does not run.
    """
    with database.read() as db:
        states.find(db, study_id)
        known = measured.directions(db)
    with READINGS.take():
        file = read_measures(path, name=name or path.name, known=known)
        keys = _keys(file, inventory.read(database, study_id))
    values = {key: file.values[places[0]] for key, places in keys.items()}
    source = Source(file.name[:_LONGEST_NAME], hashlib.sha256(path.read_bytes()).hexdigest())
    try:
        with database.write() as db:
            kept = measured.keep_in(db, values, source, higher_is_better=file.higher_is_better, replace=replace)
            _tell(db, kept, study_id, source.file_name, by)
    except OtherValues as error:
        told = _told(error.others, keys, file, "{brought:g} here and {there:g} in {source}")
        raise MeasuresDiffer(file.name, told[:_TOLD], len(error.others)) from None
    return _imported(file, kept, keys)


def _tell(db: Session, kept: Kept, study_id: int, file: str | None, by: Actor) -> None:
    """The logs of all studies concerned tell of the change; raises ``MeasuresOfOthers``."""
    if kept.added or kept.replaced:
        counts = {"added": kept.added, "replaced": len(kept.replaced)}
        note(db, by, "measures brought in", study_id=study_id, file=file, **counts)
    others = _replaced_in(db, kept, besides=study_id)
    if strange := members.not_run_by(db, by, others):
        raise MeasuresOfOthers(file or "", len(strange))
    for other, count in others.items():  # whose owners did not ask for it
        note(db, by, "measures replaced", study_id=other, file=file, replaced=count)


def _replaced_in(db: Session, kept: Kept, besides: int) -> dict[int, int]:
    """How many of the replaced values other studies have, by their numbers; a rehearsal has none of its own."""
    times = Counter(one.key[0] for one in kept.replaced)
    shown, found = sorted(times), Counter[int]()
    for start in range(0, len(shown), _AT_ONCE):
        rows = (
            select(Stimulus.study_id, Stimulus.picture_digest)
            .join(Study, Study.id == Stimulus.study_id)
            .where(Stimulus.picture_digest.in_(shown[start : start + _AT_ONCE]))
            .where(Study.id != besides, Study.rehearsal_of.is_(None))
            .distinct()
        )
        for number, digest in db.execute(rows):
            found[number] += times[digest]
    return dict(sorted(found.items()))


def _keys(file: MeasureFile, stock: Sequence[TaskStock]) -> dict[Key, list[Place]]:
    """What each value is of; the same pictures may have several names in a study."""
    tasks, faults = {task.task: task for task in stock}, Faults()
    keys = dict[Key, list[Place]]()
    for place, value in file.values.items():
        line = file.lines[place]
        complaint, key = _key(place, tasks)
        if key is None:
            faults.add(line, [complaint])
            continue
        others = keys.setdefault(key, [])
        if others and not isclose(file.values[others[0]], value, rel_tol=SAME):
            first = file.lines[others[0]]
            faults.add(
                line, [f"{value:g}, where line {first} has {file.values[others[0]]:g} for the very same picture"]
            )
        others.append(place)
    if faults.faulty:
        raise BadMeasures(
            file.name, f"its values cannot be used.\n  {faults.in_words()}", "correct these lines and try again"
        )
    return keys


def _key(place: Place, tasks: Mapping[str, TaskStock]) -> tuple[str, Key | None]:
    """The key of a value, or what is wrong with the place it names."""
    task, scene, condition, measure, form = place
    if task not in tasks:
        return f"the study has no task {quoted(task)}{_hint(task, tasks)}", None
    stock = tasks[task]
    if scene not in stock.scenes:
        return f"{task} has no scene {quoted(scene)}{_hint(scene, stock.scenes)}", None
    if condition == REFERENCE:
        return "a value of the reference against itself says nothing about a condition", None
    shown, reference = stock.pictures.get((scene, condition)), stock.pictures.get((scene, REFERENCE))
    if shown is None or reference is None:
        what = f"condition {quoted(condition)}{_hint(condition, stock.conditions)}" if shown is None else "reference"
        return f"{task} has no picture of {quoted(scene)} for {what}", None
    return "", (shown.digest, reference.digest, measure, form)


def _hint(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f" (did you mean {quoted(close[0])}?)" if close else ""


def _imported(file: MeasureFile, kept: Kept, keys: Mapping[Key, Sequence[Place]]) -> Imported:
    return Imported(
        name=file.name,
        added=kept.added,
        unchanged=kept.unchanged,
        replaced_count=len(kept.replaced),
        replaced=tuple(_told(kept.replaced, keys, file, "{there:g} of {source} is now {brought:g}")[:_TOLD]),
        notes=file.notes,
    )


def _told(
    others: Sequence[Other], keys: Mapping[Key, Sequence[Place]], file: MeasureFile, both: str
) -> list[str]:  # fmt: skip
    """The lines whose values differ, in their order, each with ``both`` values and where the other comes from."""
    lines = list[tuple[int, str]]()
    for one in others:
        place = keys[one.key][0]
        task, scene, condition, measure, form = place
        of = measure if form is MeasureForm.RGB else f"{measure} ({form})"
        values = both.format(brought=one.brought, there=one.there, source=one.source)
        lines.append((file.lines[place], f"{of} of {task}/{condition}/{scene}: {values}"))
    return [f"line {line}: {words}" for line, words in sorted(lines)]

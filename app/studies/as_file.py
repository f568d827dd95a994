"""A study as the file that would make it again: what renderings brought is named by job, all else by its hash."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.db import Database
from app.studies import inventory
from app.studies.choice import Choice, ChosenTask
from app.studies.inventory import DEGRADED, REFERENCE, TaskStock
from app.studies.renderings import collect
from app.studies.states import find, protocol_of
from app.studies.study_file import AskedStimuli, StudyFile

_Place = tuple[str, str, str]  # task, condition, scene
_RESERVED = (REFERENCE, DEGRADED)


def described(database: Database, study_id: int) -> StudyFile:
    """The study as a file; raises ``StudyNotFound``."""
    with database.read() as db:
        study = find(db, study_id)
        stock = inventory.load(db, study_id)
        return StudyFile(title=study.title, protocol=protocol_of(study), stimuli=_stimuli(db, stock))


def _stimuli(db: Session, stock: tuple[TaskStock, ...]) -> AskedStimuli:
    shown = {(s.task, s.condition, s.scene): s for task in stock for s in task.pictures.values()}
    jobs = sorted({s.job for s in shown.values() if s.job is not None})
    collected, problems = collect(db, jobs) if jobs else ([], [])
    brought = {} if problems else {(new.task, new.condition, new.scene): new.digest for new in collected}
    same = {place for place, digest in brought.items() if place in shown and shown[place].digest == digest}
    tasks = _tasks(same)
    choice = Choice(tasks)
    excess = [place for place in sorted(brought.keys() - same) if choice.takes(*place)]
    return AskedStimuli(
        renderings=tuple(jobs) if same else (),
        tasks=tasks if same else None,
        leave_out=_nested(excess),
        pictures=_by_hash({place: one.digest for place, one in shown.items() if place not in same}),
    )


def _tasks(places: set[_Place]) -> dict[str, ChosenTask]:
    conditions, scenes = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for task, condition, scene in places:
        scenes[task].add(scene)
        conditions[task] |= {condition} - set(_RESERVED)
    return {
        task: ChosenTask(conditions=tuple(sorted(conditions[task])) or None, scenes=tuple(sorted(scenes[task])))
        for task in sorted(scenes)
    }


def _nested(places: list[_Place]) -> dict[str, dict[str, tuple[str, ...]]]:
    found = dict[str, dict[str, tuple[str, ...]]]()
    for task, condition, scene in places:
        of_task = found.setdefault(task, {})
        of_task[condition] = (*of_task.get(condition, ()), scene)
    return found


def _by_hash(digests: Mapping[_Place, str]) -> dict[str, dict[str, dict[str, str]]]:
    found = dict[str, dict[str, dict[str, str]]]()
    for (task, condition, scene), digest in sorted(digests.items()):
        found.setdefault(task, {}).setdefault(condition, {})[scene] = digest
    return found

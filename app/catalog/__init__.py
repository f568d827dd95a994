"""The tasks and measures that Beholder knows: plain data, no torch.

``trainer.tasks`` and ``trainer.measures`` hold the code; a test compares both lists.
"""

from difflib import get_close_matches

from app.catalog.measures import MEASURES, Family, Measure
from app.catalog.tasks import TASKS, Baseline, Task
from app.errors import BadInput

__all__ = [
    "MEASURES",
    "TASKS",
    "Baseline",
    "Family",
    "Measure",
    "Task",
    "UnknownBaseline",
    "UnknownMeasure",
    "UnknownTask",
    "baseline",
    "measure",
    "task",
]


class UnknownTask(BadInput):
    """The task is not in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no task {name!r}{_hint(name, TASKS)}", f"choose one of {', '.join(TASKS)}")


class UnknownMeasure(BadInput):
    """The measure is not in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no measure {name!r}{_hint(name, MEASURES)}", f"choose one of {', '.join(MEASURES)}")


class UnknownBaseline(BadInput):
    """The task has no baseline of that name."""

    def __init__(self, task: Task, name: str) -> None:
        known = ", ".join(own.id for own in task.baselines)
        super().__init__(f"{task.title} has no baseline {name!r}", f"choose one of {known}")


def task(name: str) -> Task:
    """The task of that id; raises ``UnknownTask``."""
    if name not in TASKS:
        raise UnknownTask(name)
    return TASKS[name]


def measure(name: str) -> Measure:
    """The measure of that id; raises ``UnknownMeasure``."""
    if name not in MEASURES:
        raise UnknownMeasure(name)
    return MEASURES[name]


def baseline(task_id: str, name: str) -> Baseline:
    """The task's baseline of that id; raises ``UnknownTask`` or ``UnknownBaseline``."""
    known = task(task_id)
    for own in known.baselines:
        if own.id == name:
            return own
    raise UnknownBaseline(known, name)


def _hint(name: str, known: dict[str, Task] | dict[str, Measure]) -> str:
    close = get_close_matches(name.lower(), known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""

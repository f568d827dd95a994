"""The tasks and measures that Beholder knows: plain data, no torch.

``trainer.tasks`` and ``trainer.measures`` hold the code; a test compares both lists.
"""

from difflib import get_close_matches

from app.catalog.measures import MEASURES, Family, Measure
from app.catalog.tasks import TASKS, Task
from app.errors import BadInput

__all__ = ["MEASURES", "TASKS", "Family", "Measure", "Task", "UnknownMeasure", "UnknownTask", "measure", "task"]


class UnknownTask(BadInput):
    """The task is not in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no task {name!r}{_hint(name, TASKS)}", f"choose one of {', '.join(TASKS)}")


class UnknownMeasure(BadInput):
    """The measure is not in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no measure {name!r}{_hint(name, MEASURES)}", f"choose one of {', '.join(MEASURES)}")


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


def _hint(name: str, known: dict[str, Task] | dict[str, Measure]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""

"""Which of the pictures that were brought in a study takes: tasks, and of each its conditions and scenes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from app.studies.inventory import DEGRADED, REFERENCE

_RESERVED = (REFERENCE, DEGRADED)


class Placed(Protocol):
    """Anything that shows a condition of a task and scene."""

    @property
    def task(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def scene(self) -> str: ...


class ChosenTask(BaseModel):
    """What is taken of one task; what is left open is taken whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conditions: tuple[str, ...] | None = Field(None, min_length=1)  # references and degraded inputs come by themselves
    scenes: tuple[str, ...] | None = Field(None, min_length=1)

    def takes(self, condition: str, scene: str) -> bool:
        """Whether the picture of this condition and scene is among them."""
        return (self.scenes is None or scene in self.scenes) and (
            self.conditions is None or condition in self.conditions or condition in _RESERVED
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Which pictures are taken; without tasks all of them."""

    tasks: Mapping[str, ChosenTask] | None = None
    leave_out: Mapping[str, Mapping[str, Iterable[str]]] = field(default_factory=dict)  # task → condition → scenes

    @classmethod
    def of(cls, tasks: Mapping[str, tuple[Iterable[str], Iterable[str]]]) -> Self:
        """The choice of these conditions and scenes, task by task."""
        return cls(
            {
                task: ChosenTask(conditions=tuple(conditions), scenes=tuple(scenes))
                for task, (conditions, scenes) in tasks.items()
            }
        )

    def takes(self, task: str, condition: str, scene: str) -> bool:
        """Whether this picture is taken."""
        if scene in self.leave_out.get(task, {}).get(condition, ()):
            return False
        return self.tasks is None or (task in self.tasks and self.tasks[task].takes(condition, scene))

    def missing(self, brought: Iterable[Placed]) -> Iterator[tuple[tuple[str, ...], str]]:
        """What is chosen and not among what was brought: its place in the choice, and a sentence."""
        there = {(new.task, new.condition, new.scene) for new in brought}
        for task, chosen in (self.tasks or {}).items():
            conditions = {condition for name, condition, _ in there if name == task}
            if not conditions:
                yield (task,), _absent("task", task, {name for name, _, _ in there})
                continue
            for condition in chosen.conditions or ():
                if condition not in conditions:
                    yield (task, "conditions"), f"{task}: {_absent('condition', condition, conditions)}"
            scenes = {scene for name, _, scene in there if name == task}
            for scene in chosen.scenes or ():
                if scene not in scenes:
                    yield (task, "scenes"), f"{task}: {_absent('scene', scene, scenes)}"


def _absent(kind: str, name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    if close := get_close_matches(name, names, n=1):
        return f"no {kind} {name!r} was brought in (did you mean {close[0]!r}?)"
    listed = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return f"no {kind} {name!r} was brought in ({listed or 'there is none at all'})"

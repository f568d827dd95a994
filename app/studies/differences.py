"""What differs between two studies: settings, analysis plan, pictures, and what they make together."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.db import Database
from app.errors import BadInput
from app.studies import inventory, service
from app.studies.analysis_plan import AnalysisPlan
from app.studies.inventory import TaskStock
from app.studies.protocol import Protocol
from app.studies.service import StudyView


class NotACopy(BadInput):
    """A study that is no copy is compared with one that is named."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Study {number} is no copy of another one", "name the other study with --to")


class Change(StrEnum):
    """What became of a condition's pictures from the one study to the other."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """A setting with what the one study says and what the other; nothing where it is empty."""

    name: str
    what: str
    before: str
    after: str

    @property
    def in_a_line(self) -> str:
        """For a terminal."""
        return f"{self.name}: {self.before or '(empty)'} -> {self.after or '(empty)'}"


@dataclass(frozen=True, slots=True)
class ChangedPictures:
    """Pictures of one condition, or references or degraded inputs, of which all became the same."""

    task: str
    condition: str
    change: Change
    scenes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """From one study to the other."""

    before: StudyView
    after: StudyView
    settings: tuple[ChangedSetting, ...]
    plan: tuple[ChangedSetting, ...]
    pictures: tuple[ChangedPictures, ...]

    @property
    def are_none(self) -> bool:
        """Whether both show the same pictures in the same way, and plan the same analysis."""
        return not (self.settings or self.plan or self.pictures)


def differences(database: Database, before: int, after: int, *, closed: Collection[int] = ()) -> Differences:
    """From the study ``before`` to the study ``after``; raises ``StudyNotFound``.

    Of those in ``closed`` it is not told which codes and addresses their ends have, nor whether they are another's.
    """
    one, other = service.get(database, before), service.get(database, after)
    settings = [*titles(one.title, other.title), *_settings(one, other, closed)]
    return Differences(
        before=one,
        after=other,
        settings=tuple(one for one in settings if one.name not in AnalysisPlan.model_fields),
        plan=tuple(one for one in settings if one.name in AnalysisPlan.model_fields),
        pictures=_pictures(inventory.read(database, before), inventory.read(database, after)),
    )


def titles(before: str, after: str) -> list[ChangedSetting]:
    """The title as a setting among the others, where it differs."""
    return [] if before == after else [ChangedSetting("title", "What subjects see as the study's name.", before, after)]


def _settings(one: StudyView, other: StudyView, closed: Collection[int]) -> list[ChangedSetting]:
    before, after = (study.protocol.without_codes() if study.id in closed else study.protocol for study in (one, other))
    return changed(before, after)


def changed(before: Protocol, after: Protocol) -> list[ChangedSetting]:
    """The settings in which two protocols differ, as they are told: who guesses a code would read it by no row."""
    return [
        ChangedSetting(name, field.description or "", said(getattr(before, name)), said(getattr(after, name)))
        for name, field in Protocol.model_fields.items()
        if getattr(before, name) != getattr(after, name)
    ]


def said(value: Any) -> str:
    """A setting's value as the form writes it: a list line by line, nothing where it is empty."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):  # texts by their language
        texts = ((tag, name, said(text)) for tag, own in value.items() for name, text in own if text)
        return "\n".join(f"{tag}, {name.replace('_', ' ')}: {text}" for tag, name, text in texts)
    if isinstance(value, tuple):
        return "\n".join(str(part) for part in value)
    return "" if value is None else str(value)


def _pictures(one: tuple[TaskStock, ...], other: tuple[TaskStock, ...]) -> tuple[ChangedPictures, ...]:
    before, after = _digests(one), _digests(other)
    found = defaultdict[tuple[str, str, Change], list[str]](list)
    for place in sorted(before.keys() | after.keys()):
        task, condition, scene = place
        if place not in before:
            found[task, condition, Change.ADDED].append(scene)
        elif place not in after:
            found[task, condition, Change.REMOVED].append(scene)
        elif before[place] != after[place]:
            found[task, condition, Change.REPLACED].append(scene)
    return tuple(ChangedPictures(*what, tuple(scenes)) for what, scenes in found.items())


def _digests(stock: tuple[TaskStock, ...]) -> Mapping[tuple[str, str, str], str]:
    return {
        (task.task, condition, scene): shown.digest
        for task in stock
        for (scene, condition), shown in task.pictures.items()
    }

"""Two who save the same draft: what the first changed, what the second typed, and which of the two shall hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from app.studies.changes import DraftChanged, brief
from app.studies.protocol import Protocol
from app.studies.service import StudyView
from app.studies.withheld import SET
from app.web.admin.forms import text
from app.web.admin.protocol_form import settings_of

_KEEP = "keep-"  # before a setting's name: mine or theirs


@dataclass(frozen=True, slots=True)
class Contested:
    """A setting that both have changed."""

    name: str
    label: str
    saved: str  # what the first has saved
    typed: str  # what the second typed, which stands in the form


@dataclass(frozen=True, slots=True)
class Clash:
    """What happened to the draft between reading and saving it."""

    changes: tuple[str, ...]  # who changed what, and when
    contested: tuple[Contested, ...]
    taken_over: tuple[str, ...]  # labels of settings that only the first had changed


def revision(form: FormData) -> int | None:
    """The draft's revision when the form was loaded; None where it does not say."""
    said = text(form, "revision")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def settled(form: FormData, study: StudyView, values: dict[str, Any]) -> dict[str, Any]:
    """The values, with what is saved in place of those for which the form chooses the other's."""
    saved = study.protocol.model_dump()
    theirs = [name for name in saved if text(form, _KEEP + name) == "theirs"]
    return values | {name: saved[name] for name in theirs}


def clash(
    error: DraftChanged, study: StudyView, typed: Protocol, values: dict[str, Any]
) -> tuple[Clash, dict[str, Any]]:
    """What to tell the second, and the values of the form: theirs where only the first had changed a setting."""
    before = dict[str, Any]()
    for change in error.changes:
        for name, (old, _) in change.settings.items():
            before.setdefault(name, old)
    saved, mine = study.protocol.model_dump(mode="json"), typed.model_dump(mode="json")
    moved = [name for name in before if name in mine and mine[name] != saved[name]]
    # Of a code the log says only that it was set, so that whether it is the one before must be asked.
    untouched = [name for name in moved if brief(name, mine[name]) == before[name] != SET]
    current = study.protocol.model_dump()
    labels, shown, written = _labels(current), _values(current), _values(typed.model_dump())
    contested = tuple(
        Contested(name, labels[name], shown[name], written[name]) for name in moved if name not in untouched
    )
    told = Clash(tuple(map(str, error.changes)), contested, tuple(labels[name] for name in untouched))
    return told, values | {name: current[name] for name in untouched}


def title_after(error: DraftChanged, study: StudyView, typed: str) -> str:
    """The title for the form: theirs where only the first had changed it, else what was typed."""
    before = [change.settings["title"][0] for change in error.changes if "title" in change.settings]
    return study.title if before and typed == before[0] else typed


def _labels(values: Mapping[str, Any]) -> dict[str, str]:
    return {setting.name: setting.label for group in settings_of(values).values() for setting in group}


def _values(values: Mapping[str, Any]) -> dict[str, str]:
    return {setting.name: setting.value or "–" for group in settings_of(values).values() for setting in group}

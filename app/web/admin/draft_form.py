"""A form with a draft's settings, all of them or those of a step: what cannot be saved comes back as it was typed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.datastructures import FormData

from app.errors import AppError
from app.studies import protocol, service
from app.studies.changes import DraftChanged
from app.studies.protocol import Protocol
from app.studies.service import StudyView
from app.studies.titles import BadTitle
from app.web.admin.draft_conflict import Clash, clash, revision, settled, title_after
from app.web.admin.forms import text
from app.web.admin.protocol_form import said
from app.web.pages import Context

Save = Callable[[Protocol, str, int | None], None]  # the protocol as typed, the title, and the revision that was read


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and why it was not saved."""

    values: Mapping[str, Any]
    title: str
    revision: int | None  # of the draft that was read
    problem: str = ""
    faults: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # by the name of the field
    clash: Clash | None = None
    status: int = 200

    @property
    def shown(self) -> dict[str, Any]:
        """The same for a template, which is told the values as settings."""
        names = ("title", "revision", "problem", "faults", "clash")
        return {name: getattr(self, name) for name in names}


def as_saved(study: StudyView) -> Typed:
    """The form of a study as nobody has touched it."""
    return Typed(study.protocol.model_dump(), study.title, study.revision)


def saved_or_typed(use: Context, study_id: int, form: FormData, settings: Collection[str], save: Save) -> Typed | None:
    """Nothing, where the draft has these settings as they were typed; else the form as it comes back.

    Settings that are not the form's stay as they are.
    """
    before, title, read = service.get(use.database, study_id), text(form, "title"), revision(form)
    values = before.protocol.model_dump() | settled(form, before, said(form, settings))
    try:
        wanted = protocol.read(values)
        save(wanted, title, read)
    except DraftChanged as error:
        now = service.get(use.database, study_id)
        told, values = clash(error, now, wanted, values)
        return Typed(values, title_after(error, now, title), now.revision, clash=told, status=error.status)
    except AppError as error:
        read = before.revision if read is None else read
        return Typed(values, title, read, problem=error.message, faults=faults_of(error), status=error.status)
    return None


def faults_of(error: AppError) -> dict[str, str]:
    """What is wrong with which field of the form; empty where it is no field's."""
    if isinstance(error, BadTitle):
        return {"title": error.message}
    return error.faults if isinstance(error, protocol.BadProtocol) else {}

"""A draft set up step by step: each step saves its own settings, and that somebody went through it is written down."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import AuditEntry
from app.studies import inventory
from app.studies.changes import require_unchanged, rewrite
from app.studies.finding import Finding
from app.studies.protocol import read
from app.studies.states import draft, protocol_of
from app.studies.steps import Standing, Step, standings

_GONE_THROUGH = "step gone through"


def save(
    database: Database,
    study_id: int,
    step: Step | None,
    settings: Mapping[str, Any],
    *,
    title: str | None = None,
    revision: int | None = None,
    by: Actor = AT_THE_MACHINE,
) -> None:
    """The draft has these settings of the step, and a title where one is given; every other setting stays as it is.

    Settings that are not the step's are left alone; without a step, those of any step are taken, and one that there is
    not is refused. With ``revision``, that of the draft which the editor has read, it raises ``DraftChanged`` where
    somebody has changed a setting of this step since, or without one any of these; what others changed besides stays.

    Raises
    ------
    BadProtocol
        Every setting that does not fit.
    BadTitle
    StudyNotDraft
    """
    own = {*(settings if step is None else step.settings), *(() if title is None else ("title",))}
    with database.write() as db:
        study = draft(db, study_id)
        require_unchanged(db, study, revision, own)
        wanted = {name: value for name, value in settings.items() if name in own}
        rewrite(db, study, title, read(protocol_of(study).model_dump() | wanted), by)
        if step is not None and step not in seen(db, study_id):
            note(db, by, _GONE_THROUGH, study_id=study_id, step=step.value)


def seen(db: Session, study_id: int) -> set[str]:
    """The steps that somebody has gone through, by name."""
    entries = select(AuditEntry.details).where(AuditEntry.study_id == study_id, AuditEntry.deed == _GONE_THROUGH)
    return {str(details.get("step")) for details in db.scalars(entries)}


def standing(database: Database, study_id: int, findings: Iterable[Finding]) -> tuple[Standing, ...]:
    """The steps of the draft of that number, with what was found of it sorted by the step that can mend it."""
    has_pictures = bool(inventory.digests(database, study_id))
    with database.read() as db:
        return tuple(standings(findings, seen(db, study_id), has_pictures=has_pictures))

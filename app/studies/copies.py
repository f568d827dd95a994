"""A study made from another one: the same pictures and the same protocol, and nothing of its subjects."""

import secrets
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Stimulus, Study, StudyState
from app.studies import members
from app.studies.states import find, protocol_of

LONGEST_TITLE = 200  # characters
_MARK, _DEMONSTRATION = " (copy)", " (demonstration)"


def duplicate(database: Database, study_id: int, *, demonstration: bool = False, by: Actor = AT_THE_MACHINE) -> int:
    """The number of a new draft that begins as the study is: pictures, protocol and plan are the same.

    Its schedules are drawn anew, and it remembers what it is a copy of. Whoever makes it owns it. A ``demonstration``
    takes simulated subjects by its public link and counts them alone; its copies are demonstrations too.
    """
    mark = _DEMONSTRATION if demonstration else _MARK
    with database.write() as db:
        study = find(db, study_id)
        copy = copied(db, study, title=f"{study.title[: LONGEST_TITLE - len(mark)]}{mark}")
        copy.duplicate_of = study.id
        copy.is_demo = study.is_demo or demonstration
        members.begun(db, copy.id, by)
        kind: dict[str, Any] = {"demonstration": True} if copy.is_demo else {}
        note(db, by, "study duplicated", study_id=copy.id, copy_of=study.id, **kind)
        return copy.id


def copied(db: OrmSession, study: Study, *, title: str) -> Study:
    """A draft in the tables with the study's protocol and pictures."""
    copy = Study(
        title=title, state=StudyState.DRAFT, is_demo=study.is_demo,
        protocol=protocol_of(study).model_dump(mode="json"),
        protocol_hash=None, seed=secrets.randbelow(2**31), created_at=now(), opened_at=None, closed_at=None,
    )  # fmt: skip
    db.add(copy)
    db.flush()
    kept = ("task", "scene", "condition", "role", "picture_digest", "origin")
    shown = db.scalars(select(Stimulus).where(Stimulus.study_id == study.id).order_by(Stimulus.id))
    rows = [{name: getattr(one, name) for name in kept} | {"study_id": copy.id} for one in shown]
    if rows:
        db.execute(insert(Stimulus), rows)
    return copy

"""Choosing among the pictures that a draft has: what is not chosen is taken out, and its files stay in the store."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import Stimulus, Study
from app.errors import BadInput
from app.studies.changes import require_unchanged, touch
from app.studies.choice import Choice
from app.studies.states import draft

_AT_ONCE = 500  # rows in one statement


class NothingChosen(BadInput):
    """A choice would leave a study without pictures."""

    def __init__(self) -> None:
        super().__init__("Nothing would be left of the pictures", "tick at least one condition and one scene of a task")


class NoSuchPicture(BadInput):
    """A choice names what the study does not have."""

    def __init__(self, told: str) -> None:
        super().__init__(told[:1].upper() + told[1:], "correct the name; nothing was taken out")


def keep_only(
    database: Database, study_id: int, choice: Choice, *, revision: int | None = None, by: Actor = AT_THE_MACHINE
) -> int:
    """How many pictures were taken out of the draft; those chosen stay, with their references and degraded inputs.

    Raises
    ------
    NothingChosen, NoSuchPicture, DraftChanged
        No condition would be left; the choice names what is not there; the draft has moved on since the revision that
        is named.
    """
    with database.write() as db:
        study = draft(db, study_id)
        require_unchanged(db, study, revision)
        return keep(db, study, choice, by)


def keep(db: OrmSession, study: Study, choice: Choice, by: Actor) -> int:
    """As ``keep_only``, in the transaction of a change that does more."""
    rows = list(db.scalars(select(Stimulus).where(Stimulus.study_id == study.id)))
    for _, told in choice.missing(rows):
        raise NoSuchPicture(told)
    out = [row for row in rows if not choice.takes(row.task, row.condition, row.scene)]
    if len(out) == len(rows):
        raise NothingChosen
    for start in range(0, len(out), _AT_ONCE):
        db.execute(delete(Stimulus).where(Stimulus.id.in_([row.id for row in out[start : start + _AT_ONCE]])))
    if out:
        places = sorted({f"{row.task}/{row.condition}" for row in out})
        touch(db, study, by, "pictures taken out", pictures=len(out), places=places[:20])
    return len(out)

"""What is changed about a set of photographs after it was made: licence, source, removal and return."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Database, models
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Job, Photograph
from app.errors import BadInput
from app.jobs.photograph_sets import UnknownSet, sets
from app.jobs.photograph_uses import digests_in
from app.jobs.photographs import LONGEST_LICENCE, LONGEST_SOURCE


class TextTooLong(BadInput):
    """A set's licence or source is longer than is kept."""

    def __init__(self, word: str, length: int, most: int) -> None:
        super().__init__(f"The {word} has {length} characters, and {most} are the most", "shorten it")


def describe(
    database: Database,
    set_name: str,
    *,
    licence: str | None = None,
    source: str | None = None,
    by: Actor = AT_THE_MACHINE,
) -> None:
    """The set has this licence and this source from now on; what is None stays.

    Raises
    ------
    UnknownSet, TextTooLong
        Nothing has changed.
    """
    for word, text, most in (("licence", licence, LONGEST_LICENCE), ("source", source, LONGEST_SOURCE)):
        if text is not None and len(text) > most:
            raise TextTooLong(word, len(text), most)
    with database.write() as db:
        row = _row(database, db, set_name)
        changed = dict[str, Any]()
        for word, text in (("licence", licence), ("source", source)):
            if text is not None and text != getattr(row, word):
                changed[word] = {"old": getattr(row, word), "new": text}
                setattr(row, word, text)
        if changed:
            note(db, by, "photographs described", set=set_name, **changed)


def remove(database: Database, set_name: str, *, by: Actor = AT_THE_MACHINE) -> bool:
    """Whether the set was only taken from the list, because jobs have used it; otherwise every trace of it is gone.

    Jobs that have used it keep their photographs: queued ones still run, results still say what they were made from,
    and nothing of it can change sides in another set. It can be brought back. The pictures stay in the store.
    """
    with database.write() as db:
        row = _row(database, db, set_name)
        mine = Photograph.set_name == set_name
        digests = set(db.scalars(select(Photograph.picture_digest).where(mine)))
        used = any(digests & set(digests_in(spec)) for spec in db.scalars(select(Job.spec)))
        if used:
            row.removed_at = row.removed_at or now()
        else:
            db.execute(delete(Photograph).where(mine))
            db.delete(row)
        note(db, by, "photographs removed", set=set_name, photographs=len(digests), kept_for_jobs=used)
    return used


def restore(database: Database, set_name: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """The set can be used again; raises ``UnknownSet``."""
    with database.write() as db:
        row = _row(database, db, set_name)
        if row.removed_at is not None:
            row.removed_at = None
            note(db, by, "photographs brought back", set=set_name)


def _row(database: Database, db: Session, set_name: str) -> models.PhotographSet:
    row = db.get(models.PhotographSet, set_name)
    if row is None:
        raise UnknownSet(set_name, [name for name, _, _ in sets(database)])
    return row

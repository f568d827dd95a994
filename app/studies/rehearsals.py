"""Trying a study that takes nobody: a copy of it, frozen as it is at that moment, in no list and in no result.

What is answered there cannot be deleted, as no answer can (``db.triggers``). So a rehearsal that nobody began is
deleted once it is out of date, and one that somebody began is closed and stays, hidden, with its answers.
"""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Session, Study, StudyState
from app.media import Media
from app.studies import inventory
from app.studies.copies import copied
from app.studies.freezing import digests_of, freeze
from app.studies.states import find, hold


def rehearse(database: Database, media: Media, study_id: int, *, by: Actor = AT_THE_MACHINE) -> int:
    """The number of a pilot of the study as it is now; earlier rehearsals of it have ended.

    Raises ``StudyNotReady`` where there is nothing that a subject could be shown.
    """
    with database.read() as db:
        find(db, study_id)
        digests = digests_of(inventory.load(db, study_id))
    lost = {digest for digest in digests if not media.has(digest)}
    with database.write() as db:
        study = hold(db, study_id)
        retire(db, study_id)
        rehearsal = copied(db, study, title=study.title)
        freeze(db, rehearsal, inventory.load(db, rehearsal.id), lost)
        rehearsal.state, rehearsal.rehearsal_of = StudyState.PILOT, study_id
        note(db, by, "study rehearsed", study_id=study_id)
        return rehearsal.id


def retire(db: OrmSession, study_id: int) -> None:
    """The study's rehearsals have ended; those that nobody began are gone. The caller holds the study."""
    begun = exists().where(Session.study_id == Study.id)
    query = select(Study, begun).where(Study.rehearsal_of == study_id, Study.state != StudyState.CLOSED)
    held = select(Study.id).where(Study.rehearsal_of == study_id).with_for_update(key_share=True)
    db.execute(held)  # before anybody is looked for: whoever begins one waits for its row, or was first
    for rehearsal, has_sessions in db.execute(query):
        if has_sessions:
            rehearsal.state, rehearsal.closed_at = StudyState.CLOSED, now()
        else:
            db.delete(rehearsal)
    db.flush()

"""The moves of a study's life, each in one transaction with its line in the audit log.

A move that has been made already is no mistake: whoever lost the reply asks again, and nothing is written twice.
"""

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Pair, Session, Study, StudyState
from app.errors import Conflict
from app.media import Media
from app.studies import inventory
from app.studies.changes import require_unchanged
from app.studies.freezing import digests_of, freeze
from app.studies.rehearsals import retire
from app.studies.states import (
    StudyNotArchived,
    StudyNotClosed,
    StudyNotPilot,
    draft,
    find,
    freezes,
    hold,
    moves,
    protocol_of,
)


class StimuliChanged(Conflict):
    """Pictures were added while the study was being opened."""

    def __init__(self, study: Study) -> None:
        super().__init__(f"Pictures were added to {study.title!r} while it was being opened", "open it again")


class PilotHasSessions(Conflict):
    """A pilot that somebody has begun cannot become a draft again: what they saw must stay what it was."""

    def __init__(self, study: Study, sessions: int) -> None:
        begun = "1 session has" if sessions == 1 else f"{sessions} sessions have"
        super().__init__(
            f"{begun} begun in the pilot of {study.title!r}, and what they saw must stay what it was",
            "duplicate the study and change the copy; close this one",
        )


def open_study(
    database: Database, media: Media, study_id: int, *, revision: int | None = None, by: Actor = AT_THE_MACHINE
) -> None:
    """The draft takes subjects from now on; its pictures, pairs and protocol are frozen. A pilot's are already.

    With ``revision``, that of the draft which whoever opens it has read, it raises ``DraftChanged`` where the draft has
    moved on: what is frozen for good is what somebody has seen.
    """
    _freeze(database, media, study_id, StudyState.OPEN, revision, by)


def start_pilot(
    database: Database, media: Media, study_id: int, *, revision: int | None = None, by: Actor = AT_THE_MACHINE
) -> None:
    """The draft is frozen as at opening, and takes those alone who come by its pilot link; nothing counts.

    ``revision`` is that of ``open_study``.
    """
    _freeze(database, media, study_id, StudyState.PILOT, revision, by)


def end_pilot(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """The pilot is a draft again, and may be changed; raises ``PilotHasSessions`` once somebody has begun."""
    with database.write() as db:
        study = hold(db, study_id)
        if study.state is StudyState.DRAFT:
            return
        if study.state is not StudyState.PILOT:
            raise StudyNotPilot(study)
        if sessions := _begun(db, study_id):
            raise PilotHasSessions(study, sessions)
        db.execute(delete_rows(Pair).where(Pair.study_id == study_id))
        study.state, study.protocol_hash, study.trouble = StudyState.DRAFT, None, None
        note(db, by, "pilot ended", study_id=study_id)


def begun(database: Database, study_id: int) -> int:
    """How many sessions of the study have begun, pilots among them: from the first on, no pilot is a draft again."""
    with database.read() as db:
        return _begun(db, study_id)


def pause(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """No new block starts until the study is resumed; answers to trials already shown are still taken, marked late."""
    with database.write() as db:
        study = hold(db, study_id)
        if moves(study, StudyState.PAUSED):
            study.state = StudyState.PAUSED
            note(db, by, "study paused", study_id=study_id)


def resume(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """A paused study takes subjects again."""
    with database.write() as db:
        study = hold(db, study_id)
        if moves(study, StudyState.OPEN):
            study.state, study.trouble = StudyState.OPEN, None
            note(db, by, "study resumed", study_id=study_id)


def close(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """The study ends for good; late answers to trials already shown are still taken, and marked."""
    with database.write() as db:
        study = hold(db, study_id)
        if study.state is not StudyState.ARCHIVED and moves(study, StudyState.CLOSED):
            note(db, by, "study closed", study_id=study_id, was=study.state.value)
            study.state, study.closed_at, study.trouble = StudyState.CLOSED, now(), None


def archive(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """The closed study is out of the list; its results stay where they are."""
    with database.write() as db:
        study = hold(db, study_id)
        if study.state is StudyState.ARCHIVED:
            return
        if study.state is not StudyState.CLOSED:
            raise StudyNotClosed(study)
        study.state, study.archived_at = StudyState.ARCHIVED, now()
        note(db, by, "study archived", study_id=study_id)


def unarchive(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """The archived study is in the list again, closed as it was."""
    with database.write() as db:
        study = hold(db, study_id)
        if study.state is StudyState.CLOSED:
            return
        if study.state is not StudyState.ARCHIVED:
            raise StudyNotArchived(study)
        study.state, study.archived_at = StudyState.CLOSED, None
        note(db, by, "study unarchived", study_id=study_id)


def delete(database: Database, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """The draft is gone, with the links made for it; a study that has been open stays, for its subjects' sake."""
    with database.write() as db:
        study = draft(db, study_id)
        retire(db, study_id)
        note(db, by, "draft deleted", study_id=study_id, title=study.title)
        db.delete(study)


def _begun(db: OrmSession, study_id: int) -> int:
    return db.scalars(select(func.count()).select_from(Session).where(Session.study_id == study_id)).one()


def _freeze(
    database: Database, media: Media, study_id: int, wanted: StudyState, revision: int | None, by: Actor
) -> None:
    """Every picture is read once and checked against its hash before the write lock is taken: a store can be slow."""
    with database.read() as db:
        if not freezes(find(db, study_id), wanted):
            return
        digests = digests_of(inventory.load(db, study_id))
    lost = {digest for digest in digests if not media.is_whole(digest)}
    with database.write() as db:
        study = hold(db, study_id)
        if not freezes(study, wanted):  # somebody else did it in the meantime
            return
        require_unchanged(db, study, revision)
        stock = inventory.load(db, study_id)
        if not digests_of(stock) <= digests:
            raise StimuliChanged(study)
        freeze(db, study, stock, lost)
        retire(db, study_id)
        study.state, study.trouble = wanted, None
        if wanted is StudyState.OPEN:
            study.opened_at = now()
        deed = "study opened" if wanted is StudyState.OPEN else "pilot started"
        hashes = {"protocol": study.protocol_hash, "plan": protocol_of(study).plan_hash}
        note(db, by, deed, study_id=study_id, hashes=hashes)

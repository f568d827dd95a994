"""A picture that is gone under a running study: the study pauses itself, and goes on once its pictures are back."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from app.db import Database
from app.db.audit import AT_THE_MACHINE, THE_PROGRAM, Actor, note
from app.db.models import Stimulus, StimulusRole, Study, StudyState
from app.errors import Conflict
from app.log import logger
from app.media import Media
from app.studies import moves
from app.studies.states import find, hold

_TOLD = 3  # pictures named one by one
_LONGEST = 500  # characters, of the column
_NAMES = {StimulusRole.REFERENCE: "the reference", StimulusRole.DEGRADED: "the degraded input"}


class PicturesLost(Conflict):
    """The study cannot be resumed: its pictures are not all there."""

    def __init__(self, lost: str) -> None:
        super().__init__(
            f"The study stays paused, because {lost}",
            "put the files back from a backup, or take the same pictures in again by a draft study, and resume it then",
        )


def picture_lost(database: Database, study_id: int, digest: str) -> None:
    """The study is paused, where it was open, and says which picture of it is gone; all answers stay.

    A pilot says it too, and stays one: it is there to find such things.
    """
    with database.read() as db:
        if not _goes_on(find(db, study_id)):
            return  # somebody else's request was first: three panes ask at once
    with database.write() as db:
        study = hold(db, study_id)
        if not _goes_on(study):
            return
        lost = _named(db.scalars(_shown(study_id).where(Stimulus.picture_digest == digest)).all())
        study.trouble = f"{lost[0].upper()}{lost[1:]}"[:_LONGEST]
        if study.state is StudyState.OPEN:
            study.state = StudyState.PAUSED
            note(db, THE_PROGRAM, "study paused", study_id=study_id, why=study.trouble)
    logger("studies").error("study paused itself", study=study_id, digest=digest)


def resume(database: Database, media: Media, study_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """A paused study takes subjects again; one that paused itself only when every picture of it is whole.

    The pictures are read before the write lock is taken: a store can be slow.
    """
    with database.read() as db:
        study = find(db, study_id)
        shown = list(db.scalars(_shown(study_id))) if _in_trouble(study) else []
    whole = {digest: media.is_whole(digest) for digest in {stimulus.picture_digest for stimulus in shown}}
    if lost := [stimulus for stimulus in shown if not whole[stimulus.picture_digest]]:
        raise PicturesLost(_named(lost))
    moves.resume(database, study_id, by=by)


def _goes_on(study: Study) -> bool:
    return study.state is StudyState.OPEN or (study.state is StudyState.PILOT and study.trouble is None)


def _in_trouble(study: Study) -> bool:
    return study.state is StudyState.PAUSED and study.trouble is not None


def _shown(study_id: int) -> Select[Stimulus]:
    return select(Stimulus).where(Stimulus.study_id == study_id).order_by(Stimulus.id)


def _named(lost: Sequence[Stimulus]) -> str:
    """The pictures as an experimenter knows them, in a sentence that begins within another."""
    names = [f"{_NAMES.get(one.role, one.condition)} of scene {one.scene} in task {one.task}" for one in lost[:_TOLD]]
    if len(lost) > _TOLD:
        names.append(f"{len(lost) - _TOLD} more")
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"{listed} {'is' if len(lost) == 1 else 'are'} gone from the store, or damaged."

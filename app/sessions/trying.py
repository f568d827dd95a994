"""The link by which an experimenter takes a study as a subject would, whatever state it is in."""

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import StudyState
from app.media import Media
from app.sessions.links import pilot_token
from app.studies import rehearsals, states


def try_it(database: Database, media: Media, secret: bytes, study_id: int, *, by: Actor = AT_THE_MACHINE) -> str:
    """The token of a pilot link; what is answered behind it never counts.

    A pilot and an open study are tried themselves, any other by a rehearsal of it. Raises ``StudyNotReady``.
    """
    with database.read() as db:
        state = states.find(db, study_id).state
    if state in (StudyState.PILOT, StudyState.OPEN):
        return pilot_token(database, secret, study_id)
    return pilot_token(database, secret, rehearsals.rehearse(database, media, study_id, by=by))

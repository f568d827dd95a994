"""Which pictures are for whom: those of jobs for everybody at the desk, those of a study for who takes part in it."""

from sqlalchemy import Text, cast, exists, or_, select

from app.db import Database
from app.db.models import Job, JobKind, JobSample, Photograph, Rendering, Stimulus, Study
from app.studies import members


def may_see(database: Database, account_id: int, digest: str) -> bool:
    """Whether a job made the picture or works on it, or a study shows it in which the account has a role."""
    mine = select(Stimulus.id).join(Study, Study.id == Stimulus.study_id)
    sample = (JobSample.restored_digest, JobSample.degraded_digest, JobSample.reference_digest)
    places = (
        mine.where(Stimulus.picture_digest == digest, members.takes_part(account_id)).exists(),
        exists().where(Rendering.picture_digest == digest),
        exists().where(or_(Photograph.picture_digest == digest, Photograph.thumbnail_digest == digest)),
        exists().where(or_(*(column == digest for column in sample))),
        exists().where(Job.kind == JobKind.RECOVER, cast(Job.result, Text).contains(digest)),  # its result names them
    )
    with database.read() as db:
        return any(db.scalar(select(place)) for place in places)

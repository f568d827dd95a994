"""Many jobs cancelled or queued again in one transaction: those that are named, or what is left of a matrix."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import Job, JobState
from app.jobs import needs, store
from app.jobs.together import together
from app.jobs.views import LIVE, JobProgress, progress

ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED)


def cancel(database: Database, jobs: Collection[int], *, by: Actor = AT_THE_MACHINE) -> None:
    """Each of these is cancelled as ``store.cancel`` does it; where one has finished already, none is.

    Those that wait for others go first, so that they are cancelled and not told that they wait in vain.

    Raises
    ------
    JobNotFound, AlreadyFinished
    """
    with database.write() as db:
        needs.hold(db)
        for number in sorted(set(jobs), reverse=True):
            store.cancel_in(db, number, by)


def retry(database: Database, jobs: Collection[int], *, by: Actor = AT_THE_MACHINE) -> None:
    """Each of these is queued again as ``store.retry`` does it; where one cannot be, none is.

    Raises
    ------
    JobNotFound, NotFinished, TwinAtWork
    """
    number = 0
    try:
        with database.write() as db:
            needs.hold(db)
            for number in sorted(set(jobs)):
                store.retry_in(db, number, by)
                db.flush()
    except IntegrityError:
        with database.read() as db:
            twin = needs.twin(db, number)
        raise store.TwinAtWork(number, twin) from None


def of_matrix(database: Database, job_id: int) -> list[JobProgress]:
    """How far the jobs have come of the matrix that has this one; raises ``JobNotFound`` and ``NotInMatrix``."""
    return progress(database, together(database, job_id).matrix.jobs)


def cancel_matrix(database: Database, job_id: int, *, by: Actor = AT_THE_MACHINE) -> list[int]:
    """The numbers of the jobs cancelled, or asked to stop: whatever of the matrix was waiting or at work.

    Raises
    ------
    JobNotFound, NotInMatrix
    """
    mine = together(database, job_id).matrix.jobs
    left = select(Job.id).where(Job.id.in_(mine), Job.state.in_(LIVE), Job.stop_requested.is_(False))
    with database.write() as db:
        needs.hold(db)
        found = db.scalars(left.order_by(Job.id.desc())).all()
        for number in found:
            store.cancel_in(db, number, by)
    return sorted(found)


def retry_matrix(database: Database, job_id: int, *, by: Actor = AT_THE_MACHINE) -> list[int]:
    """The numbers of the jobs queued again: whatever of the matrix had failed or was cancelled.

    Raises
    ------
    JobNotFound, NotInMatrix, TwinAtWork
    """
    failed = [one.id for one in of_matrix(database, job_id) if one.state in ENDED_BADLY]
    retry(database, failed, by=by)
    return failed

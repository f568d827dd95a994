"""Jobs that wait for jobs: a need that ends badly ends those that wait for it; a retry brings them back together."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as Db

from app.clock import now
from app.db.models import Job, JobNeed, JobState

IN_VAIN = "Not started"  # how the error of a job begins that never had its turn


_QUEUE = 5_071_964  # the lock's number; any would do that nothing else in the database takes


def hold(db: Db) -> None:
    """No other job is launched, cancelled, retried or ended before this transaction is over.

    What happens to a job depends on the jobs around it: one that fails blocks those that wait for it, a retry looks at
    what it needs. Row by row, two such moves could miss or deadlock each other. SQLite has one writer anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_QUEUE)))


def block(db: Db, needed: int) -> None:
    """Every queued job that needs ``needed``, directly or through others, has failed and says why.

    Such a job keeps ``started_at`` empty: that tells it from a job that failed by itself.
    """
    need = db.get_one(Job, needed, populate_existing=True)
    how = "was cancelled" if need.state is JobState.CANCELLED else "failed"
    if need.error and need.error.startswith(IN_VAIN):
        how = "was not started either"
    waiting = select(JobNeed.job_id).where(JobNeed.needs_id == needed)
    blocked = db.scalars(
        update(Job)
        .where(Job.id.in_(waiting), Job.state == JobState.QUEUED)
        .values(
            state=JobState.FAILED,
            started_at=None,
            finished_at=now(),
            error=f"{IN_VAIN}: it needed job {needed}, which {how}. Retry either of them.",
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    for job_id in blocked:
        block(db, job_id)


def revive(db: Db, job_id: int) -> None:
    """The job is queued again, and with it the needs that ended badly and the jobs that were blocked by it."""
    for number in _revived(db, job_id):
        _requeue(db, number)


def twin(db: Db, job_id: int) -> int | None:
    """A job that is queued or at work, and does the same as one of those that would be queued again with this one."""
    again = _revived(db, job_id)
    specs = select(Job.spec_hash).where(Job.id.in_(again))
    live = (
        Job.state.in_((JobState.QUEUED, JobState.STARTING, JobState.RUNNING)),
        Job.id.not_in(again),
        Job.spec_hash.in_(specs),
    )
    return db.scalar(select(Job.id).where(*live).order_by(Job.id).limit(1))


def _revived(db: Db, job_id: int) -> list[int]:
    """The numbers of those that are queued again together."""
    pending, seen = [job_id], dict[int, None]()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen[current] = None
        ended_badly = (JobState.FAILED, JobState.CANCELLED)
        needs = select(JobNeed.needs_id).where(JobNeed.job_id == current)
        pending += db.scalars(select(Job.id).where(Job.id.in_(needs), Job.state.in_(ended_badly)))
        waiting = select(JobNeed.job_id).where(JobNeed.needs_id == current)
        pending += db.scalars(
            select(Job.id).where(Job.id.in_(waiting), Job.state == JobState.FAILED, Job.started_at.is_(None))
        )
    return list(seen)


def _requeue(db: Db, job_id: int) -> None:
    db.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_((JobState.FAILED, JobState.CANCELLED)))
        .values(
            state=JobState.QUEUED,
            stop_requested=False,
            idle_attempts=0,
            furthest_step=-1,
            error=None,
            started_at=None,
            finished_at=None,
        )
        .execution_options(synchronize_session=False)
    )

"""What workers do to jobs; the table refuses every move of an attempt that no longer holds its job."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, exists, insert, select, true, update
from sqlalchemy.orm import Session as Db
from sqlalchemy.orm import aliased

from app.clock import now
from app.db import Database
from app.db.models import Job, JobNeed, JobPoint, JobSample, JobState
from app.errors import Conflict
from app.jobs import needs as waiting
from app.jobs.contract import Progress
from app.jobs.suited import Means, takes

ATTEMPTS = 3  # in a row without getting further than before; then the job has failed
GIVE_UP = timedelta(minutes=10)  # a lease over by this much is void even if its process seems to be alive
_HELD = (JobState.STARTING, JobState.RUNNING)


class StaleAttempt(Conflict):
    """The job was taken from this attempt: its lease ran out, or somebody finished it."""

    def __init__(self, job: int, attempt: int) -> None:
        super().__init__(
            f"Attempt {attempt} no longer holds job {job}, so what it brings is ignored",
            "nothing is to be done: the attempt that holds the job now goes on from the last checkpoint",
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of one worker; ``attempt`` is the fence."""

    job: int
    attempt: int
    title: str
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A job whose lease has run out, for the engine to say whether its process still lives."""

    job: int
    attempt: int
    engine_ref: str | None
    overdue: timedelta


def claim(
    database: Database, worker: str, lease: timedelta, *, only: Collection[int] | None = None,
    means: Means | None = None,
) -> Claim | None:  # fmt: skip
    """The first queued job whose needs have all succeeded, now this worker's; None where there is nothing to do.

    With ``only`` it is one of these, and all others are left to other workers. With ``means`` those are left, too, that
    ask for more than this worker brings, and that another one who is present is suited to.

    One statement, so that two workers can never both have it: SQLite lets one writer in at a time, PostgreSQL skips
    rows that another worker is just taking.
    """
    with database.read() as db:
        first = _first(only, true() if means is None else takes(db, means))
        if db.scalar(first) is None:
            return None  # an idle worker takes no lock
    with database.write() as db:
        row = db.execute(
            update(Job)
            .where(
                Job.id == first.with_for_update(skip_locked=True, of=Job).scalar_subquery(),
                Job.state == JobState.QUEUED,
            )
            .values(
                state=JobState.STARTING,
                attempt=Job.attempt + 1,
                idle_attempts=Job.idle_attempts + 1,
                worker=worker,
                engine_ref=None,
                lease_until=now() + lease,
                error=None,
            )
            .returning(Job.id, Job.attempt, Job.title, Job.spec)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return None if row is None else Claim(row.id, row.attempt, row.title, row.spec)


def running(database: Database, held: Claim, engine_ref: str) -> bool:
    """Whether a stop was asked for; the job's process now stands under ``engine_ref``."""
    with database.write() as db:
        began = case((Job.started_at.is_(None), now()), else_=Job.started_at)
        return move(db, held.job, held.attempt, state=JobState.RUNNING, engine_ref=engine_ref, started_at=began)


def renew(database: Database, held: Claim, lease: timedelta) -> bool:
    """Whether a stop was asked for; the lease runs anew from here."""
    with database.write() as db:
        return move(db, held.job, held.attempt, lease_until=now() + lease)


def progress(database: Database, held: Claim, latest: Progress, points: Sequence[tuple[int, float]] = ()) -> bool:
    """Whether a stop was asked for; the job's step, loss and curve are those reported."""
    further = Job.furthest_step < latest.step
    with database.write() as db:
        stop = move(
            db,
            held.job,
            held.attempt,
            step=latest.step,
            total_steps=latest.total,
            loss=latest.loss if latest.loss is not None and isfinite(latest.loss) else None,
            steps_per_second=latest.steps_per_second,
            usage=None if latest.usage is None else latest.usage.model_dump(),
            idle_attempts=case((further, 0), else_=Job.idle_attempts),
            furthest_step=case((further, latest.step), else_=Job.furthest_step),
        )
        _draw(db, held.job, {step: loss for step, loss in points if isfinite(loss)})
        return stop


def sampled(database: Database, held: Claim, samples: Sequence[JobSample]) -> None:
    """The samples are the job's; those of an earlier attempt at the same steps give way."""
    with database.write() as db:
        _locked(db, held.job, held.attempt)
        for sample in samples:
            db.merge(sample)


def succeed(
    database: Database,
    held: Claim,
    result: dict[str, Any],
    *,
    device: str | None = None,
    step_ms: float | None = None,
) -> None:
    """The job has succeeded with ``result``, once and for all, on that device at that pace."""
    done = {"step": Job.total_steps, "error": None, "result": result, "device": device, "step_ms": step_ms}
    with database.write() as db:
        move(db, held.job, held.attempt, **_ended(JobState.SUCCEEDED), **done)


def fail(database: Database, held: Claim, error: str) -> None:
    """The job has failed for a reason that another attempt would not change; those that need it are blocked."""
    with database.write() as db:
        waiting.hold(db)
        _fail(db, held.job, held.attempt, error)


def disown(database: Database, job: int, error: str) -> None:
    """A job that had succeeded has failed after all, because its result is lost; those that need it are blocked.

    Only so can it be retried, and does launching the same again not find it.
    """
    with database.write() as db:
        waiting.hold(db)
        lost = db.scalar(
            update(Job)
            .where(Job.id == job, Job.state == JobState.SUCCEEDED)
            .values(state=JobState.FAILED, error=error)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
        if lost is not None:
            waiting.block(db, job)


def release(database: Database, held: Claim) -> JobState:
    """Where the job stands after it stopped on request: cancelled if that was asked for, otherwise queued to go on."""
    with database.write() as db:
        waiting.hold(db)
        job = _locked(db, held.job, held.attempt)
        return _give_back(db, job, idle_attempts=0)


def crash(database: Database, held: Claim, step: int, log_tail: str) -> JobState:
    """Where the job stands after its process died at ``step``: queued to go on from its last checkpoint, or failed.

    It has failed when this is the second death at that step, or the third attempt in a row that got no further.
    """
    with database.write() as db:
        waiting.hold(db)
        job = _locked(db, held.job, held.attempt)
        if not job.stop_requested and job.idle_attempts > 0:
            if step == job.furthest_step:
                return _fail(db, held.job, held.attempt, f"It died twice at step {step}.\n{log_tail}")
            if job.idle_attempts >= ATTEMPTS:
                died = f"It died {job.idle_attempts} times without getting beyond step {job.furthest_step}."
                return _fail(db, held.job, held.attempt, f"{died}\n{log_tail}")
        return _give_back(db, job, furthest_step=max(job.furthest_step, step))


def overdue(database: Database) -> list[Held]:
    """The jobs whose workers have been silent for longer than their lease."""
    at = now()
    with database.read() as db:
        rows = db.execute(
            select(Job.id, Job.attempt, Job.engine_ref, Job.lease_until)
            .where(Job.state.in_(_HELD), Job.lease_until < at)
            .order_by(Job.id)
        )
        return [Held(row.id, row.attempt, row.engine_ref, at - _moment(row.lease_until)) for row in rows]


def rescue(database: Database, lost: Held) -> JobState | None:
    """Where a job stands after its worker vanished: queued to go on, failed, cancelled; None if it was not lost."""
    with database.write() as db:
        waiting.hold(db)
        try:
            job = _locked(db, lost.job, lost.attempt)
        except StaleAttempt:
            return None
        if _moment(job.lease_until) >= now():
            return None  # its worker came back in the meantime
        if not job.stop_requested and job.idle_attempts >= ATTEMPTS:
            return _fail(
                db,
                lost.job,
                lost.attempt,
                f"Its worker vanished {job.idle_attempts} times without the job getting beyond step "
                f"{max(job.furthest_step, 0)}: look whether the machine runs out of memory, then retry.",
            )
        return _give_back(db, job)


def rescue_lost(database: Database, is_gone: Callable[[Held], bool]) -> list[int]:
    """The jobs taken from vanished workers: lease over and the process gone, or the lease over by ten minutes."""
    lost = [held for held in overdue(database) if is_gone(held) or held.overdue > GIVE_UP]
    return [held.job for held in lost if rescue(database, held) is not None]


def _first(only: Collection[int] | None, ours: ColumnElement[bool]) -> Select[int]:
    """The number of the queued job, of those that are ours, that may begin and whose turn it is."""
    needed = aliased(Job)
    unmet = exists().where(JobNeed.job_id == Job.id, needed.id == JobNeed.needs_id, needed.state != JobState.SUCCEEDED)
    wanted = true() if only is None else Job.id.in_(only)
    ready = select(Job.id).where(Job.state == JobState.QUEUED, ~unmet, wanted, ours)
    return ready.order_by(Job.priority, Job.id).limit(1)


def move(db: Db, job: int, attempt: int, **values: Any) -> bool:
    """Whether a stop was asked for; the job's row has these values. Raises ``StaleAttempt``."""
    stop = db.scalar(
        update(Job)
        .where(Job.id == job, Job.attempt == attempt, Job.state.in_(_HELD))
        .values(**values)
        .returning(Job.stop_requested)
        .execution_options(synchronize_session=False)
    )
    if stop is None:
        raise StaleAttempt(job, attempt)
    return stop


def _locked(db: Db, job: int, attempt: int) -> Job:
    held = Job.id == job, Job.attempt == attempt, Job.state.in_(_HELD)
    row = db.scalar(select(Job).where(*held).with_for_update())
    if row is None:
        raise StaleAttempt(job, attempt)
    return row


def _ended(state: JobState) -> dict[str, Any]:
    return {"state": state, "finished_at": now(), "lease_until": None, "engine_ref": None, "steps_per_second": None}


def _fail(db: Db, job: int, attempt: int, error: str) -> JobState:
    move(db, job, attempt, **_ended(JobState.FAILED), error=error.strip())
    waiting.block(db, job)
    return JobState.FAILED


def _give_back(db: Db, job: Job, **values: Any) -> JobState:
    state = JobState.CANCELLED if job.stop_requested else JobState.QUEUED
    finished_at = now() if job.stop_requested else None
    move(db, job.id, job.attempt, **_ended(state) | {"finished_at": finished_at, "worker": None} | values)
    if state is JobState.CANCELLED:
        waiting.block(db, job.id)
    return state


def _draw(db: Db, job: int, points: dict[int, float]) -> None:
    if points:
        db.execute(delete(JobPoint).where(JobPoint.job_id == job, JobPoint.step.in_(points)))
        db.execute(insert(JobPoint), [{"job_id": job, "step": step, "loss": loss} for step, loss in points.items()])


def _moment(lease_until: datetime | None) -> datetime:
    assert lease_until is not None, "a held job has a lease"
    return lease_until

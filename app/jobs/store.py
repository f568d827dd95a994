"""The queue as people use it: launch, cancel, retry and look. What workers do to jobs is in ``claims``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Db

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Job, JobKind, JobNeed, JobState
from app.errors import Conflict
from app.jobs import needs as waiting
from app.jobs.contract import AnySpec, RecoverSpec, RenderSpec, ScoreSpec, TrainSpec, digest_of
from app.jobs.suited import demand_of
from app.jobs.views import (
    LIVE,
    JobNotFound,
    JobView,
    WorkerView,
    any_live,
    curve,
    get,
    listing,
    newest,
    rendered,
    rendering_of,
    workers,
)

__all__ = [
    "AlreadyFinished",
    "JobNotFound",
    "JobView",
    "Launched",
    "NeedEndedBadly",
    "NotFinished",
    "TwinAtWork",
    "WorkerView",
    "any_live",
    "cancel",
    "curve",
    "find_or_launch",
    "get",
    "launch",
    "listing",
    "newest",
    "rendered",
    "rendering_of",
    "retry",
    "workers",
]


_ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED)


class NeedEndedBadly(Conflict):
    """A job cannot wait for one that will not succeed."""

    def __init__(self, need: Job) -> None:
        super().__init__(f"Job {need.id} ({need.title}), which this one needs, is {need.state.value}", "retry it first")


class WrongJobState(Conflict):
    """The job is in a state that does not allow this."""

    def __init__(self, job: Job, detail: str, fix: str) -> None:
        self.state = job.state
        super().__init__(detail, fix)

    def extras(self) -> dict[str, Any]:
        """The state that the job is in."""
        return {"state": self.state.value}


class AlreadyFinished(WrongJobState):
    """A finished job can no longer be cancelled."""

    def __init__(self, job: Job) -> None:
        super().__init__(
            job,
            f"Job {job.id} ({job.title}) has already {job.state.value}",
            "there is nothing left to cancel: look at the job to see how it ended",
        )


class NotFinished(WrongJobState):
    """Only a job that ended badly can be retried."""

    def __init__(self, job: Job) -> None:
        stopping = ", and stopping" if job.stop_requested and job.state in LIVE else ""
        super().__init__(
            job,
            f"Job {job.id} ({job.title}) is {job.state.value}{stopping}, and only failed or cancelled jobs are retried",
            "wait until it has stopped" if stopping else "leave it as it is",
        )


class TwinAtWork(Conflict):
    """Another live job does exactly what this one would do again."""

    def __init__(self, job_id: int, twin: int | None) -> None:
        self.twin = twin  # None where it has ended in this very moment
        named = "another job" if twin is None else f"job {twin}"
        super().__init__(
            f"Job {job_id}, or one it needs, was launched again as {named}, which is still at work",
            f"wait for {'that job' if twin is None else named}; its result serves both",
        )


@dataclass(frozen=True, slots=True)
class Launched:
    """The job that does what was asked for."""

    job_id: int
    found: bool  # it was there already, with a title and a priority of its own


def launch(
    database: Database, spec: AnySpec, *, title: str, needs: Sequence[int] = (), priority: int = 100,
    by: Actor = AT_THE_MACHINE,
) -> int:  # fmt: skip
    """The number of the job that does ``spec``: a live or succeeded one where there is one, otherwise a new one."""
    return find_or_launch(database, spec, title=title, needs=needs, priority=priority, by=by).job_id


def find_or_launch(
    database: Database, spec: AnySpec, *, title: str, needs: Sequence[int] = (), priority: int = 100,
    revive: bool = False, by: Actor = AT_THE_MACHINE,
) -> Launched:  # fmt: skip
    """The job that does ``spec``, and whether it was there already; with ``revive`` one that ended badly is, too.

    Such a job is queued again, as ``retry`` does it, and so goes on from its last checkpoint. A new one waits for
    ``needs``, for the training whose weights it uses and for the rendering whose pictures it scores. A smaller
    ``priority`` goes first.
    """
    content = spec.model_dump(mode="json")
    digest = digest_of(content)
    wanted = {*needs, *_own_needs(spec)}
    try:
        with database.write() as db:
            waiting.hold(db)
            known = _same(db, digest)
            if known is not None:
                return Launched(known, found=True)
            ended = _same(db, digest, _ENDED_BADLY) if revive else None
            if ended is not None:
                waiting.revive(db, ended)
                note(db, by, "job retried", job_id=ended)
                return Launched(ended, found=True)
            _check(db, wanted)
            job = _new(spec, title, priority)
            job.spec, job.spec_hash, job.total_steps = content, digest, _total_steps(db, spec)
            job.needs_weights, job.needs_memory = demand_of(spec).columns
            db.add(job)
            db.flush()
            db.add_all(JobNeed(job_id=job.id, needs_id=need) for need in sorted(wanted))
            note(db, by, "job launched", job_id=job.id, title=title)
            return Launched(job.id, found=False)
    except IntegrityError:  # somebody else launched the same a moment ago
        with database.read() as db:
            known = _same(db, digest)
        if known is None:
            raise
        return Launched(known, found=True)


def cancel(database: Database, job_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """A queued job is cancelled at once; one at work is asked to stop, and is cancelled when it has."""
    with database.write() as db:
        waiting.hold(db)
        cancel_in(db, job_id, by)


def cancel_in(db: Db, job_id: int, by: Actor) -> None:
    """The same in a transaction that holds the queue."""
    job = _locked(db, job_id)
    if job.state is JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, now()
        db.flush()
        waiting.block(db, job_id)
        note(db, by, "job cancelled", job_id=job_id)
    elif job.state in LIVE:
        if not job.stop_requested:
            note(db, by, "stop requested", job_id=job_id)
        db.execute(update(Job).where(Job.id == job_id, Job.state.in_(LIVE)).values(stop_requested=True))
    elif job.state is not JobState.CANCELLED:
        raise AlreadyFinished(job)


def retry(database: Database, job_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """A failed or cancelled job is queued again, with the needs that ended badly and the jobs it had blocked.

    One that is queued or at work, and is not to stop, is left as it is: it does what was asked for.
    """
    try:
        with database.write() as db:
            waiting.hold(db)
            retry_in(db, job_id, by)
    except IntegrityError:
        with database.read() as db:
            twin = waiting.twin(db, job_id)
        raise TwinAtWork(job_id, twin) from None


def retry_in(db: Db, job_id: int, by: Actor) -> None:
    """The same in a transaction that holds the queue; a twin at work breaks the rule of the table."""
    job = _locked(db, job_id)
    if job.state in LIVE and not job.stop_requested:
        return
    if job.state not in _ENDED_BADLY:
        raise NotFinished(job)
    waiting.revive(db, job_id)
    note(db, by, "job retried", job_id=job_id)


def _new(spec: AnySpec, title: str, priority: int) -> Job:
    return Job(
        kind=JobKind(spec.kind),
        title=title,
        state=JobState.QUEUED,
        priority=priority,
        attempt=0,
        idle_attempts=0,
        furthest_step=-1,
        stop_requested=False,
        step=0,
        created_at=now(),
    )


def _total_steps(db: Db, spec: AnySpec) -> int:
    """Steps of a training or a recovery, scenes of a rendering, pictures to be scored."""
    match spec:
        case TrainSpec():
            return spec.recipe.steps
        case RecoverSpec():
            return spec.steps
        case RenderSpec():
            return len(spec.scenes)
        case ScoreSpec():  # each scene as the condition shows it, and as it was degraded
            return (1 + spec.degraded) * db.scalars(select(Job.total_steps).where(Job.id == spec.rendering)).one()


def _own_needs(spec: AnySpec) -> set[int]:
    match spec:
        case TrainSpec():
            return set() if spec.start_from is None else {spec.start_from}
        case RenderSpec():
            return set() if spec.training is None else {spec.training}
        case ScoreSpec():
            return {spec.rendering}
        case RecoverSpec():
            return set()


def _same(db: Db, digest: str, states: Sequence[JobState] = (*LIVE, JobState.SUCCEEDED)) -> int | None:
    """The live or, failing that, the latest job with that spec in one of these states."""
    return db.scalar(
        select(Job.id)
        .where(Job.spec_hash == digest, Job.state.in_(states))
        .order_by((Job.state == JobState.SUCCEEDED), Job.id.desc())
        .limit(1)
    )


def _check(db: Db, wanted: set[int]) -> None:
    for need_id in sorted(wanted):
        need = db.get(Job, need_id, with_for_update={"read": True})  # it cannot end before this job waits for it
        if need is None:
            raise JobNotFound(need_id)
        if need.state in _ENDED_BADLY:
            raise NeedEndedBadly(need)


def _locked(db: Db, job_id: int) -> Job:
    latest = {"populate_existing": True}  # the same transaction may have moved it by a statement
    job = db.scalar(select(Job).where(Job.id == job_id).with_for_update().execution_options(**latest))
    if job is None:
        raise JobNotFound(job_id)
    return job

"""What the pages and the commands read about jobs and workers."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import exists, select
from sqlalchemy.orm import Session as Db

from app.db import Database
from app.db.models import Job, JobKind, JobNeed, JobPoint, JobState, Rendering, StimulusRole, Worker
from app.db.order import by_code
from app.errors import NotFound
from app.jobs.contract import AnySpec, RenderSpec, Spec, Usage
from app.jobs.needs import IN_VAIN
from app.jobs.present import present

LIVE = (JobState.QUEUED, JobState.STARTING, JobState.RUNNING)
SPEC: TypeAdapter[AnySpec] = TypeAdapter(Spec)


class JobNotFound(NotFound):
    """There is no job of that number."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"There is no job {job_id}", "choose one from the list of trainings (GET /api/v1/jobs)")


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job has come, without what it was asked for: little enough to be looked at again and again."""

    id: int
    kind: JobKind
    title: str
    state: JobState
    step: int
    total_steps: int

    @property
    def is_live(self) -> bool:
        """Whether the job is waiting or at work."""
        return self.state in LIVE

    @property
    def share(self) -> float:
        """How much of the job is done, from 0 to 1."""
        if self.state is JobState.SUCCEEDED:
            return 1.0
        return min(1.0, self.step / self.total_steps) if self.total_steps else 0.0


@dataclass(frozen=True, slots=True)
class JobView(JobProgress):
    """A job as the desk shows it."""

    spec: AnySpec | None  # None where another version of Beholder wrote it; then ``error`` says so
    priority: int
    attempt: int
    stop_requested: bool
    worker: str | None
    loss: float | None
    steps_per_second: float | None
    error: str | None
    result: dict[str, Any] | None
    usage: Usage | None  # at its latest report
    log_worker: str | None  # that wrote what ``job_log`` tells
    log_attempt: int | None
    needs: tuple[int, ...]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def in_vain(self) -> bool:
        """Whether the job was never started, because one that it needed ended badly."""
        return self.state is JobState.FAILED and self.error is not None and self.error.startswith(f"{IN_VAIN}: ")


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker, its devices, and when it was last seen."""

    name: str
    devices: str
    started_at: datetime
    seen_at: datetime
    is_present: bool  # its lease runs
    weights: tuple[str, ...] = ()  # ids of the learned measures that it can compute
    speeds: dict[str, dict[str, float]] = field(default_factory=dict)  # ms a step, by device and by what it trained
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)  # by slot: the device's name, bytes free and in all


@dataclass(frozen=True, slots=True)
class RenderedScene:
    """The pictures of one test scene by role; None where the rendering brought none."""

    scene: str
    degraded: str | None
    condition: str | None
    reference: str | None


def get(database: Database, job_id: int) -> JobView:
    """The job of that number; raises ``JobNotFound``."""
    with database.read() as db:
        job = db.get(Job, job_id)
        if job is None:
            raise JobNotFound(job_id)
        return _views(db, [job])[0]


def listing(database: Database) -> list[JobView]:
    """All jobs in the order of their numbers."""
    with database.read() as db:
        return _views(db, db.scalars(select(Job).order_by(Job.id)))


def progress(database: Database, jobs: Collection[int]) -> list[JobProgress]:
    """How far these jobs have come, in the order of their numbers."""
    columns = select(Job.id, Job.kind, Job.title, Job.state, Job.step, Job.total_steps)
    with database.read() as db:
        return [JobProgress(*row) for row in db.execute(columns.where(Job.id.in_(jobs)).order_by(Job.id))]


def newest(
    database: Database, limit: int, *, before: int | None = None, state: JobState | None = None
) -> list[JobView]:
    """At most so many jobs, the newest first; only those with numbers below ``before``, only those in ``state``."""
    wanted = [] if before is None else [Job.id < before]
    wanted += [] if state is None else [Job.state == state]
    with database.read() as db:
        return _views(db, db.scalars(select(Job).where(*wanted).order_by(Job.id.desc()).limit(limit)))


def rendering_of(database: Database, job: JobView) -> JobView | None:
    """The job itself where it is a rendering; otherwise the newest rendering that used this training."""
    if isinstance(job.spec, RenderSpec):
        return job
    waiting = select(JobNeed.job_id).where(JobNeed.needs_id == job.id)
    with database.read() as db:
        made = _views(db, db.scalars(select(Job).where(Job.id.in_(waiting), Job.kind == JobKind.RENDER)))
    mine = [other for other in made if isinstance(other.spec, RenderSpec) and other.spec.training == job.id]
    return max(mine, key=lambda other: other.id, default=None)


def rendered(database: Database, job_id: int) -> list[RenderedScene]:
    """The pictures that a rendering brought, scene by scene."""
    found = dict[str, dict[StimulusRole, str]]()
    with database.read() as db:
        for row in db.scalars(select(Rendering).where(Rendering.job_id == job_id).order_by(Rendering.scene)):
            found.setdefault(row.scene, {})[row.role] = row.picture_digest
    roles = (StimulusRole.DEGRADED, StimulusRole.CONDITION, StimulusRole.REFERENCE)
    return [RenderedScene(scene, *map(pictures.get, roles)) for scene, pictures in found.items()]


def curve(database: Database, job_id: int) -> list[tuple[int, float]]:
    """The loss curve: (step, loss) in the order of the steps."""
    with database.read() as db:
        rows = db.execute(select(JobPoint.step, JobPoint.loss).where(JobPoint.job_id == job_id).order_by(JobPoint.step))
        return [(step, loss) for step, loss in rows]


def workers(database: Database) -> list[WorkerView]:
    """The workers that are present, or that vanished without saying goodbye."""
    with database.read() as db:
        rows = db.execute(select(Worker, present()).order_by(by_code(Worker.name))).all()
        return [
            WorkerView(
                row.name, row.devices, row.started_at, row.seen_at, is_present, tuple(row.weights or ()),
                row.speeds or {}, row.memory or {},
            )
            for row, is_present in rows
        ]  # fmt: skip


def any_live(database: Database, only: Collection[int] | None = None) -> bool:
    """Whether any job is waiting or at work; any of these where ``only`` is given."""
    wanted = [] if only is None else [Job.id.in_(only)]
    with database.read() as db:
        return bool(db.scalar(select(exists().where(Job.state.in_(LIVE), *wanted))))


def with_needs(database: Database, jobs: Iterable[int]) -> frozenset[int]:
    """These jobs, what they need, what that needs, and so on."""
    found, latest = frozenset[int](), frozenset(jobs)
    with database.read() as db:
        while latest:
            found |= latest
            latest = frozenset(db.scalars(select(JobNeed.needs_id).where(JobNeed.job_id.in_(latest)))) - found
    return found


def _views(db: Db, jobs: Iterable[Job]) -> list[JobView]:
    jobs = list(jobs)
    needs = defaultdict[int, list[int]](list)
    theirs = JobNeed.job_id.in_([job.id for job in jobs])
    for need in db.scalars(select(JobNeed).where(theirs).order_by(JobNeed.needs_id)):
        needs[need.job_id].append(need.needs_id)
    return [_view(job, tuple(needs[job.id])) for job in jobs]


def unreadable(error: ValidationError) -> str:
    """The sentence for a job that this version cannot read."""
    return f"This version of Beholder cannot read the job: {error}"


def _usage(job: Job) -> Usage | None:
    try:
        return None if job.usage is None else Usage.model_validate(job.usage)
    except ValidationError:  # as another version says it
        return None


def _view(job: Job, needs: tuple[int, ...]) -> JobView:
    spec, why = None, None
    try:
        spec = SPEC.validate_python(job.spec)
    except ValidationError as error:  # one such job must not take the others' pages away
        why = unreadable(error)
    return JobView(
        id=job.id,
        kind=job.kind,
        title=job.title,
        spec=spec,
        state=job.state,
        priority=job.priority,
        attempt=job.attempt,
        stop_requested=job.stop_requested,
        worker=job.worker,
        step=job.step,
        total_steps=job.total_steps,
        loss=job.loss,
        steps_per_second=job.steps_per_second,
        error="\n".join(dict.fromkeys(said for said in (job.error, why) if said)) or None,
        result=job.result,
        usage=_usage(job),
        log_worker=job.log_worker,
        log_attempt=job.log_attempt,
        needs=needs,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )

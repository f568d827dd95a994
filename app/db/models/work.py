"""What the machines do: jobs, the workers that hold them, and what they bring back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, word
from app.db.models.studies import StimulusRole


class JobKind(StrEnum):
    """What a job does."""

    TRAIN = "train"
    RENDER = "render"
    SCORE = "score"
    RECOVER = "recover"


class JobState(StrEnum):
    """Where a job stands; moved by ``jobs.store``, ``jobs.claims`` and ``jobs.needs`` alone."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Split(StrEnum):
    """What a photograph is for; never both."""

    TRAIN = "train"
    TEST = "test"


_LIVE = text("state IN ('queued', 'starting', 'running')")


class PhotographSet(Base):
    """A named set of photographs, with what allows their use."""

    __tablename__ = "photograph_sets"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    licence: Mapped[str] = mapped_column(String(200))  # empty: nobody has said
    source: Mapped[str] = mapped_column(String(300))
    added_by: Mapped[str] = mapped_column(String(80))  # the name of an account that may be gone; empty: at the machine
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # its photographs are gone from the list; jobs that used them remain


class Photograph(Base):
    """A photograph of a named set, kept for training or for testing."""

    __tablename__ = "photographs"

    id: Mapped[int] = mapped_column(primary_key=True)
    set_name: Mapped[str] = mapped_column(ForeignKey("photograph_sets.name"))
    name: Mapped[str] = mapped_column(String(200))
    split: Mapped[Split] = mapped_column(word(Split))
    picture_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"))
    source: Mapped[str] = mapped_column(String(300))
    pixels: Mapped[str | None] = mapped_column(String(64))  # their digest: the same in whatever file; None: from before
    group_name: Mapped[str | None] = mapped_column(String(100))  # of the parts of one photograph; None: by the name
    encoded: Mapped[str | None] = mapped_column(String(10))  # how its file was, as JPEG; None: from before
    likeness: Mapped[str | None] = mapped_column(String(64))  # 256 bits, most of them equal where pictures look alike
    thumbnail_digest: Mapped[str | None] = mapped_column(ForeignKey("pictures.digest"))  # None: from before
    __table_args__ = (UniqueConstraint("set_name", "name"), UniqueConstraint("set_name", "picture_digest"))


class Job(Base):
    """One training, rendering, score or recovery; the table is the queue and the only truth."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[JobKind] = mapped_column(word(JobKind))
    title: Mapped[str] = mapped_column(String(200))
    spec: Mapped[dict[str, Any]]
    spec_hash: Mapped[str] = mapped_column(String(64))
    needs_weights: Mapped[str] = mapped_column(Text, default="")  # ids of learned measures in their order, with spaces
    needs_memory: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes of its device; 0: nobody has reckoned
    state: Mapped[JobState] = mapped_column(word(JobState))
    priority: Mapped[int]  # smaller goes first
    attempt: Mapped[int]  # the fence: writes of an older attempt are refused
    idle_attempts: Mapped[int]  # attempts in a row, the present one included, that got no further than those before
    furthest_step: Mapped[int] = mapped_column(default=-1)  # the highest step that any attempt reached
    stop_requested: Mapped[bool]
    worker: Mapped[str | None] = mapped_column(String(120))
    engine_ref: Mapped[str | None] = mapped_column(String(120))  # how the engine finds the process again
    lease_until: Mapped[datetime | None]
    step: Mapped[int]
    total_steps: Mapped[int]
    loss: Mapped[float | None]
    steps_per_second: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    usage: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # how much of its device it used at its latest report
    log: Mapped[str | None] = mapped_column(Text, deferred=True)  # how it ends; None: no attempt has written one
    log_worker: Mapped[str | None] = mapped_column(String(120))  # that brought it here
    log_attempt: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(120))  # on what it last ended, as people call it
    step_ms: Mapped[float | None]  # how long a step took there
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_jobs_state_priority", "state", "priority", "id"),
        Index("ix_jobs_state_demand", "state", "needs_weights", "needs_memory"),
        # pressing Launch twice is one training
        Index("uq_jobs_live_spec_hash", "spec_hash", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )


class JobNeed(Base):
    """A job that must have succeeded before another may start."""

    __tablename__ = "job_needs"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    needs_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


class JobPoint(Base):
    """One point of a job's loss curve."""

    __tablename__ = "job_points"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    loss: Mapped[float]


class JobSample(Base):
    """A crop as a running training restores it at a step, beside what it was given and what it should become."""

    __tablename__ = "job_samples"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the crop; the same at every step
    restored_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"))
    degraded_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"))
    reference_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"))


class Rendering(Base):
    """One picture that a succeeded rendering job brought back."""

    __tablename__ = "renderings"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    task: Mapped[str] = mapped_column(String(80))
    scene: Mapped[str] = mapped_column(String(200))
    condition: Mapped[str] = mapped_column(String(200))
    role: Mapped[StimulusRole] = mapped_column(word(StimulusRole))
    picture_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"))
    origin: Mapped[dict[str, Any]]  # recipe hash, checkpoint, photograph, crop and seed
    __table_args__ = (UniqueConstraint("job_id", "task", "scene", "condition"),)


class Worker(Base):
    """A ``beholder worker`` that has been seen, and the devices it offers."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    devices: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    lease_until: Mapped[datetime]  # it is present until then, and its next heartbeat puts that off
    weights: Mapped[list[str] | None] = mapped_column(JSON)  # ids of the measures whose weights it has at hand
    speeds: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # milliseconds a step, by what it has trained
    memory: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # bytes, free and in all, by device

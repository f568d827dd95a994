"""Which worker is suited to which job: what jobs ask for, what workers bring, and what is left to those who have it.

A worker that lacks what a job needs leaves it to one that is present and has it. Where nobody has, whoever is free
takes the job, as one that is alone does: weights may be fetched, and memory is an estimate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session as Db

from app.catalog import MEASURES
from app.db import Database
from app.db.models import Job, JobState, Worker
from app.db.order import by_code
from app.jobs import cost
from app.jobs.contract import AnySpec, TrainSpec
from app.jobs.present import absence, present
from app.jobs.views import JobView
from app.jobs.weights_at_hand import measures_of


@dataclass(frozen=True, slots=True)
class Demand:
    """What a job asks of whoever takes it."""

    weights: frozenset[str] = frozenset()  # ids of the measures whose weights it needs
    memory: int = 0  # bytes that its device is thought to need; 0: nobody has reckoned

    @property
    def columns(self) -> tuple[str, int]:
        """How a job's row says it."""
        return " ".join(sorted(self.weights)), self.memory


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker brings to one job at a time."""

    weights: frozenset[str]
    memory: int | None  # bytes, of all cards that train together; None: unknown, and taken for enough

    def suffice(self, demand: Demand) -> bool:
        """Whether nothing that the job asks for is missing."""
        return demand.weights <= self.weights and (self.memory is None or demand.memory <= self.memory)


class Waiting:
    """Tells of queued jobs, with the workers that are present when it is made, whom they wait for."""

    def __init__(self, database: Database) -> None:
        with database.read() as db:
            self._brought = brought(db)

    def told(self, spec: AnySpec | None) -> str:
        """``waits for a worker with the weights of lpips (ada)``; ``waits for a device`` where anybody may take it."""
        demand = Demand() if spec is None else demand_of(spec)
        able = dict.fromkeys(name for name, means in self._brought if means.suffice(demand))
        if all(means.suffice(demand) for _, means in self._brought):
            return "waits for a device"
        if able:
            return f"waits for a worker with {self._rare(demand)} ({', '.join(able)})"
        return f"waits for a device; no worker that is present has {self._rare(demand)}"

    def _rare(self, demand: Demand) -> str:
        """What somebody who is present does not have."""
        has_all = frozenset(MEASURES).intersection(*(own.weights for _, own in self._brought))
        lacking = [name for name in MEASURES if name in demand.weights - has_all]
        parts = [f"the weights of {' and '.join(lacking)}"] if lacking else []
        if not all(Means(demand.weights, own.memory).suffice(demand) for _, own in self._brought):
            parts.append(f"about {demand.memory / 1e9:.1f} GB of memory")
        return " and ".join(parts)


def waits_for(database: Database, job: JobView) -> str:
    """What a queued job waits for: another job, any worker, or one with what it needs; empty of any other job."""
    if job.state is not JobState.QUEUED:
        return ""
    unmet = select(Job.id).where(Job.id.in_(job.needs), Job.state != JobState.SUCCEEDED).order_by(Job.id).limit(1)
    with database.read() as db:
        need = db.scalar(unmet)
    nobody = absence(database)
    return f"waits for job {need}" if need else nobody or Waiting(database).told(job.spec)


def demand_of(spec: AnySpec) -> Demand:
    """What a job asks for; only of trainings the memory is reckoned, for one device."""
    weights = frozenset(name for name in measures_of(spec) if MEASURES[name].needs_weights)
    return Demand(weights, cost.memory(spec.recipe).total + cost.PROCESS if isinstance(spec, TrainSpec) else 0)


def means_of(weights: Sequence[str], devices: Sequence[Mapping[str, Any]]) -> list[Means]:
    """What a worker brings to each of its devices, as its heartbeats tell of them."""
    rooms = [(told.get("memory"), told.get("processes", 1)) for told in devices]
    return [Means(frozenset(weights), None if room is None else room * cards) for room, cards in rooms]


def brought(db: Db) -> list[tuple[str, Means]]:
    """What the workers bring that are present and have told, a row for each device with the worker's name."""
    rows = db.execute(
        select(Worker.name, Worker.weights, Worker.memory)
        .where(present(), Worker.weights.is_not(None))
        .order_by(by_code(Worker.name))
    )
    return [
        (name, means)
        for name, weights, memory in rows
        for means in means_of(weights or (), tuple((memory or {}).values()))
    ]


def takes(db: Db, mine: Means) -> ColumnElement[bool]:
    """The condition on a queued job that a worker with these means leaves it to nobody else who is present."""
    others = [means for _, means in brought(db)]
    asked = db.execute(select(Job.needs_weights, Job.needs_memory).where(Job.state == JobState.QUEUED).distinct())
    demands = [Demand(frozenset(weights.split()), memory) for weights, memory in asked]
    ours = [one for one in demands if mine.suffice(one) or not any(other.suffice(one) for other in others)]
    return tuple_(Job.needs_weights, Job.needs_memory).in_([one.columns for one in ours])

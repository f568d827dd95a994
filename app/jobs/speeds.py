"""How fast trainings have been, device by device, and which devices workers offer: what estimates stand on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from app.db import Database
from app.db.models import Job, JobKind, JobState, Worker
from app.jobs import objective
from app.jobs.contract import Recipe, TrainSpec
from app.jobs.machine import Device
from app.jobs.present import present

_LATEST = 2_000  # trainings that are looked at


@dataclass(frozen=True, slots=True)
class Speed:
    """The median of what trainings alike have taken for a step on one device."""

    recipe: Recipe  # of the newest of them
    device: str
    ms: float  # milliseconds a step
    trainings: int

    @property
    def told(self) -> str:
        """What it stands on, in words: ``12.5 ms, median of 3 trainings``."""
        return f"{self.ms:.3g} ms" + (f", median of {self.trainings} trainings" if self.trainings > 1 else "")


def measured(database: Database, device: str | None = None) -> list[Speed]:
    """The speeds of finished trainings, the newest kinds first; of one device where it is named."""
    of_device = [] if device is None else [Job.device == device]
    query = (
        select(Job.spec, Job.device, Job.step_ms)
        .where(Job.kind == JobKind.TRAIN, Job.state == JobState.SUCCEEDED, Job.step_ms.is_not(None), *of_device)
        .order_by(Job.id.desc())
        .limit(_LATEST)
    )
    with database.read() as db:
        rows = [(spec, name, ms) for spec, name, ms in db.execute(query) if name is not None and ms is not None]
    alike = dict[tuple[object, ...], tuple[Recipe, str, list[float]]]()
    for spec, name, ms in rows:
        try:
            recipe = TrainSpec.model_validate(spec).recipe
        except ValidationError:  # another version's; its numbers are of no use here
            continue
        alike.setdefault(_kind(recipe, name), (recipe, name, []))[2].append(ms)
    return [Speed(recipe, name, median(times), len(times)) for recipe, name, times in alike.values()]


def devices_of(database: Database) -> tuple[Device, ...]:
    """What the workers that are present offer, a device for each job that can run at once."""
    query = select(Worker.memory).where(present()).order_by(Worker.name)
    with database.read() as db:
        told = [row for row in db.scalars(query) if row]
    return tuple(found for row in told for found in _devices(row))


def table(speeds: Sequence[Speed]) -> dict[str, Any]:
    """Speeds as a worker reports them: milliseconds a step, by device and by what was trained."""
    told = dict[str, dict[str, float]]()
    for speed in speeds:
        told.setdefault(speed.device, {}).setdefault(_words(speed.recipe), round(speed.ms, 3))
    return told


def _devices(row: Mapping[str, Any]) -> list[Device]:
    try:
        return [Device(**{key: one[key] for key in ("name", "cores", "processes", "memory")}) for one in row.values()]
    except (KeyError, TypeError):  # another version's worker
        return []


def _kind(recipe: Recipe, device: str) -> tuple[object, ...]:
    measures = objective.parse(recipe.objective).measures
    size = recipe.task, recipe.network, recipe.patch, recipe.batch, recipe.precision
    return *size, recipe.ema is None, frozenset(measures), device


def _words(recipe: Recipe) -> str:
    size = f"{recipe.network.channels} × {recipe.network.blocks}, {recipe.batch} × {recipe.patch} px"
    return f"{recipe.task} · {'+'.join(objective.parse(recipe.objective).measures)} · {size} · {recipe.precision}"

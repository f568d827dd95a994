"""Which jobs have used a set's photographs: by the content that their specs name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.db.models import Job, JobKind, JobState
from app.jobs.photograph_sets import photographs


@dataclass(frozen=True, slots=True)
class Use:
    """A job that learns from, or shows, photographs of a set."""

    job: int
    kind: JobKind
    title: str
    state: JobState
    photographs: int  # how many of the set's


def uses(database: Database, set_name: str) -> list[Use]:
    """The jobs that name photographs of the set, the newest first; raises ``UnknownSet``."""
    found = photographs(database, set_name, removed=True)
    mine = {view.digest for view in (*found.train, *found.test)}
    query = select(Job.id, Job.kind, Job.title, Job.state, Job.spec).order_by(Job.id.desc())
    with database.read() as db:
        rows = db.execute(query).all()
    counted = ((row, len(mine & set(digests_in(row.spec)))) for row in rows)
    return [Use(row.id, row.kind, row.title, row.state, count) for row, count in counted if count]


def digests_in(spec: Mapping[str, Any]) -> Iterator[str]:
    """The photographs that a job's spec names, whatever version wrote it."""
    named = [*_listed(spec.get("photographs")), *(_inside(scene) for scene in _listed(spec.get("scenes")))]
    named.append(_inside(spec.get("scene")))
    for one in named:
        if isinstance(one, Mapping) and isinstance(one.get("digest"), str):
            yield one["digest"]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _inside(scene: object) -> object:
    return scene.get("photograph") if isinstance(scene, Mapping) else None

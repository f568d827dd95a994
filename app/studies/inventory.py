"""Which pictures a study has: per task and scene, by condition."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.db.models import Picture, Stimulus, StimulusRole
from app.db.order import by_code
from app.studies import states

REFERENCE, DEGRADED = StimulusRole.REFERENCE.value, StimulusRole.DEGRADED.value


@dataclass(frozen=True, slots=True)
class Shown:
    """One stimulus and its picture."""

    id: int
    task: str
    scene: str
    condition: str
    digest: str
    width: int
    height: int
    job: int | None  # the rendering that made it; None for an ingested file

    @property
    def where(self) -> str:
        """Where it would lie in an ingested folder."""
        return f"{self.task}/{self.condition}/{self.scene}"


@dataclass(frozen=True, slots=True)
class TaskStock:
    """The pictures of one task."""

    task: str
    conditions: tuple[str, ...]
    scenes: tuple[str, ...]
    pictures: dict[tuple[str, str], Shown]  # by scene and condition, "reference" and "degraded" among the conditions

    def pairs(self, scene: str) -> list[tuple[Shown, Shown]]:
        """All pairs of conditions that the scene has, the name that sorts first in front."""
        there = [self.pictures[scene, name] for name in self.conditions if (scene, name) in self.pictures]
        return list(combinations(there, 2))

    def catch_pair(self, scene: str) -> tuple[Shown, Shown] | None:
        """The reference and the degraded input, where the scene has both."""
        reference, degraded = self.pictures.get((scene, REFERENCE)), self.pictures.get((scene, DEGRADED))
        return (reference, degraded) if reference and degraded else None


def read(database: Database, study_id: int) -> tuple[TaskStock, ...]:
    """The study's pictures, task by task; raises ``StudyNotFound``."""
    with database.read() as db:
        states.find(db, study_id)
        return load(db, study_id)


def knows(database: Database, digest: str) -> bool:
    """Whether any picture that was ingested, rendered or taken in has this hash."""
    with database.read() as db:
        return db.get(Picture, digest) is not None


def digests(database: Database, study_id: int) -> set[str]:
    """The hashes of all pictures that the study shows."""
    with database.read() as db:
        return set(db.scalars(select(Stimulus.picture_digest).where(Stimulus.study_id == study_id)))


def load(db: Session, study_id: int) -> tuple[TaskStock, ...]:
    """The study's pictures, task by task."""
    rows = db.execute(
        select(Stimulus, Picture.width, Picture.height)
        .join(Picture, Picture.digest == Stimulus.picture_digest)
        .where(Stimulus.study_id == study_id)
        .order_by(by_code(Stimulus.task), by_code(Stimulus.scene), by_code(Stimulus.condition))
    )
    return stocked(
        Shown(
            row.id, row.task, row.scene, row.condition, row.picture_digest, width, height, (row.origin or {}).get("job")
        )
        for row, width, height in rows
    )


def stocked(pictures: Iterable[Shown]) -> tuple[TaskStock, ...]:
    """The same of pictures that are given, in order of task, scene and condition."""
    tasks = dict[str, dict[tuple[str, str], Shown]]()
    for shown in pictures:
        tasks.setdefault(shown.task, {})[shown.scene, shown.condition] = shown
    return tuple(
        TaskStock(
            task,
            tuple(sorted({name for _, name in pictures} - {REFERENCE, DEGRADED})),
            tuple(sorted({scene for scene, _ in pictures})),
            pictures,
        )
        for task, pictures in tasks.items()
    )

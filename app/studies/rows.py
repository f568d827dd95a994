"""Writing pictures and stimuli: what an ingested folder and a rendering have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db.models import Picture, Stimulus, StimulusRole


@dataclass(frozen=True, slots=True)
class NewStimulus:
    """A picture about to enter a study."""

    task: str
    scene: str
    condition: str
    digest: str
    origin: dict[str, Any] | None

    @property
    def role(self) -> StimulusRole:
        """What the picture is to its scene; two names of conditions are reserved for it."""
        known = {role.value: role for role in (StimulusRole.REFERENCE, StimulusRole.DEGRADED)}
        return known.get(self.condition, StimulusRole.CONDITION)

    @property
    def where(self) -> str:
        """Its place in the study."""
        return f"{self.task}/{self.condition}/{self.scene}"


def keep_picture(db: Session, digest: str, width: int, height: int, size: int) -> None:
    """The picture has a row, whether it had one before or not."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.execute(insert(Picture).values(digest=digest, width=width, height=height, size=size).on_conflict_do_nothing())


def add_stimuli(db: Session, study_id: int, stimuli: Iterable[NewStimulus]) -> tuple[int, list[str]]:
    """How many stimuli are new to the study, and what contradicts those it has: then the caller must roll back."""
    had = {
        (row.task, row.scene, row.condition): row.picture_digest
        for row in db.scalars(select(Stimulus).where(Stimulus.study_id == study_id))
    }
    added, problems = 0, list[str]()
    for new in stimuli:
        before = had.get((new.task, new.scene, new.condition))
        if before is None:
            had[new.task, new.scene, new.condition] = new.digest
            db.add(
                Stimulus(
                    study_id=study_id, task=new.task, scene=new.scene, condition=new.condition, role=new.role,
                    picture_digest=new.digest, origin=new.origin,
                )
            )  # fmt: skip
            added += 1
        elif before != new.digest:
            problems.append(_contradiction(new))
    return added, problems


def _contradiction(new: NewStimulus) -> str:
    if new.role is StimulusRole.CONDITION:
        return f"{new.where} is in the study already, with another picture; a condition can enter once"
    return (
        f"{new.where} is in the study already, with another picture; all conditions of a scene must come from the same "
        f"{'degraded input (render them with one seed)' if new.role is StimulusRole.DEGRADED else 'reference'}"
    )

"""Writing stimuli: what an ingested folder and a rendering have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.db.models import Stimulus, StimulusRole


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


def contradictions(db: Session, study_id: int, stimuli: Iterable[NewStimulus]) -> list[str]:
    """What contradicts the pictures that the study has, before anything is written."""
    had, contrary = _had(db, study_id), dict[StimulusRole, list[NewStimulus]]()
    for new in stimuli:
        if had.get((new.task, new.scene, new.condition), new.digest) != new.digest:
            contrary.setdefault(new.role, []).append(new)
    return [_contradiction(role, found) for role, found in contrary.items()]


def add_stimuli(db: Session, study_id: int, stimuli: Iterable[NewStimulus]) -> tuple[int, list[str]]:
    """How many stimuli are new to the study, and what contradicts those it has: then the caller must roll back.

    Their pictures have rows already. An archive may hold thousands, and nobody votes on SQLite meanwhile: so one
    statement for all.
    """
    had = _had(db, study_id)
    added, contrary = list[dict[str, Any]](), dict[StimulusRole, list[NewStimulus]]()
    for new in stimuli:
        before = had.get((new.task, new.scene, new.condition))
        if before is None:
            had[new.task, new.scene, new.condition] = new.digest
            added.append(
                {
                    "study_id": study_id, "task": new.task, "scene": new.scene, "condition": new.condition,
                    "role": new.role, "picture_digest": new.digest, "origin": new.origin,
                }
            )  # fmt: skip
        elif before != new.digest:
            contrary.setdefault(new.role, []).append(new)
    if added:
        db.execute(insert(Stimulus), added)
    return len(added), [_contradiction(role, found) for role, found in contrary.items()]


def _had(db: Session, study_id: int) -> dict[tuple[str, str, str], str]:
    columns = select(Stimulus.task, Stimulus.scene, Stimulus.condition, Stimulus.picture_digest)
    rows = db.execute(columns.where(Stimulus.study_id == study_id))
    return {(task, scene, condition): digest for task, scene, condition, digest in rows}


def places(found: Sequence[NewStimulus]) -> str:
    """Where the pictures stand, in a few words: the first, and how many more."""
    first, *more = dict.fromkeys(new.where for new in found)
    return f"{first} and {len(more)} more" if more else first


def _contradiction(role: StimulusRole, found: Sequence[NewStimulus]) -> str:
    there = (
        "is in the study already, with another picture"
        if len(found) == 1
        else "are in the study already, with other pictures"
    )
    if role is StimulusRole.CONDITION:
        return f"{places(found)} {there}; a condition can enter once"
    return (
        f"{places(found)} {there}; all conditions of a scene must come from the same "
        f"{'degraded input (render them with one seed)' if role is StimulusRole.DEGRADED else 'reference'}"
    )

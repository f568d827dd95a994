"""Under which objectives the networks were trained whose pictures a study shows."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.db.models import Job, Stimulus, StimulusRole


def objectives(database: Database, study_id: int) -> dict[tuple[str, str], str]:
    """The objective's text by task and condition, of those conditions whose pictures a rendering made."""
    statement = select(Stimulus.task, Stimulus.condition, Stimulus.origin).where(
        Stimulus.study_id == study_id, Stimulus.role == StimulusRole.CONDITION
    )
    with database.read() as db:
        renderings = {
            (task, condition): origin["job"]
            for task, condition, origin in db.execute(statement)
            if origin and "job" in origin
        }
        trainings = {job: spec["training"] for job, spec in _specs(db, {*renderings.values()}).items()}
        recipes = {job: spec["recipe"] for job, spec in _specs(db, {*trainings.values()}).items()}
    return {
        place: recipes[trainings[job]]["objective"]
        for place, job in renderings.items()
        if job in trainings and trainings[job] in recipes
    }


def _specs(db: Session, jobs: set[int]) -> dict[int, dict[str, Any]]:
    found = db.execute(select(Job.id, Job.spec).where(Job.id.in_(jobs)))
    return {number: dict(spec) for number, spec in found}

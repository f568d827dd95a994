"""A score, after a look at the rendering whose pictures it is about."""

from pydantic import ValidationError
from sqlalchemy import select

from app.catalog import MEASURES
from app.db import Database
from app.db.models import Job, JobKind, JobNeed, JobState
from app.errors import BadInput
from app.jobs import views
from app.jobs.contract import RenderSpec, ScoreSpec


class NotARendering(BadInput):
    """Only a rendering has pictures that could be scored."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"Job {job_id} is no rendering, so it has no pictures to score", "name a rendering")


class ScenesTooSmall(BadInput):
    """A measure is not defined on pictures as small as the rendering's."""

    def __init__(self, job_id: int, side: int, measures: dict[str, int]) -> None:
        told = ", ".join(f"{name} needs {smallest} px" for name, smallest in measures.items())
        super().__init__(
            f"The pictures of rendering {job_id} have sides of {side} px: {told}",
            "leave these measures out, or render larger scenes",
        )


def title_of(database: Database, spec: ScoreSpec) -> str:
    """What a score of this rendering is called, where it can be launched.

    Raises
    ------
    JobNotFound, NotARendering, ScenesTooSmall
    """
    rendering = views.get(database, spec.rendering)
    if not isinstance(rendering.spec, RenderSpec):
        raise NotARendering(spec.rendering)
    side = min(min(scene.width, scene.height) for scene in rendering.spec.scenes)
    small = {name: MEASURES[name].smallest_side for name in spec.measures if MEASURES[name].smallest_side > side}
    if small:
        raise ScenesTooSmall(spec.rendering, side, small)
    return f"{rendering.spec.task} · {rendering.spec.condition} · scores"


def covering(database: Database, spec: ScoreSpec) -> tuple[int, JobState] | None:
    """A score that says all of this and perhaps more, and where it stands: the best that is done or live; None without.

    What a launch scores with depends on the weights that are at hand in that moment. Launched again after a worker has
    gone home, it finds what was scored while the worker was there.
    """
    query = (
        select(Job.id, Job.state, Job.spec)
        .join(JobNeed, JobNeed.job_id == Job.id)
        .where(JobNeed.needs_id == spec.rendering, Job.kind == JobKind.SCORE)
        .where(Job.state.in_((*views.LIVE, JobState.SUCCEEDED)))
        .order_by((Job.state == JobState.SUCCEEDED).desc(), Job.id.desc())
    )
    with database.read() as db:
        rows = db.execute(query).all()
    return next(((row.id, row.state) for row in rows if _covers(row.spec, spec)), None)


def _covers(content: object, spec: ScoreSpec) -> bool:
    try:
        other = ScoreSpec.model_validate(content)
    except ValidationError:  # another version's
        return False
    same = other.rendering == spec.rendering and other.replace == spec.replace
    return same and set(spec.columns) <= set(other.columns) and spec.degraded <= other.degraded

"""Launches one score, after a look at the rendering whose pictures it is about."""

from app.catalog import MEASURES
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.errors import BadInput
from app.jobs import views
from app.jobs.contract import RenderSpec, ScoreSpec
from app.jobs.store import Launched, find_or_launch


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


def launch_score(
    database: Database, spec: ScoreSpec, *, title: str = "", priority: int = 100, revive: bool = False,
    by: Actor = AT_THE_MACHINE,
) -> Launched:  # fmt: skip
    """The job that scores this rendering's pictures: one that is live or has succeeded, otherwise a new one.

    With ``revive`` one that ended badly is queued again instead.

    Raises
    ------
    JobNotFound, NotARendering, ScenesTooSmall, NeedEndedBadly
        Nothing has been launched.
    """
    rendering = views.get(database, spec.rendering)
    if not isinstance(rendering.spec, RenderSpec):
        raise NotARendering(spec.rendering)
    side = min(min(scene.width, scene.height) for scene in rendering.spec.scenes)
    small = {name: MEASURES[name].smallest_side for name in spec.measures if MEASURES[name].smallest_side > side}
    if small:
        raise ScenesTooSmall(spec.rendering, side, small)
    named = title or f"{rendering.spec.task} · {rendering.spec.condition} · scores"
    return find_or_launch(database, spec, title=named[:200], priority=priority, revive=revive, by=by)

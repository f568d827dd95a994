"""What somebody must ask for to launch a recovery, a rendering or a score again, with a part of it changed."""

from collections import Counter

from app.catalog import MEASURES
from app.db import Database
from app.db.models import Split
from app.errors import BadInput
from app.jobs import views
from app.jobs.asked import ScoreWish, Wish
from app.jobs.contract import RecoverSpec, RenderSpec, ScoreSpec
from app.jobs.likeness import PhotographsGone
from app.jobs.photograph_sets import holder, parts, photographs, sets
from app.jobs.recovery import Screening
from app.jobs.rendering import RenderingWish
from app.jobs.scenes import SceneWish
from app.jobs.views import JobView


class OtherKind(BadInput):
    """The job is of another kind than what is to be launched like it."""

    def __init__(self, job: JobView) -> None:
        told = {"train": "a training", "render": "a rendering", "score": "a score", "recover": "a recovery"}
        super().__init__(
            f"Job {job.id} ({job.title}) is {told[job.kind.value]}", "launch it again from its own page"
        )  # fmt: skip


def wish_like(database: Database, job_id: int) -> Wish:
    """What has to be asked for to get this very job.

    Raises
    ------
    JobNotFound, OtherKind
        There is no such job, or it is a training, which ``likeness`` knows.
    PhotographsGone
        No set has its photographs any more.
    """
    job = views.get(database, job_id)
    match job.spec:
        case RecoverSpec():
            return _recovery(database, job, job.spec)
        case RenderSpec():
            return _rendering(database, job, job.spec)
        case ScoreSpec():
            spec = job.spec
            return ScoreWish((spec.rendering,), spec.measures, spec.forms, spec.degraded, spec.replace)
        case _:
            raise OtherKind(job)


def _recovery(database: Database, job: JobView, spec: RecoverSpec) -> Screening:
    scene, photograph = spec.scene, spec.scene.photograph
    listed = next((one.id for one in MEASURES.values() if one.objective == spec.objective), None)
    name, view = next(
        (
            (name, one)
            for name, _, _ in sets(database)
            for taken in (photographs(database, name),)
            for one in (*taken.test, *taken.train)
            if one.digest == photograph.digest
        ),
        (None, None),
    )
    if name is None or view is None:
        raise PhotographsGone(job)
    middle = (view.width - scene.width) // 2, (view.height - scene.height) // 2
    return Screening(
        photograph_set=name,
        photograph=view.name,
        measures=() if listed is None else (listed,),
        starts=(spec.start,),
        side=scene.width,
        quality=spec.quality,
        steps=spec.steps,
        seed=spec.seed,
        objectives=(spec.objective,) if listed is None else (),
        corner=None if (scene.left, scene.top) == middle else (scene.left, scene.top),
        learning_rate=spec.learning_rate,
        halve_every=spec.halve_every,
        lowest_rate=spec.lowest_rate,
    )


def _rendering(database: Database, job: JobView, spec: RenderSpec) -> RenderingWish:
    wanted = {scene.photograph.digest for scene in spec.scenes}
    found = holder(parts(database, Split.TEST), wanted)
    if found is None:
        raise PhotographsGone(job)
    each = Counter(scene.photograph.digest for scene in spec.scenes)
    even = len(set(each.values())) == 1 and found.digests == wanted
    wish = SceneWish(
        spec.scenes[0].width,
        altogether=None if even else len(spec.scenes),
        per_photograph=max(each.values()) if even else None,
    )
    return RenderingWish(
        photograph_set=found.name, training=spec.training, task=spec.task if spec.baseline else "",
        baseline=spec.baseline or "", scenes=wish, seed=spec.seed,
    )  # fmt: skip

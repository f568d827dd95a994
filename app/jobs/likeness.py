"""What somebody must ask for to launch a training again, so that they can change a part of it first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.db import Database
from app.db.models import Split
from app.errors import BadInput, Conflict
from app.jobs import views
from app.jobs.contract import Recipe, RenderSpec, TrainSpec
from app.jobs.photograph_sets import holder, parts
from app.jobs.recipe_keys import differing, nearest, written
from app.jobs.views import JobView


class NotATraining(BadInput):
    """Only trainings are launched again with changes."""

    def __init__(self, job_id: int) -> None:
        super().__init__(
            f"Job {job_id} is no training, so there is no recipe to change", "open the training that it belongs to"
        )


class PhotographsGone(Conflict):
    """No set holds what the training learned from any more."""

    def __init__(self, job: JobView) -> None:
        super().__init__(
            f"The photographs that job {job.id} ({job.title}) learned from are in no set any more: theirs was removed, "
            "or has changed since",
            "bring them in again, or launch trainings on another set",
        )


@dataclass(frozen=True, slots=True)
class Likeness:
    """A training as a launch of its own would ask for it."""

    task: str
    objective: str
    preset: str
    photograph_set: str
    seed: int
    first_stage: Mapping[str, Any]  # keys in which it differs from the preset
    second_stage: Mapping[str, Any]
    scene_side: int | None  # pixels; None where nothing was rendered
    scenes_per_photograph: int


def likeness(database: Database, job_id: int) -> Likeness:
    """What the launch form has to say for this training.

    Raises
    ------
    JobNotFound, NotATraining, PhotographsGone
        There is no such training, or it can no longer be had.
    """
    job = views.get(database, job_id)
    if not isinstance(job.spec, TrainSpec):
        raise NotATraining(job_id)
    recipe, first = job.spec.recipe, _first(database, job.spec)
    preset = nearest(first, 1)
    rendering = views.rendering_of(database, job)
    scenes = rendering.spec.scenes if rendering and isinstance(rendering.spec, RenderSpec) else ()
    return Likeness(
        task=recipe.task,
        objective=recipe.objective,
        preset=preset,
        photograph_set=_set_of(database, job, {photograph.digest for photograph in job.spec.photographs}),
        seed=recipe.seed,
        first_stage=differing(first, preset, 1),
        second_stage={} if job.spec.start_from is None else differing(recipe, preset, 2),
        scene_side=scenes[0].width if scenes else None,
        scenes_per_photograph=max(Counter(scene.photograph.digest for scene in scenes).values(), default=1),
    )


def as_file(found: Likeness) -> str:
    """A training as ``beholder matrix`` reads it: to be changed, and launched again."""
    stages = {"first_stage": found.first_stage, "second_stage": found.second_stage}
    lines = [
        f"preset: {found.preset}",
        f"tasks: [{found.task}]",
        f'objectives: ["{found.objective}"]',
        f'set: "{found.photograph_set}"',
        f"seed: {found.seed}",
    ]
    if found.scene_side is not None:
        lines.append(f"scenes: {{side: {found.scene_side}, per_photograph: {found.scenes_per_photograph}}}")
    for name, keys in stages.items():
        lines += [f"{name}:", *(f"  {line}" for line in written(keys).splitlines())] if keys else []
    return "\n".join(lines) + "\n"


def _first(database: Database, spec: TrainSpec) -> Recipe:
    before = None if spec.start_from is None else views.get(database, spec.start_from).spec
    return before.recipe if isinstance(before, TrainSpec) else spec.recipe


def grown(database: Database, job: JobView) -> str:
    """A caution where the set that holds a job's photographs has more by now; empty where it has these alone."""
    if isinstance(job.spec, TrainSpec):
        split, wanted, did = Split.TRAIN, {one.digest for one in job.spec.photographs}, "learned from"
    elif isinstance(job.spec, RenderSpec):
        split, wanted, did = Split.TEST, {scene.photograph.digest for scene in job.spec.scenes}, "showed scenes of"
    else:
        return ""
    found = holder(parts(database, split), wanted)
    if found is None or found.digests == wanted:
        return ""
    return (
        f"Job {job.id} {did} {len(wanted)} of the {len(found.digests)} photographs that {found.name} keeps for "
        f"{split.value}ing by now: what is launched again takes them all, and cannot be compared with it."
    )


def _set_of(database: Database, job: JobView, wanted: set[str]) -> str:
    found = holder(parts(database, Split.TRAIN), wanted)
    if found is None:
        raise PhotographsGone(job)
    return found.name

"""Launches one rendering: of a training's network or of a baseline, on scenes of a set of photographs."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from app.catalog import baseline as known_baseline
from app.catalog import task as known_task
from app.db import Database
from app.db.models import Photograph, PhotographSet, Picture, Split
from app.errors import BadInput
from app.jobs import objective, views
from app.jobs.contract import RenderSpec, SceneRef, TrainSpec
from app.jobs.photograph_sets import photographs
from app.jobs.scenes import SceneWish, cut_out

_LONGEST_NAME = 200  # characters
_TAKEN = ("reference", "degraded")


class BadRendering(BadInput):
    """The rendering cannot be launched, and was not."""


class NotToJudgeOn(BadInput):
    """No set keeps this photograph for testing."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No set has the photograph {name[:200]!r} for testing, with this content",
            "name photographs as the list of their set does; networks are not judged on what is there to learn from",
        )


@dataclass(frozen=True, slots=True)
class RenderingWish:
    """What is rendered: by the network of a training, or as a baseline of a task; and the scenes, cut as asked."""

    photograph_set: str
    training: int | None = None
    task: str = ""  # of the baseline
    baseline: str = ""
    scenes: SceneWish = field(default_factory=SceneWish)
    seed: int = 0


def rendering_of(database: Database, wish: RenderingWish) -> RenderSpec:
    """The job that the wish stands for; nothing is written.

    Raises
    ------
    JobNotFound, UnknownTask, UnknownBaseline, UnknownSet, PhotographTooSmall, BadRendering
    """
    if (wish.training is None) == (not wish.baseline):
        raise BadRendering("Neither a training nor a baseline is named, or both are", "name one of them")
    if wish.training is None:
        task, condition = known_task(wish.task).id, known_baseline(wish.task, wish.baseline).id
    else:
        recipe = _training(database, wish.training).recipe
        task, condition = recipe.task, objective.parse(recipe.objective).name
    taken = photographs(database, wish.photograph_set)
    if not taken.test:
        raise BadRendering(f"The set {wish.photograph_set!r} has no photographs for testing", "choose another set")
    multiple, asked = known_task(task).multiple, wish.scenes
    if (asked.side is not None and asked.side < multiple) or (asked.per_photograph or 1) < 1:
        raise BadRendering(f"{task} needs scenes of at least {multiple} px", "choose a larger side")
    return RenderSpec(
        task=task, condition=condition, training=wish.training, baseline=wish.baseline or None,
        scenes=tuple(cut_out(taken.test, asked, multiple)), seed=wish.seed,
    )  # fmt: skip


def title_of(database: Database, spec: RenderSpec) -> str:
    """What the rendering is called, where it can be launched.

    Raises
    ------
    JobNotFound, BadRendering, NotToJudgeOn
    """
    if spec.training is not None and (trained := _training(database, spec.training).recipe.task) != spec.task:
        raise BadRendering(
            f"Job {spec.training} is trained for {trained}, not for {spec.task}", "name another training"
        )
    _require_names(spec)
    names = Counter(scene.name for scene in spec.scenes)
    twice = [name for name, number in names.items() if number > 1]
    if twice:
        raise BadRendering(f"Two scenes are called {twice[0][:200]!r}", "give each a name of its own")
    multiple = known_task(spec.task).multiple
    sizes = _sizes(database, {scene.photograph.digest for scene in spec.scenes})
    for scene in spec.scenes:
        _check(scene, sizes, multiple)
    what = "baseline" if spec.baseline else "pictures"
    return f"{spec.task} · {spec.condition} · {what}"[:200]


def _training(database: Database, job_id: int) -> TrainSpec:
    spec = views.get(database, job_id).spec
    if not isinstance(spec, TrainSpec):
        raise BadRendering(f"Job {job_id} is no training, so it has no network to render with", "name a training")
    return spec


def _sizes(database: Database, digests: set[str]) -> dict[str, tuple[int, int]]:
    query = (
        select(Picture.digest, Picture.width, Picture.height)
        .join(Photograph, Photograph.picture_digest == Picture.digest)
        .join(PhotographSet, PhotographSet.name == Photograph.set_name)
        .where(Picture.digest.in_(digests), Photograph.split == Split.TEST, PhotographSet.removed_at.is_(None))
    )
    with database.read() as db:
        return {digest: (width, height) for digest, width, height in db.execute(query)}


def _require_names(spec: RenderSpec) -> None:
    """Nothing, where a study, its tables and its archive can hold the names: those of a folder of pictures are such."""
    for name in (spec.condition, *(scene.name for scene in spec.scenes)):
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable() or name != name.strip() or name[0] == ".":
            raise BadRendering(
                f"{name[:60]!r} is no name for a condition or a scene",
                f"use 1 to {_LONGEST_NAME} printable characters, without outer spaces and without a dot at the front",
            )
    if spec.condition in _TAKEN:
        raise BadRendering(
            f"A condition cannot be called {spec.condition!r}: that is what the picture beside it is",
            "choose another name for it",
        )


def _check(scene: SceneRef, sizes: dict[str, tuple[int, int]], multiple: int) -> None:
    if scene.photograph.digest not in sizes:
        raise NotToJudgeOn(scene.photograph.name)
    width, height = sizes[scene.photograph.digest]
    if scene.left + scene.width > width or scene.top + scene.height > height:
        raise BadRendering(
            f"The scene {scene.name[:200]!r} reaches beyond its photograph of {width}×{height} px", "cut a smaller one"
        )
    if scene.width % multiple or scene.height % multiple:
        raise BadRendering(
            f"The scene {scene.name[:200]!r} has {scene.width}×{scene.height} px",
            f"choose sides that can be divided by {multiple}",
        )

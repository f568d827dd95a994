"""What recoveries are asked for: the screening of many measures on one photograph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError
from sqlalchemy import select

from app.catalog import MEASURES, measure
from app.db import Database
from app.db.models import Photograph, PhotographSet, Picture
from app.errors import BadInput
from app.jobs import objective
from app.jobs.contract import PUBLISHED_RECOVERY, RecoverSpec, SceneRef
from app.jobs.photograph_sets import PhotographView, photographs
from app.jobs.scenes import scenes_of

Start = Literal["noise", "jpeg"]
STARTS: tuple[Start, ...] = ("noise", "jpeg")
WEIGHT_FREE = tuple(known.id for known in MEASURES.values() if not known.needs_weights)


class PhotographNotKept(BadInput):
    """No set has this photograph."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No set has the photograph {name[:200]!r} with this content",
            "name photographs as the list of their set does; those of a set that was removed are back when it is",
        )


class SceneBeyond(BadInput):
    """A scene reaches beyond its photograph."""

    def __init__(self, scene: SceneRef, width: int, height: int) -> None:
        super().__init__(
            f"The scene {scene.name[:200]!r} reaches to ({scene.left + scene.width}, {scene.top + scene.height}), and "
            f"its photograph is {width}×{height} px",
            "choose a smaller part, or another place",
        )


class BadScreening(BadInput):
    """The screening cannot be launched, and nothing of it was."""


@dataclass(frozen=True, slots=True)
class Screening:
    """What is followed, where from, and on which part of which photograph."""

    photograph_set: str
    photograph: str
    measures: Sequence[str] = WEIGHT_FREE
    starts: Sequence[Start] = STARTS
    side: int = 256  # pixels of the square that is cut from the photograph
    quality: int = PUBLISHED_RECOVERY.quality
    steps: int = PUBLISHED_RECOVERY.steps
    seed: int = 0
    objectives: Sequence[str] = ()  # sums of measures that are followed besides
    corner: tuple[int, int] | None = None  # where the square begins, from the left and from above; None: in the middle
    learning_rate: float = PUBLISHED_RECOVERY.learning_rate
    halve_every: int = PUBLISHED_RECOVERY.halve_every
    lowest_rate: float = PUBLISHED_RECOVERY.lowest_rate


def title_of(database: Database, spec: RecoverSpec) -> str:
    """What the recovery is called, where it can be launched.

    Raises
    ------
    PhotographNotKept, SceneBeyond
    """
    width, height = _size(database, spec.scene)
    if spec.scene.left + spec.scene.width > width or spec.scene.top + spec.scene.height > height:
        raise SceneBeyond(spec.scene, width, height)
    return f"{spec.scene.name} · {objective.parse(spec.objective).name} · from {spec.start}"[:200]


def screening_of(database: Database, wish: Screening) -> dict[tuple[str, Start], RecoverSpec]:
    """The recoveries that the wish stands for, by objective's name and start; nothing is written.

    Raises
    ------
    UnknownMeasure, BadObjective, UnknownSet, PhotographNotKept, PhotographTooSmall, BadScreening, SceneBeyond
    """
    if not (wish.measures or wish.objectives) or not wish.starts:
        raise BadScreening("A screening needs at least one measure and one start", "choose one of each")
    if wish.side < 1:
        raise BadScreening(f"A square of {wish.side} px is none", "choose a larger side")
    scene = _scene(database, wish)
    texts = {name: measure(name).objective for name in wish.measures}
    texts |= {objective.parse(text).name: text for text in wish.objectives}
    return {
        (name, start): _spec(wish, scene, text, start)
        for name, text in texts.items()
        for start in dict.fromkeys(wish.starts)
    }


def _scene(database: Database, wish: Screening) -> SceneRef:
    view = _photograph(database, wish)
    (scene,) = scenes_of(view, wish.side, 1)
    if wish.corner is None:
        return scene
    left, top = wish.corner
    if left < 0 or top < 0:
        raise BadScreening(f"No picture has a place ({left}, {top})", "count from the upper left corner, from 0")
    placed = scene.model_copy(update={"left": left, "top": top})
    if left + wish.side > view.width or top + wish.side > view.height:
        raise SceneBeyond(placed, view.width, view.height)
    return placed


def _spec(wish: Screening, scene: SceneRef, text: str, start: Start) -> RecoverSpec:
    try:
        return RecoverSpec(
            objective=text, scene=scene, start=start, quality=wish.quality, steps=wish.steps, seed=wish.seed,
            learning_rate=wish.learning_rate, halve_every=wish.halve_every, lowest_rate=wish.lowest_rate,
        )  # fmt: skip
    except ValidationError as error:
        reasons = "; ".join(problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        raise BadScreening(f"The screening does not suit {text!r} ({reasons})", "change it and try again") from None


def _photograph(database: Database, wish: Screening) -> PhotographView:
    taken = photographs(database, wish.photograph_set)
    for view in (*taken.train, *taken.test):
        if view.name == wish.photograph:
            return view
    raise PhotographNotKept(wish.photograph)


def _size(database: Database, scene: SceneRef) -> tuple[int, int]:
    """The width and height of the scene's photograph, which a set must have."""
    query = (
        select(Picture.width, Picture.height)
        .join(Photograph, Photograph.picture_digest == Picture.digest)
        .join(PhotographSet, PhotographSet.name == Photograph.set_name)
        .where(Picture.digest == scene.photograph.digest, PhotographSet.removed_at.is_(None))
        .limit(1)
    )
    with database.read() as db:
        row = db.execute(query).one_or_none()
    if row is None:
        raise PhotographNotKept(scene.photograph.name)
    return row.width, row.height

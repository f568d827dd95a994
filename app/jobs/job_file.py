"""Recoveries, renderings and scores as people write them: a YAML file that says one wish, checked to the last key."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app import strict_yaml
from app.errors import BadInput
from app.jobs.asked import ScoreWish, Wish
from app.jobs.contract import PUBLISHED_RECOVERY, Form
from app.jobs.recovery import STARTS, WEIGHT_FREE, Screening, Start
from app.jobs.rendering import RenderingWish
from app.jobs.scenes import SceneWish


class BadJobFile(BadInput):
    """The file says something that no job can be made of."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_Numbers = Annotated[int, Field(ge=1, le=2**31 - 1)]
_Seed = Annotated[int, Field(ge=0, lt=2**31)]


class AskedRecoveries(_Part):
    """Recoveries of one part of a photograph."""

    kind: Literal["recover"]
    set: str
    photograph: str
    measures: tuple[str, ...] | None = None
    objectives: tuple[str, ...] = ()
    starts: tuple[Start, ...] = STARTS
    side: int = Field(256, ge=1, le=4096)
    left: int | None = None
    top: int | None = None
    quality: int = Field(PUBLISHED_RECOVERY.quality, ge=1, le=95)
    steps: _Numbers = PUBLISHED_RECOVERY.steps
    learning_rate: float = Field(PUBLISHED_RECOVERY.learning_rate, gt=0, le=1)
    halve_every: _Numbers = PUBLISHED_RECOVERY.halve_every
    lowest_rate: float = Field(PUBLISHED_RECOVERY.lowest_rate, gt=0, le=1)
    seed: _Seed = 0

    @property
    def wish(self) -> Screening:
        """The same as it is launched."""
        own = () if self.objectives else WEIGHT_FREE
        placed = self.left is not None or self.top is not None
        return Screening(
            self.set, self.photograph, own if self.measures is None else self.measures, self.starts, self.side,
            self.quality, self.steps, self.seed, self.objectives,
            (self.left or 0, self.top or 0) if placed else None,
            self.learning_rate, self.halve_every, self.lowest_rate,
        )  # fmt: skip


class AskedRendering(_Part):
    """The rendering of a training's network, or of a baseline."""

    kind: Literal["render"]
    set: str
    training: _Numbers | None = None
    task: str = ""
    baseline: str = ""
    side: int | None = Field(None, ge=1, le=100_000)
    altogether: int | None = Field(None, ge=1)
    per_photograph: int | None = Field(None, ge=1)
    seed: _Seed = 0

    @property
    def wish(self) -> RenderingWish:
        """The same as it is launched."""
        scenes = SceneWish(self.side, self.altogether, self.per_photograph)
        return RenderingWish(self.set, self.training, self.task, self.baseline, scenes, self.seed)


class AskedScores(_Part):
    """Scores of renderings."""

    kind: Literal["score"]
    renderings: tuple[_Numbers, ...] = Field(min_length=1)
    measures: tuple[str, ...] = Field(min_length=1)
    forms: tuple[Form, ...] = Field(("rgb",), min_length=1)
    degraded: bool = True
    replace: bool = False

    @property
    def wish(self) -> ScoreWish:
        """The same as it is launched."""
        return ScoreWish(self.renderings, self.measures, self.forms, self.degraded, self.replace)


_KINDS: dict[str, type[AskedRecoveries] | type[AskedRendering] | type[AskedScores]] = {
    "recover": AskedRecoveries, "render": AskedRendering, "score": AskedScores,
}  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SORT = strict_yaml.Sort("job", BadJobFile, "write lines such as 'kind: score' and 'measures: [psnr]'")


def read(path: Path) -> Wish:
    """What the file asks for.

    Raises
    ------
    BadJobFile
        The file is missing, is not YAML, or has an unknown key or an impossible value; the message names it.
    """
    content, source = strict_yaml.read(path, _SORT)
    asked = _KINDS.get(str(content.get("kind")))
    if asked is None:
        source.refuse(f"kind: is {content.get('kind')!r}", f"choose one of {', '.join(_KINDS)}", "kind")
    source.require_keys(content, tuple(asked.model_fields))
    try:
        return TypeAdapter(asked).validate_python(content).wish
    except ValidationError as error:
        raise source.misfit(error, "correct that in the file") from None


def written(wish: Wish) -> str:
    """The file that asks for this: to be changed, and launched."""
    return "".join(f"{key}: {_value(value)}\n" for key, value in _lines(wish))


def _lines(wish: Wish) -> Iterator[tuple[str, Any]]:
    match wish:
        case Screening():
            yield from (("kind", "recover"), ("set", wish.photograph_set), ("photograph", wish.photograph))
            yield from (("measures", list(wish.measures)), ("objectives", list(wish.objectives)))
            yield from (("starts", list(wish.starts)), ("side", wish.side))
            if wish.corner is not None:
                yield from (("left", wish.corner[0]), ("top", wish.corner[1]))
            for key in ("quality", "steps", "learning_rate", "halve_every", "lowest_rate", "seed"):
                yield key, getattr(wish, key)
        case RenderingWish():
            yield from (("kind", "render"), ("set", wish.photograph_set))
            yield from _said(training=wish.training, task=wish.task, baseline=wish.baseline)
            scenes = wish.scenes
            yield from _said(side=scenes.side, altogether=scenes.altogether, per_photograph=scenes.per_photograph)
            yield "seed", wish.seed
        case ScoreWish():
            yield from (("kind", "score"), ("renderings", list(wish.renderings)), ("measures", list(wish.measures)))
            yield from (("forms", list(wish.forms)), ("degraded", wish.degraded), ("replace", wish.replace))


def _said(**keys: Any) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in keys.items() if value not in (None, ""))


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and not strict_yaml.needs_quotes(value) else json.dumps(value)
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)

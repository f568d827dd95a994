"""Matrices as people write them: a YAML file that says the whole experiment, checked to the last key."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app import strict_yaml
from app.catalog import measure, task
from app.errors import BadInput
from app.jobs import objective as grammar
from app.jobs.contract import Network
from app.jobs.matrix_plan import Changes, MatrixWish, Scores
from app.jobs.recipe_keys import KEYS
from app.jobs.scenes import SceneWish
from app.strict_yaml import Place, Source

PACKAGED = "packaged"
_OBJECTIVES = ("mae", "1 - ms_ssim", "gmsd")
_NESTED = {"first_stage": KEYS, "second_stage": KEYS}


class BadMatrixFile(BadInput):
    """The file says something that no matrix can be made of."""


_SORT = strict_yaml.Sort(
    "matrix", BadMatrixFile, "write lines such as 'tasks: [denoise]' and 'objectives: [mae, gmsd]'"
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedScenes(_Part):
    """How the scenes are to be cut; what is left open follows from the photographs."""

    side: int | None = Field(None, ge=16, le=100_000)
    altogether: int | None = Field(None, ge=1)
    per_photograph: int | None = Field(None, ge=1)

    @property
    def wish(self) -> SceneWish:
        """The same for whoever cuts them."""
        return SceneWish(self.side, self.altogether, self.per_photograph)


class AskedObjective(_Part):
    """An objective, with what its second stage needs that others do not."""

    objective: str
    changes: dict[str, Any] = {}

    @field_validator("objective")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return grammar.parse(value).text


class MatrixFile(_Part):
    """Everything that a matrix is: what is trained, on which photographs, and how the results are scored."""

    preset: str = "tiny"
    tasks: tuple[str, ...] = Field(("denoise", "superres"), min_length=1)
    objectives: tuple[AskedObjective, ...] = Field(
        tuple(AskedObjective(objective=text) for text in _OBJECTIVES), min_length=1
    )
    first_stage: dict[str, Any] = {}
    second_stage: dict[str, Any] = {}
    photographs: str | None = None  # a folder, or packaged; where only a set is named, what it holds already
    set: str | None = None
    test: tuple[str, ...] | None = Field(None, min_length=1)
    scenes: AskedScenes = AskedScenes()
    seed: int = Field(0, ge=0, lt=2**31)
    measures: tuple[str, ...] | None = Field(None, min_length=1)
    forms: tuple[Literal["rgb", "y"], ...] = Field(("rgb",), min_length=1)
    baselines: bool = True  # rendered beside the conditions; no network is theirs, so they have no cell

    @field_validator("tasks")
    @classmethod
    def _known_tasks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(task(name).id for name in value))

    @field_validator("measures")
    @classmethod
    def _known_measures(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if value is None else tuple(measure(name).id for name in value)

    @field_validator("forms")
    @classmethod
    def _with_rgb(cls, value: tuple[Literal["rgb", "y"], ...]) -> tuple[Literal["rgb", "y"], ...]:
        if "rgb" not in value:
            raise ValueError("'rgb' must be among them, because networks learn from all channels")
        return value

    @property
    def scores(self) -> Scores:
        """What scores the results."""
        return Scores.of([one.objective for one in self.objectives], self.measures, self.forms, diagonal=True)

    def wish(self, photograph_set: str) -> MatrixWish:
        """The same as it is launched, on the photographs of that set."""
        return MatrixWish(
            tasks=self.tasks,
            objectives=[one.objective for one in self.objectives],
            preset=self.preset,
            photograph_set=photograph_set,
            scenes=self.scenes.wish,
            seed=self.seed,
            changes=self.changes,
            scores=self.scores,
            baselines=self.baselines,
        )

    @property
    def changes(self) -> Changes:
        """What replaces the preset's keys."""
        own = {grammar.parse(one.objective).name: one.changes for one in self.objectives if one.changes}
        return Changes(self.first_stage, self.second_stage, own)


def read(path: Path, overrides: Mapping[str, Any] = MappingProxyType({})) -> MatrixFile:
    """The matrix in a YAML file, with the keys of ``overrides`` instead of its own; its paths begin where it lies.

    Raises
    ------
    BadMatrixFile
        The file is missing, is not YAML, or has an unknown key or an impossible value; the message names it.
    UnknownTask, UnknownMeasure, BadObjective
        A value names something that does not exist.
    """
    content, source = strict_yaml.read(path, _SORT)
    photographs = content.get("photographs")
    if isinstance(photographs, str) and photographs != PACKAGED:
        content["photographs"] = str(path.parent / photographs)
    return matrix_of(overridden(content, overrides), str(path), source.lines)


def overridden(content: Mapping[Any, Any], overrides: Mapping[str, Any]) -> dict[Any, Any]:
    """The content with what ``overrides`` says instead; of the scenes key by key."""
    whole = {**content, **overrides}
    if isinstance(content.get("scenes"), dict) and "scenes" in overrides:
        whole["scenes"] = content["scenes"] | overrides["scenes"]
    return whole


def matrix_of(content: Mapping[Any, Any], where: str, lines: Mapping[Place, int] = MappingProxyType({})) -> MatrixFile:
    """The matrix that a mapping stands for; ``where`` begins every complaint, with a line where they are known."""
    source = Source(where, BadMatrixFile, lines)
    source.require_keys(content, tuple(MatrixFile.model_fields))
    for key, keys in {**_NESTED, "scenes": tuple(AskedScenes.model_fields)}.items():
        if isinstance(content.get(key), dict):
            _known_stage(content[key], keys, source, key)
    whole = dict(content)
    if isinstance(whole.get("objectives"), list):
        whole["objectives"] = [_objective(one, source, number) for number, one in enumerate(whole["objectives"])]
    try:
        found = MatrixFile.model_validate(whole)
    except ValidationError as error:
        raise source.misfit(error, "correct that in the file") from None
    if found.scenes.altogether and found.scenes.per_photograph:
        source.refuse(
            "scenes: 'altogether' and 'per_photograph' say the same thing twice", "take one of them out", "scenes"
        )
    return found


def _objective(asked: object, source: Source, number: int) -> object:
    """An objective alone, or a mapping with the keys of its second stage beside it."""
    if isinstance(asked, str):
        return {"objective": asked}
    if not isinstance(asked, dict):
        return asked
    place = ("objectives", number)
    _known_stage(asked, ("objective", *KEYS), source, *place)
    if "objective" not in asked:
        source.refuse(
            f"objectives: {asked} does not say which objective it is about", "write 'objective: …' beside it", *place
        )
    return {
        "objective": asked["objective"],
        "changes": {key: value for key, value in asked.items() if key != "objective"},
    }


def _known_stage(content: Mapping[Any, Any], keys: tuple[str, ...], source: Source, *place: str | int) -> None:
    source.require_keys(content, keys, *place)
    if isinstance(content.get("network"), dict):
        source.require_keys(content["network"], tuple(Network.model_fields), *place, "network")

"""Recipes as people write them: a YAML file, checked to the last key."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app import strict_yaml
from app.errors import BadInput
from app.jobs.contract import Network, Recipe
from app.jobs.presets import keys
from app.strict_yaml import Source

_PRESET_KEYS = ("preset", "stage")
_SECOND_STAGE = "the preset's second stage has larger patches: write 'stage: 2', or a 'patch' of your own"
_CORRECT = "correct that in the recipe"


class BadRecipe(BadInput):
    """The recipe says something that the trainer does not understand."""


_SORT = strict_yaml.Sort("recipe", BadRecipe, "write lines such as 'task: denoise' and 'objective: mae'")


def read(path: Path, *, from_nothing: bool = False) -> Recipe:
    """The recipe in a YAML file: the keys of ``Recipe``, and ``preset`` with ``stage`` to begin from a known size.

    Stage 2 learns from the weights of stage 1, so that with ``from_nothing`` it is refused.

    Raises
    ------
    BadRecipe
        The file is missing, is not YAML, or has an unknown key or an impossible value; the message names it.
    UnknownTask, UnknownMeasure, BadObjective, UnknownPreset
        A value names something that does not exist.
    """
    content, source = strict_yaml.read(path, _SORT)
    recipe = recipe_of(content, source)
    if from_nothing and content.get("stage") == 2:
        raise BadRecipe(
            f"{path} is a second stage, which begins with the weights of the first",
            "name that checkpoint with --start-from, or take stage 1",
        )
    return recipe


def recipe_of(content: dict[str, Any], source: Source) -> Recipe:
    """The recipe that a mapping stands for; complaints name its source."""
    source.require_keys(content, (*Recipe.model_fields, *_PRESET_KEYS))
    if isinstance(content.get("network"), dict):
        source.require_keys(content["network"], tuple(Network.model_fields), "network")
    try:
        return Recipe.model_validate(_on_preset(content, source.name))
    except ValidationError as error:
        hint = _CORRECT if "preset" not in content or "patch" in content or content.get("stage") == 2 else _SECOND_STAGE
        raise source.misfit(error, hint) from None


def _on_preset(content: dict[Any, Any], where: str) -> dict[Any, Any]:
    """The keys of the preset, overridden by those written out."""
    own = {key: value for key, value in content.items() if key not in _PRESET_KEYS}
    if "preset" not in content:
        if "stage" in content:
            raise BadRecipe(
                f"{where}: 'stage' chooses between a preset's two stages, and there is no preset",
                "name a 'preset' or take 'stage' out",
            )
        return own
    stage = content.get("stage", 1)
    if stage not in (1, 2):
        raise BadRecipe(f"{where}: there is no stage {stage!r}", "write 1 (mean absolute error) or 2 (the objective)")
    missing = [key for key in ("task", "objective") if key not in own]
    if missing:
        raise BadRecipe(
            f"{where}: {' and '.join(missing)} must be given; a preset decides only the size",
            f"write {' and '.join(missing)} into the recipe",
        )
    base = keys(str(content["preset"]), str(own["task"]), str(own["objective"]), stage=stage)
    if isinstance(own.get("network"), dict):
        own["network"] = base["network"] | own["network"]
    return base | own

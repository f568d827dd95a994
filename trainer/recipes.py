"""Recipes as people write them: a YAML file, checked to the last key."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from app.errors import BadInput
from app.jobs.contract import Network, Recipe
from app.jobs.presets import keys

_PRESET_KEYS = ("preset", "stage")
_SECOND_STAGE = "the preset's second stage has larger patches: write 'stage: 2', or a 'patch' of your own"
_CORRECT = "correct that in the recipe"


class BadRecipe(BadInput):
    """The recipe says something that the trainer does not understand."""


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
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRecipe(
            f"The recipe {path} cannot be read: {error.strerror}.", "name the YAML file that holds it"
        ) from None
    except UnicodeDecodeError:
        raise BadRecipe(f"The recipe {path} is not a text in UTF-8", "write it as YAML") from None
    except yaml.YAMLError as error:
        raise BadRecipe(f"{path} is not YAML: {' '.join(str(error).split())}.", "correct that line") from None
    if not isinstance(content, dict):
        raise BadRecipe(f"{path} holds no recipe", "write lines such as 'task: denoise' and 'objective: mae'")
    recipe = recipe_of(content, str(path))
    if from_nothing and content.get("stage") == 2:
        raise BadRecipe(
            f"{path} is a second stage, which begins with the weights of the first",
            "name that checkpoint with --start-from, or take stage 1",
        )
    return recipe


def recipe_of(content: dict[Any, Any], where: str) -> Recipe:
    """The recipe that a mapping stands for; ``where`` begins every complaint."""
    _known(content, (*Recipe.model_fields, *_PRESET_KEYS), where)
    if isinstance(content.get("network"), dict):
        _known(content["network"], tuple(Network.model_fields), f"{where}: network")
    asked = content
    try:
        return Recipe.model_validate(_on_preset(content, where))
    except ValidationError as error:
        hint = _CORRECT if "preset" not in asked or "patch" in asked or asked.get("stage") == 2 else _SECOND_STAGE
        complaints = "; ".join(_complaint(problem) for problem in error.errors())
        raise BadRecipe(f"{where}: {complaints}.", hint) from None


def _known(content: dict[Any, Any], keys: tuple[str, ...], where: str) -> None:
    for key in content:
        if key not in keys:
            close = get_close_matches(str(key), keys, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(keys)}"
            raise BadRecipe(f"{where}: there is no key {str(key)!r} ({hint})", "rename it or take it out")


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


def _complaint(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}" if place else message

"""Keys of a recipe that replace a preset's, one a line as a form holds them: ``steps: 2000``."""

from collections.abc import Mapping
from typing import Any

from app import strict_yaml
from app.jobs.contract import Recipe
from app.jobs.matrix_plan import BadMatrix
from app.jobs.presets import PRESETS, Stage, preset

_DECIDED = frozenset({"task", "objective", "seed"})  # what a matrix, or its form, itself decides
KEYS = tuple(key for key in Recipe.model_fields if key not in _DECIDED)


def read(text: str, where: str) -> dict[str, Any]:
    """The keys that the text names; ``where`` begins a complaint.

    Raises
    ------
    BadMatrix
        A line is no key with its value, or a recipe has no such key.
    """
    if not text.strip():
        return {}
    sort = strict_yaml.Sort("list of keys", BadMatrix, "write one key a line, for example 'steps: 2000'")
    content, source = strict_yaml.load(text.encode(), where, sort)
    source.require_keys(content, KEYS)
    return content


def written(keys: Mapping[str, Any]) -> str:
    """The same as text."""
    return "\n".join(f"{key}: {_value(value)}" for key, value in keys.items())


def nearest(recipe: Recipe, stage: Stage) -> str:
    """The preset from which a stage differs least; another network weighs more than any number of other keys."""
    found = {name: differing(recipe, name, stage) for name in PRESETS}
    return min(found, key=lambda name: ("network" in found[name], len(found[name])))


def differing(recipe: Recipe, name: str, stage: Stage) -> dict[str, Any]:
    """The keys in which a stage differs from that of the preset, with its own values."""
    own = recipe.model_dump(mode="json")
    # The recipe's own patch: another objective's may not be defined on what the preset cuts.
    theirs = preset(
        name, recipe.task, recipe.objective, stage=stage, seed=recipe.seed, changes={"patch": recipe.patch}
    ).model_dump(mode="json")
    base = theirs | {"patch": PRESETS[name].stages[recipe.task][stage - 1].patch}
    return {key: own.get(key) for key in KEYS if key in own | base and own.get(key) != base.get(key)}


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inner}" for key, inner in value.items()) + "}"
    return "null" if value is None else str(value)

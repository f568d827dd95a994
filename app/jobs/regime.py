"""What trainings must have in common to be compared, and what single objectives may need for themselves."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.jobs.contract import Recipe
from app.jobs.recipe_keys import differing, nearest

SHARED = ("steps", "precision", "ema", "candidates", "recolour")
"""Keys of a second stage in which trainings of one matrix agree: how long they learn, from which crops, how exactly.

Learning rate, clipping, patch, batch and how clipped pictures are judged belong to an objective: some need others.
"""


def regime(recipe: Recipe) -> tuple[object, ...]:
    """The values of those keys."""
    return tuple(getattr(recipe, key) for key in SHARED)


@cache
def changed(second: Recipe, first: Recipe) -> Mapping[str, Any]:
    """The keys in which a second stage differs from the preset's, that from which its first stage differs least."""
    return differing(second, nearest(first, 1), 2)


def together_changed(second: Recipe, first: Recipe) -> dict[str, Any]:
    """Those of them in which a whole matrix agrees."""
    return {key: value for key, value in changed(second, first).items() if key in SHARED}


def alone_changed(second: Recipe, first: Recipe) -> dict[str, Any]:
    """Those of them that belong to the objective."""
    return {key: value for key, value in changed(second, first).items() if key not in SHARED}

"""What a matrix asks for: recipes, scenes and measures of every task, all checked before anything starts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ValidationError

from app.catalog import MEASURES, measure
from app.catalog import task as known_task
from app.db import Database
from app.errors import BadInput
from app.jobs import objective as grammar
from app.jobs.contract import Form, PhotographRef, Recipe, SceneRef
from app.jobs.photograph_sets import PhotographSet, PhotographView, photographs
from app.jobs.presets import preset as recipe_of
from app.jobs.scenes import PhotographTooSmall, SceneWish, cut_out

_FIRST_OBJECTIVE = "mae"  # of stage 1, which all conditions of a task share
_FIRST = "first_stage"  # where the keys of that stage stand in a file
_LONGEST_CONDITION = 200  # characters, of the column

_Said = Mapping[str, Mapping[str, Any]]  # keys of a recipe, by where somebody wrote them


class BadMatrix(BadInput):
    """The matrix cannot be launched, and nothing of it was."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of ``Recipe`` that replace the preset's: in the first stage, in every second, in that of one condition."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    own: Mapping[str, Mapping[str, Any]]


PRESET_AS_IT_IS = Changes(MappingProxyType({}), MappingProxyType({}), MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Scores:
    """What every rendering is scored with."""

    measures: tuple[str, ...]
    forms: tuple[Form, ...] = ("rgb",)
    dispensable: frozenset[str] = frozenset()  # left out where scenes are too small, or no weights are at hand

    @classmethod
    def of(
        cls,
        objectives: Sequence[str],
        asked: Sequence[str] | None = None,
        forms: tuple[Form, ...] = ("rgb",),
        *,
        diagonal: bool = False,
    ) -> "Scores":
        """The measures asked for, or all that the scenes are large enough for and whose weights are at hand.

        The measures of the objectives are among them, too: without them there is no diagonal. Where that is wanted at
        all costs (``diagonal``), they cannot be left out of scenes that are too small for them.
        """
        own = {name for text in objectives for name in grammar.parse(text).measures}
        named = {measure(name).id for name in asked or ()} | (own if diagonal else set())
        others = own | (set(MEASURES) if not asked else set())
        return cls(tuple(name for name in MEASURES if name in named | others), forms, frozenset(others - named))

    def on(self, side: int) -> "Scores":
        """The same for scenes of that side; raises ``PhotographTooSmall`` where one can neither be taken nor left."""
        small = {name for name in self.measures if measure(name).smallest_side > side}
        for name in small - self.dispensable:
            raise PhotographTooSmall(
                f"{measure(name).name} is not defined on scenes of {side} px",
                f"choose scenes of at least {measure(name).smallest_side} px, or leave {name!r} out of the measures",
            )
        return replace(self, measures=tuple(name for name in self.measures if name not in small))

    def among(self, known: Collection[str], *, named_too: bool = False) -> "Scores | None":
        """The same with what is known of the dispensable measures, or (``named_too``) of all; None where none is left.

        ``known`` are the measures whose weights are at hand.
        """
        goes = self.measures if named_too else self.dispensable
        left = tuple(name for name in self.measures if name in known or name not in goes)
        return replace(self, measures=left) if left else None


@dataclass(frozen=True, slots=True)
class TaskRecipes:
    """One task's two stages: the first, shared one, and the second by condition."""

    task: str
    first: Recipe
    second: dict[str, Recipe]


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """One task's recipes and scenes, checked before anything starts."""

    recipes: TaskRecipes
    scenes: tuple[SceneRef, ...]
    scores: Scores | None


@dataclass(frozen=True, slots=True)
class MatrixWish:
    """What somebody wants trained: every one of the tasks under every one of the objectives."""

    tasks: Sequence[str]
    objectives: Sequence[str]
    preset: str
    photograph_set: str
    scenes: SceneWish
    seed: int = 0
    changes: Changes = PRESET_AS_IT_IS
    scores: Scores | None = None  # None: what is rendered is not scored
    baselines: bool = False


@dataclass(frozen=True, slots=True)
class MatrixPlan:
    """A matrix that can be launched."""

    wish: MatrixWish
    photographs: tuple[PhotographRef, ...]
    tasks: tuple[TaskPlan, ...]


def plan_matrix(database: Database, wish: MatrixWish) -> MatrixPlan:
    """The whole matrix, checked; nothing is written.

    Raises
    ------
    UnknownTask, UnknownMeasure, BadObjective, UnknownPreset, UnknownSet, PhotographTooSmall, BadMatrix
        It cannot be launched.
    """
    recipes = check_matrix(wish.tasks, wish.objectives, preset=wish.preset, seed=wish.seed, changes=wish.changes)
    taken = taken_from(database, wish.photograph_set)
    plans = tuple(task_plan(own, taken, wish) for own in recipes)
    return MatrixPlan(wish, tuple(photograph.ref for photograph in taken.train), plans)


def check_matrix(
    tasks: Sequence[str],
    objectives: Sequence[str],
    *,
    preset: str,
    seed: int = 0,
    changes: Changes = PRESET_AS_IT_IS,
) -> list[TaskRecipes]:
    """The recipes that such a matrix would train; raises as ``plan_matrix`` does."""
    if not tasks or not objectives:
        raise BadMatrix("A matrix needs at least one task and one objective", "choose one of each")
    names = {grammar.parse(text).name: text for text in objectives}
    for name in names:
        if len(name) > _LONGEST_CONDITION:
            raise BadMatrix(
                f"The objective {name[:60]}… is too long for the name of a condition ({len(name)} characters, and "
                f"{_LONGEST_CONDITION} are kept)",
                "write its coefficients with fewer digits, or take fewer measures",
            )
    return [
        TaskRecipes(
            task,
            _recipe(preset, task, _FIRST_OBJECTIVE, 1, seed, {_FIRST: changes.first}),
            {name: _recipe(preset, task, text, 2, seed, _of_second(changes, text)) for name, text in names.items()},
        )
        for task in dict.fromkeys(tasks)
    ]


def taken_from(database: Database, photograph_set: str) -> PhotographSet:
    """The set, which has photographs of both kinds; raises ``UnknownSet`` or ``BadMatrix``."""
    taken = photographs(database, photograph_set)
    if not taken.train or not taken.test:
        raise BadMatrix(
            f"The set {photograph_set!r} has {len(taken.train)} photographs for training and {len(taken.test)} for "
            "testing; it needs at least one of each",
            "put more photographs into it, or choose another set",
        )
    return taken


def task_plan(recipes: TaskRecipes, taken: PhotographSet, wish: MatrixWish) -> TaskPlan:
    """The task's scenes, and the measures defined on them; raises ``PhotographTooSmall`` or ``BadMatrix``."""
    multiple, asked = known_task(recipes.task).multiple, wish.scenes
    none = asked.per_photograph is not None and asked.per_photograph < 1
    if none or (asked.side is not None and asked.side < multiple):
        raise BadMatrix(
            f"{recipes.task} needs scenes of at least {multiple} px, and each photograph at least one",
            "choose a larger side, and one scene or more for each photograph",
        )
    largest = max((recipes.first, *recipes.second.values()), key=lambda recipe: recipe.patch)
    said = {_FIRST: wish.changes.first} if largest is recipes.first else _of_second(wish.changes, largest.objective)
    _check_patches(taken.train, largest, said)
    scenes = tuple(cut_out(taken.test, asked, multiple))
    _check_names(scenes)
    return TaskPlan(recipes, scenes, wish.scores.on(scenes[0].width) if wish.scores else None)


def _of_second(changes: Changes, text: str) -> _Said:
    own = changes.own.get(grammar.parse(text).name, {})
    return {"second_stage": changes.second, f"the objective {text!r}": own}


def _recipe(preset: str, task: str, objective: str, stage: Literal[1, 2], seed: int, said: _Said) -> Recipe:
    """The recipe of a stage; ``said`` are the keys that replace the preset's by where they stand, the last of a key."""
    changes = {key: value for keys in said.values() for key, value in keys.items()}
    try:
        return recipe_of(preset, task, objective, stage=stage, seed=seed, changes=changes)
    except ValidationError as error:
        problems = [problem["msg"].removeprefix("Value error, ") for problem in error.errors()]
        wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
        wrong |= {problem.partition(":")[0] for problem in problems}  # rules about several keys begin with one of them
        reasons, own = "; ".join(problems), [told for key in changes if key in wrong and (told := _told(said, key))]
        if own:
            raise BadMatrix(
                f"{' and '.join(own)} does not suit {task} under {objective!r} ({reasons})",
                "correct that, or leave it out: the preset then says what is known to work",
            ) from None
        raise BadMatrix(
            f"The preset {preset!r} does not suit {task} under {objective!r} ({reasons})",
            "choose another preset or another objective",
        ) from None


def _told(said: _Said, key: str) -> str:
    """A key as its culprit wrote it, and where."""
    where = [place for place, keys in said.items() if key in keys]
    return f"'{key}: {said[where[-1]][key]}' of {where[-1]}" if where else ""


def _check_patches(photographs: Sequence[PhotographView], recipe: Recipe, said: _Said) -> None:
    small = [photograph for photograph in photographs if min(photograph.width, photograph.height) < recipe.patch]
    if not small:
        return
    first, more = small[0], f", and {len(small) - 1} more," if len(small) > 1 else ""
    own = _told(said, "patch")
    raise PhotographTooSmall(
        f"The photograph {first.name!r} ({first.width}×{first.height} px){more} {'are' if more else 'is'} smaller than "
        f"the {recipe.patch} px patch on which {recipe.task} learns {recipe.objective!r}",
        f"leave what is too small out, or correct {own}"
        if own
        else "leave what is too small out, or take another preset",
    )


def _check_names(scenes: Sequence[SceneRef]) -> None:
    """Two photographs called boat and boat-1 can lead to two scenes called boat-1, and pictures go by their scenes."""
    twice = [name for name, number in Counter(scene.name for scene in scenes).items() if number > 1]
    if twice:
        raise BadMatrix(
            f"Two scenes of this set would be called {twice[0]!r}",
            "rename one of the photographs, or cut one scene from each",
        )

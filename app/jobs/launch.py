"""Launches a matrix: every task under every objective, each trained in two stages and rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ValidationError

from app.catalog import MEASURES, measure
from app.catalog import task as known_task
from app.db import Database
from app.errors import BadInput
from app.jobs import objective as grammar
from app.jobs.contract import Form, PhotographRef, Recipe, RenderSpec, SceneRef, ScoreSpec, TrainSpec
from app.jobs.photographs import PhotographSet, PhotographView, photographs
from app.jobs.presets import preset as recipe_of
from app.jobs.scenes import PhotographTooSmall, SceneWish, cut_out
from app.jobs.scoring import launch_score
from app.jobs.store import find_or_launch

_FIRST_OBJECTIVE = "mae"  # of stage 1, which all conditions of a task share
_LONGEST_CONDITION = 200  # characters, of the column


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
    dispensable: frozenset[str] = frozenset()  # left out where the scenes are too small for them

    @classmethod
    def of(
        cls,
        objectives: Sequence[str],
        asked: Sequence[str] | None = None,
        forms: tuple[Form, ...] = ("rgb",),
        *,
        diagonal: bool = False,
    ) -> "Scores":
        """The measures asked for, or all without weights that the scenes are large enough for.

        The measures of the objectives are among them, too: without them there is no diagonal. Where that is wanted at
        all costs (``diagonal``), they cannot be left out of scenes that are too small for them.
        """
        own = {name for text in objectives for name in grammar.parse(text).measures}
        named = {measure(name).id for name in asked or ()} | (own if diagonal else set())
        others = own | {one.id for one in MEASURES.values() if not asked and not one.needs_weights}
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


@dataclass(frozen=True, slots=True)
class Matrix:
    """The jobs of a matrix by task and condition; a condition bears the name of its objective."""

    pretrainings: dict[str, int]
    trainings: dict[tuple[str, str], int]
    renderings: dict[tuple[str, str], int]
    scorings: dict[tuple[str, str], int]
    baselines: dict[tuple[str, str], int] = field(default_factory=dict)
    beside: dict[tuple[str, str], int] = field(default_factory=dict)  # scorings of the baselines

    @property
    def jobs(self) -> list[int]:
        """All of them, those that others need before these."""
        return [
            *self.pretrainings.values(),
            *self.trainings.values(),
            *self.renderings.values(),
            *self.scorings.values(),
            *self.baselines.values(),
            *self.beside.values(),
        ]


@dataclass(frozen=True, slots=True)
class TaskRecipes:
    """One task's two stages: the first, shared one, and the second by condition."""

    task: str
    first: Recipe
    second: dict[str, Recipe]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One task's recipes and scenes, checked before anything starts."""

    recipes: TaskRecipes
    scenes: tuple[SceneRef, ...]
    scores: Scores | None


def launch_matrix(
    database: Database,
    *,
    tasks: Sequence[str],
    objectives: Sequence[str],
    preset: str,
    photograph_set: str,
    scene_side: int = 256,
    scenes_per_photograph: int = 1,
    seed: int = 0,
    scenes: SceneWish | None = None,
    changes: Changes = PRESET_AS_IT_IS,
    scores: Scores | None = None,
    baselines: bool = False,
) -> Matrix:
    """The jobs that train and render every task under every objective; launching the same again finds the same jobs.

    Those of them that ended badly are queued again, and go on from their last checkpoints.

    Per task one stage under the mean absolute error, shared; from its weights one stage per objective (``mae`` too, so
    that all conditions learn equally long); per training one rendering of all test scenes, which ``scenes`` cuts where
    it is given; where ``scores`` are asked for, one scoring of each rendering; and where ``baselines`` are, a rendering
    of the same scenes without any training. It is the degraded input, which other scorings then need not score again.

    Raises
    ------
    UnknownTask, UnknownMeasure, BadObjective, UnknownPreset, UnknownSet, PhotographTooSmall, BadMatrix
        Nothing has been launched.
    """
    recipes = check_matrix(tasks, objectives, preset=preset, seed=seed, changes=changes)
    taken = _taken(database, photograph_set)
    wish = scenes or SceneWish(scene_side, per_photograph=scenes_per_photograph)
    plans = [_plan(own, taken, wish, scores) for own in recipes]
    matrix = Matrix({}, {}, {}, {})
    refs = tuple(photograph.ref for photograph in taken.train)
    for plan in plans:
        _launch(database, plan, refs, preset, seed, matrix, degraded=not baselines)
        if baselines:
            _launch_baselines(database, plan, seed, matrix)
    return matrix


def check_matrix(
    tasks: Sequence[str],
    objectives: Sequence[str],
    *,
    preset: str,
    seed: int = 0,
    changes: Changes = PRESET_AS_IT_IS,
) -> list[TaskRecipes]:
    """The recipes that ``launch_matrix`` would launch; raises as it does."""
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
            _recipe(preset, task, _FIRST_OBJECTIVE, 1, seed, changes.first),
            {
                name: _recipe(preset, task, text, 2, seed, {**changes.second, **changes.own.get(name, {})})
                for name, text in names.items()
            },
        )
        for task in dict.fromkeys(tasks)
    ]


def _taken(database: Database, photograph_set: str) -> PhotographSet:
    taken = photographs(database, photograph_set)
    if not taken.train or not taken.test:
        raise BadMatrix(
            f"The set {photograph_set!r} has {len(taken.train)} photographs for training and {len(taken.test)} for "
            "testing; it needs at least one of each",
            "put more photographs into it, or choose another set",
        )
    return taken


def _plan(recipes: TaskRecipes, taken: PhotographSet, wish: SceneWish, scores: Scores | None) -> _Plan:
    multiple = known_task(recipes.task).multiple
    if (wish.side is not None and wish.side < multiple) or (wish.per_photograph or 1) < 1:
        raise BadMatrix(
            f"{recipes.task} needs scenes of at least {multiple} px, and each photograph at least one",
            "choose a larger side, and one scene or more for each photograph",
        )
    largest = max((recipes.first, *recipes.second.values()), key=lambda recipe: recipe.patch)
    for photograph in taken.train:
        _check_patch(photograph, largest)
    scenes = tuple(cut_out(taken.test, wish, multiple))
    return _Plan(recipes, scenes, scores.on(scenes[0].width) if scores else None)


def _recipe(
    preset: str, task: str, objective: str, stage: Literal[1, 2], seed: int, changes: Mapping[str, Any]
) -> Recipe:
    try:
        return recipe_of(preset, task, objective, stage=stage, seed=seed, changes=changes)
    except ValidationError as error:
        reasons = "; ".join(problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        raise BadMatrix(
            f"The preset {preset!r} does not suit {task} under {objective!r} ({reasons})",
            "choose another preset or another objective",
        ) from None


def _check_patch(photograph: PhotographView, recipe: Recipe) -> None:
    if min(photograph.width, photograph.height) < recipe.patch:
        raise PhotographTooSmall(
            f"The photograph {photograph.name!r} ({photograph.width}×{photograph.height} px) is smaller than the "
            f"{recipe.patch} px patch on which {recipe.task} learns {recipe.objective!r}",
            "leave the photograph out, or take another preset",
        )


def _launch(
    database: Database, plan: _Plan, refs: tuple[PhotographRef, ...], preset: str, seed: int, matrix: Matrix, *,
    degraded: bool,
) -> None:  # fmt: skip
    task, recipes = plan.recipes.task, plan.recipes
    first = _job(database, TrainSpec(recipe=recipes.first, photographs=refs), title=f"{task} · first stage · {preset}")
    matrix.pretrainings[task] = first
    for name, recipe in recipes.second.items():
        training = _job(
            database,
            TrainSpec(recipe=recipe, photographs=refs, start_from=first),
            title=f"{task} · {name} · {preset}"[:200],
        )
        matrix.trainings[task, name] = training
        matrix.renderings[task, name] = _job(
            database,
            RenderSpec(task=task, condition=name, training=training, scenes=plan.scenes, seed=seed),
            title=f"{task} · {name} · pictures"[:200],
        )
        if plan.scores is not None:
            matrix.scorings[task, name] = _score(database, matrix.renderings[task, name], plan.scores, degraded)


def _launch_baselines(database: Database, plan: _Plan, seed: int, matrix: Matrix) -> None:
    task = plan.recipes.task
    for baseline in known_task(task).baselines:
        matrix.baselines[task, baseline.id] = _job(
            database,
            RenderSpec(task=task, condition=baseline.id, baseline=baseline.id, scenes=plan.scenes, seed=seed),
            title=f"{task} · {baseline.id} · baseline",
        )
        if plan.scores is not None:
            matrix.beside[task, baseline.id] = _score(database, matrix.baselines[task, baseline.id], plan.scores)


def _score(database: Database, rendering: int, scores: Scores, degraded: bool = False) -> int:
    spec = ScoreSpec(rendering=rendering, measures=scores.measures, forms=scores.forms, degraded=degraded)
    return launch_score(database, spec, revive=True).job_id


def _job(database: Database, spec: TrainSpec | RenderSpec, title: str) -> int:
    return find_or_launch(database, spec, title=title, revive=True).job_id

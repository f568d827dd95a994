"""Launches a matrix: every task under every objective, each trained in two stages and rendered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.catalog import task as known_task
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.jobs.contract import AnySpec, RenderSpec, ScoreSpec, TrainSpec
from app.jobs.matrix_plan import (
    PRESET_AS_IT_IS,
    Changes,
    MatrixPlan,
    MatrixWish,
    Scores,
    TaskPlan,
    plan_matrix,
)
from app.jobs.scenes import SceneWish
from app.jobs.scoring import covering, title_of
from app.jobs.store import find_or_launch

Take = Callable[[AnySpec, str], int]  # the number of the job that does what is specified, under that title


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
    by: Actor = AT_THE_MACHINE,
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
    cut = scenes or SceneWish(scene_side, per_photograph=scenes_per_photograph)
    wish = MatrixWish(tasks, objectives, preset, photograph_set, cut, seed, changes, scores, baselines)
    return launch_plan(database, plan_matrix(database, wish), by=by)


def launch_plan(database: Database, plan: MatrixPlan, *, priority: int = 100, by: Actor = AT_THE_MACHINE) -> Matrix:
    """The jobs of a matrix that has been checked; a smaller ``priority`` lets those that are new go first."""

    def take(spec: AnySpec, title: str) -> int:
        if isinstance(spec, ScoreSpec):
            covered = covering(database, spec)
            if covered:
                return covered[0]
            title = title_of(database, spec)
        return find_or_launch(database, spec, title=title, priority=priority, revive=True, by=by).job_id

    return jobs_of(plan, take)


def jobs_of(plan: MatrixPlan, take: Take) -> Matrix:
    """The jobs of a matrix as ``take`` numbers them, those that others need before these."""
    matrix = Matrix({}, {}, {}, {})
    for task in plan.tasks:
        _trained(task, plan, take, matrix)
        if plan.wish.baselines:
            _baselines(task, plan.wish.seed, take, matrix)
    return matrix


def _trained(plan: TaskPlan, whole: MatrixPlan, take: Take, matrix: Matrix) -> None:
    task, recipes, wish = plan.recipes.task, plan.recipes, whole.wish
    first = take(
        TrainSpec(recipe=recipes.first, photographs=whole.photographs), f"{task} · first stage · {wish.preset}"
    )
    matrix.pretrainings[task] = first
    for name, recipe in recipes.second.items():
        training = take(
            TrainSpec(recipe=recipe, photographs=whole.photographs, start_from=first),
            f"{task} · {name} · {wish.preset}"[:200],
        )
        matrix.trainings[task, name] = training
        rendering = take(
            RenderSpec(task=task, condition=name, training=training, scenes=plan.scenes, seed=wish.seed),
            f"{task} · {name} · pictures"[:200],
        )
        matrix.renderings[task, name] = rendering
        if plan.scores is not None:
            matrix.scorings[task, name] = _score(take, rendering, plan.scores, degraded=not wish.baselines)


def _baselines(plan: TaskPlan, seed: int, take: Take, matrix: Matrix) -> None:
    task = plan.recipes.task
    for baseline in known_task(task).baselines:
        rendering = take(
            RenderSpec(task=task, condition=baseline.id, baseline=baseline.id, scenes=plan.scenes, seed=seed),
            f"{task} · {baseline.id} · baseline",
        )
        matrix.baselines[task, baseline.id] = rendering
        if plan.scores is not None:
            matrix.beside[task, baseline.id] = _score(take, rendering, plan.scores, degraded=False)


def _score(take: Take, rendering: int, scores: Scores, *, degraded: bool) -> int:
    return take(
        ScoreSpec(rendering=rendering, measures=scores.measures, forms=scores.forms, degraded=degraded), "scores"
    )

"""Launching trainings: the form, a check that changes nothing, and the launch."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.catalog import MEASURES, TASKS
from app.errors import AppError
from app.jobs import intended, launch, photograph_sets, presets, recipe_keys, store
from app.jobs.foreseen import Foresight
from app.jobs.foresight import foresee, ready
from app.jobs.likeness import grown, likeness
from app.jobs.matrix_plan import Changes, MatrixWish, Scores
from app.jobs.scenes import SceneWish
from app.jobs.speeds import devices_of
from app.jobs.weights_at_hand import WeightsNotAtHand, at_hand
from app.web.pages import LARGEST_ID, Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])
NEW = "/admin/trainings/new"
Texts = Annotated[str, Form(max_length=4000)]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the launch form says."""

    tasks: list[str] = field(default_factory=list)
    objectives: list[str] = field(default_factory=list)
    own: str = ""
    preset: str = "lab"
    photograph_set: str = ""
    scene_side: int = 256
    scenes_per_photograph: int = 1
    seed: int = 0
    first_stage: str = ""
    second_stage: str = ""

    @property
    def all_objectives(self) -> list[str]:
        """Those ticked, then those typed, one per line."""
        return [*self.objectives, *(line.strip() for line in self.own.splitlines() if line.strip())]

    @property
    def matrix(self) -> MatrixWish:
        """The same as a matrix; raises ``BadMatrix`` where the keys of a stage cannot be read."""
        readable = [one.text for one in map(intended.reading, self.all_objectives) if one.objective]
        first = recipe_keys.read(self.first_stage, "First stage")
        second = recipe_keys.read(self.second_stage, "Second stage")
        return MatrixWish(
            tasks=self.tasks,
            objectives=self.all_objectives,
            preset=self.preset,
            photograph_set=self.photograph_set,
            scenes=SceneWish(self.scene_side, per_photograph=self.scenes_per_photograph),
            seed=self.seed,
            changes=Changes(first, second, {}),
            scores=Scores.of(readable),
            baselines=True,
        )


def asked(
    tasks: Annotated[list[str] | None, Form()] = None,
    objectives: Annotated[list[str] | None, Form()] = None,
    own: Texts = "",
    preset: Annotated[str, Form()] = "lab",
    photograph_set: Annotated[str, Form()] = "",
    scene_side: Annotated[int, Form()] = 256,
    scenes_per_photograph: Annotated[int, Form()] = 1,
    seed: Annotated[int, Form()] = 0,
    first_stage: Texts = "",
    second_stage: Texts = "",
) -> Wish:
    """The fields of the form."""
    return Wish(
        tasks or [], objectives or [], own, preset, photograph_set, scene_side, scenes_per_photograph, seed,
        first_stage, second_stage,
    )  # fmt: skip


Asked = Annotated[Wish, Depends(asked)]


@router.get(NEW)
def launch_form(
    request: Request, use: Ctx, who: Launches,
    like: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A training to begin with.")] = None,
    photograph_set: Annotated[str, Query(alias="photographs", max_length=80, description="A set, by its name.")] = "",
) -> Response:  # fmt: skip
    """The form, with all tasks and all objectives that can be computed, or filled as a training was launched."""
    if like is not None:
        return _page(request, use, _like(use, like), like=like)
    known = at_hand(use.database, use.shelf).measures
    ticked = [measure.objective for measure in MEASURES.values() if measure.id in known]
    return _page(request, use, Wish(tasks=list(TASKS), objectives=ticked, photograph_set=photograph_set))


@router.post(NEW)
def check_launch(request: Request, use: Ctx, who: Launches, wish: Asked) -> Response:
    """What launching would do: everything in its way, the jobs, their time and memory; nothing is changed."""
    try:
        found = foresee(use.database, wish.matrix, use.shelf)
    except AppError as error:
        found = Foresight((error.message,))
    return _page(request, use, wish, foreseen=found, status=422 if found.problems else 200)


@router.post("/admin/trainings")
def launch_trainings(
    request: Request, use: Ctx, who: Launches, wish: Asked, anyway: Annotated[bool, Form()] = False
) -> Response:
    """Launches every task under every objective; what is already there is found, not trained again."""
    try:
        plan = ready(use.database, wish.matrix, use.shelf, anyway=anyway)
        launch.launch_plan(use.database, plan, by=actor(who))
    except WeightsNotAtHand as error:  # the check tells it, and asks once more
        return _page(request, use, wish, foreseen=foresee(use.database, wish.matrix, use.shelf), status=error.status)
    except AppError as error:
        return _page(request, use, wish, foreseen=Foresight((error.message,)), status=error.status)
    return RedirectResponse("/admin/trainings#main", 303)  # without a fragment the browser would stay at the form


@router.post("/admin/trainings/objectives")
def read_objectives(who: Launches, own: Texts) -> Response:
    """How each line is read while it is typed: its canonical text, or what is wrong and what was probably meant."""
    told = [
        {
            "text": one.text,
            "canonical": one.objective.text if one.objective else "",
            "problem": one.problem,
            "meant": one.meant,
        }
        for one in intended.readings(own)
    ]
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _like(use: Context, job_id: int) -> Wish:
    found = likeness(use.database, job_id)
    listed = any(measure.objective == found.objective for measure in MEASURES.values())
    return Wish(
        tasks=[found.task],
        objectives=[found.objective] if listed else [],
        own="" if listed else found.objective,
        preset=found.preset,
        photograph_set=found.photograph_set,
        scene_side=found.scene_side or 256,
        scenes_per_photograph=found.scenes_per_photograph,
        seed=found.seed,
        first_stage=recipe_keys.written(found.first_stage),
        second_stage=recipe_keys.written(found.second_stage),
    )


def _page(
    request: Request, use: Context, wish: Wish, *, foreseen: Foresight | None = None, status: int = 200,
    like: int | None = None,
) -> Response:  # fmt: skip
    values: dict[str, Any] = {
        "wish": wish,
        "like": like,
        "grown": grown(use.database, store.get(use.database, like)) if like else "",
        "foreseen": foreseen,
        "readings": [one for one in intended.readings(wish.own) if one.problem] if foreseen else [],
        "tasks": TASKS.values(),
        "measures": MEASURES.values(),
        "weights": at_hand(use.database, use.shelf),
        "presets": presets.PRESETS.values(),
        "photograph_sets": photograph_sets.sets(use.database),
        "devices": devices_of(use.database),
        "keys": ", ".join(recipe_keys.KEYS),
    }
    return render(request, "admin/launch.html", status=status, **values)

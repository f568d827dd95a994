"""Trainings: a matrix per launch, the jobs, and the form that launches more."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from app.catalog import MEASURES, TASKS
from app.catalog.shelf import Shelf
from app.errors import AppError
from app.jobs import launch, photographs, presets, store
from app.web.admin.launches import launches
from app.web.admin.matrix import matrices, seconds_left, state_word, word
from app.web.pages import Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in
from app.web.silence import silent_jobs
from app.web.silence import workers as rows_of

router = APIRouter(dependencies=[Depends(signed_in)])
SHOWN_AT_ONCE = 100  # jobs
LAUNCHES_AT_ONCE = 5


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

    @property
    def all_objectives(self) -> list[str]:
        """Those ticked, then those typed, one per line."""
        return [*self.objectives, *(line.strip() for line in self.own.splitlines() if line.strip())]


@router.get("/admin/trainings")
def trainings(request: Request, use: Ctx) -> Response:
    """The matrices, the jobs, and the form."""
    missing = _without_weights(use)
    ticked = [measure.objective for measure in MEASURES.values() if measure.id not in missing]
    return _page(request, use, Wish(tasks=list(TASKS), objectives=ticked))


@router.post("/admin/trainings")
def launch_trainings(
    request: Request,
    use: Ctx,
    who: Launches,
    tasks: Annotated[list[str] | None, Form()] = None,
    objectives: Annotated[list[str] | None, Form()] = None,
    own: Annotated[str, Form(max_length=4000)] = "",
    preset: Annotated[str, Form()] = "lab",
    photograph_set: Annotated[str, Form()] = "",
    scene_side: Annotated[int, Form()] = 256,
    scenes_per_photograph: Annotated[int, Form()] = 1,
    seed: Annotated[int, Form()] = 0,
) -> Response:
    """Launches every task under every objective; what is already there is found, not trained again."""
    wish = Wish(tasks or [], objectives or [], own, preset, photograph_set, scene_side, scenes_per_photograph, seed)
    try:
        launch.launch_matrix(
            use.database,
            tasks=wish.tasks,
            objectives=wish.all_objectives,
            preset=preset,
            photograph_set=photograph_set,
            scene_side=scene_side,
            scenes_per_photograph=scenes_per_photograph,
            seed=seed,
            scores=launch.Scores.of(wish.all_objectives),
            baselines=True,
            by=actor(who),
        )
    except AppError as error:
        return _page(request, use, wish, problem=error.message, status=error.status)
    return RedirectResponse("/admin/trainings#main", 303)  # without a fragment the browser would stay at the form


def _page(request: Request, use: Context, wish: Wish, *, problem: str = "", status: int = 200) -> Response:
    jobs = store.listing(use.database)
    ordered = sorted(jobs, key=lambda job: (not job.is_live, job.id if job.is_live else -job.id))
    everything = request.query_params.get("all") == "1"
    seen, together = store.workers(use.database), launches(use.database, jobs)
    silent = silent_jobs(jobs, seen, use.settings)
    groups = matrices(jobs, together, silent)
    return render(
        request,
        "admin/trainings.html",
        status=status,
        matrices=groups if everything else groups[:LAUNCHES_AT_ONCE],
        launches=len(groups),
        about=together.about,
        silent=silent,
        jobs=ordered if everything else ordered[:SHOWN_AT_ONCE],
        total=len(jobs),
        live=sum(job.is_live for job in jobs),
        workers=rows_of(seen, use.settings),
        word=word,
        state_word=state_word,
        seconds_left=seconds_left,
        wish=wish,
        problem=problem,
        tasks=TASKS.values(),
        measures=MEASURES.values(),
        without_weights=_without_weights(use),
        presets=presets.PRESETS.values(),
        photograph_sets=photographs.sets(use.database),
    )


def _without_weights(use: Context) -> frozenset[str]:
    """The measures whose weights are not on this machine; those of a worker elsewhere are not seen from here."""
    shelf = Shelf(use.settings.weights_folder)
    return frozenset(name for name, measure in MEASURES.items() if measure.needs_weights and shelf.missing([name]))

"""One job: where it stands, its curve, what it was asked for and what it said."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from app.db import Database
from app.db.models import Rendering, StimulusRole
from app.jobs import store
from app.jobs.contract import RenderSpec, TrainSpec
from app.jobs.folders import RunFolder
from app.jobs.store import JobView
from app.results.sheet import Scheme
from app.web.admin.curve import loss_curve
from app.web.admin.launches import launches
from app.web.admin.matrix import seconds_left, state_word
from app.web.admin.silence import silent_jobs
from app.web.pages import Ctx, Id, render
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])


@dataclass(frozen=True, slots=True)
class RenderedScene:
    """The pictures of one test scene by role; None where the rendering brought none."""

    scene: str
    degraded: str | None
    condition: str | None
    reference: str | None


@router.get("/admin/trainings/{job_id}")
def job_page(request: Request, use: Ctx, job_id: Id) -> Response:
    """State, curve, facts, restored scenes and the end of the log."""
    job = store.get(use.database, job_id)
    points = store.curve(use.database, job_id)
    recipe = job.spec.recipe if isinstance(job.spec, TrainSpec) else None
    rendering = job if isinstance(job.spec, RenderSpec) else _rendering_of(use.database, job)
    folder = RunFolder(use.settings.runs, job.id, job.attempt)
    return render(
        request,
        "admin/job.html",
        job=job,
        recipe=recipe,
        state=state_word(job),
        left=seconds_left(job),
        lease=use.settings.lease_seconds,
        silent=silent_jobs([job], store.workers(use.database), use.settings).get(job.id),
        launch=launches(use.database, [job] if recipe else store.listing(use.database)).of(job),
        points=len(points),
        scenes=_scenes(use.database, rendering.id) if rendering else [],
        rendering=rendering,
        needs=[store.get(use.database, need) for need in job.needs],
        log=folder.log_tail() if job.attempt else "",
        folder=folder.path,
    )


@router.get("/admin/trainings/{job_id}/curve.svg")
def curve_figure(use: Ctx, job_id: Id, scheme: Annotated[Scheme, Query()] = "light") -> Response:
    """The loss curve in one colour scheme."""
    job = store.get(use.database, job_id)
    drawn = loss_curve(store.curve(use.database, job_id), job.total_steps, scheme)
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})


@router.post("/admin/trainings/{job_id}/cancel")
def cancel(use: Ctx, job_id: Id) -> Response:
    """A queued job ends now; a running one saves, stops, and is cancelled when it has."""
    store.cancel(use.database, job_id)
    return RedirectResponse(f"/admin/trainings/{job_id}", 303)


@router.post("/admin/trainings/{job_id}/retry")
def retry(use: Ctx, job_id: Id) -> Response:
    """A failed or cancelled job is queued again and goes on from its last checkpoint."""
    store.retry(use.database, job_id)
    return RedirectResponse(f"/admin/trainings/{job_id}", 303)


def _rendering_of(database: Database, job: JobView) -> JobView | None:
    """The newest rendering that used this training."""
    made = [
        other
        for other in store.listing(database)
        if isinstance(other.spec, RenderSpec) and other.spec.training == job.id
    ]
    return made[-1] if made else None


def _scenes(database: Database, job_id: int) -> list[RenderedScene]:
    found = dict[str, dict[StimulusRole, str]]()
    query = select(Rendering).where(Rendering.job_id == job_id).order_by(Rendering.scene)
    with database.read() as db:
        for row in db.scalars(query):
            found.setdefault(row.scene, {})[row.role] = row.picture_digest
    return [
        RenderedScene(
            scene,
            pictures.get(StimulusRole.DEGRADED),
            pictures.get(StimulusRole.CONDITION),
            pictures.get(StimulusRole.REFERENCE),
        )
        for scene, pictures in found.items()
    ]

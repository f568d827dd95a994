"""One job: where it stands, its curve, what it was asked for and what it said."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from app.jobs import store
from app.jobs.contract import TrainSpec
from app.jobs.folders import RunFolder
from app.results.sheet import Scheme
from app.web.admin.curve import loss_curve
from app.web.admin.launches import launches
from app.web.admin.matrix import seconds_left, state_word
from app.web.pages import Ctx, Id, render
from app.web.sign_in import signed_in
from app.web.silence import silent_jobs

router = APIRouter(dependencies=[Depends(signed_in)])


@router.get("/admin/trainings/{job_id}")
def job_page(request: Request, use: Ctx, job_id: Id) -> Response:
    """State, curve, facts, restored scenes and the end of the log."""
    job = store.get(use.database, job_id)
    recipe = job.spec.recipe if isinstance(job.spec, TrainSpec) else None
    rendering = store.rendering_of(use.database, job)
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
        points=store.curve(use.database, job_id),
        scenes=store.rendered(use.database, rendering.id) if rendering else [],
        rendering=rendering,
        needs=[store.get(use.database, need) for need in job.needs],
        log=folder.log_tail(),
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

"""One job: where it stands, its curve, what it was asked for and what it said."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from app.db.models import JobKind
from app.errors import NotFound
from app.jobs import samples, store
from app.jobs.contract import RecoverResult, RecoverSpec, TrainSpec
from app.jobs.job_log import log_end
from app.jobs.launcher import launcher
from app.jobs.standing import seconds_left, state_word
from app.jobs.suited import waits_for
from app.jobs.views import JobView
from app.results.sheet import Scheme
from app.web.admin.curve import loss_curve
from app.web.admin.launches import launches
from app.web.admin.scored import score_tables
from app.web.pages import Ctx, Id, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in
from app.web.silence import silent_jobs

router = APIRouter(dependencies=[Depends(signed_in)])
_UNITS = {JobKind.RENDER: "scenes", JobKind.SCORE: "pictures"}  # what a job's steps are, where they are no steps


class NothingRecovered(NotFound):
    """The job is no recovery, or has not found anything yet."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"Job {job_id} has recovered nothing", "look at its page for where it stands")


@router.get("/admin/trainings/{job_id}")
def job_page(
    request: Request, use: Ctx, job_id: Id, step: Annotated[int | None, Query(description="Of the samples.")] = None
) -> Response:
    """State, curve, samples, facts, what was restored, found or said, and the end of the log."""
    job = store.get(use.database, job_id)
    recipe = job.spec.recipe if isinstance(job.spec, TrainSpec) else None
    rendering = store.rendering_of(use.database, job)
    crops, seen = samples.samples(use.database, job_id), store.workers(use.database)
    sampled = sorted({one.step for one in crops})
    return render(
        request,
        "admin/job.html",
        job=job,
        recipe=recipe,
        followed=_followed(job),
        unit=_UNITS.get(job.kind, "steps"),
        recovered=recovered(job),
        values=score_tables(use.database, job),
        state=state_word(job),
        left=seconds_left(job),
        waits_for=waits_for(use.database, job),
        silent=silent_jobs([job], seen, use.settings).get(job.id),
        vanished=any(worker.name == job.worker and not worker.is_present for worker in seen),
        launch=launches(use.database, [job] if recipe else store.listing(use.database)).of(job),
        points=store.curve(use.database, job_id),
        sampled=sampled,
        shown=[one for one in crops if one.step == (step if step in sampled else sampled[-1])],
        scenes=store.rendered(use.database, rendering.id) if rendering else [],
        rendering=rendering,
        needs=[store.get(use.database, need) for need in job.needs],
        launcher=launcher(use.database, job_id),
        log=log_end(use.database, job_id),
    )


@router.get("/admin/trainings/{job_id}/curve.svg")
def curve_figure(use: Ctx, job_id: Id, scheme: Annotated[Scheme, Query()] = "light") -> Response:
    """The loss curve in one colour scheme."""
    job = store.get(use.database, job_id)
    drawn = loss_curve(store.curve(use.database, job_id), job.total_steps, scheme)
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})


@router.get("/admin/trainings/{job_id}/psnr.svg")
def psnr_figure(use: Ctx, job_id: Id, scheme: Annotated[Scheme, Query()] = "light") -> Response:
    """How near a recovery was to the reference at each step, in one colour scheme."""
    job = store.get(use.database, job_id)
    found = recovered(job)
    if found is None:
        raise NothingRecovered(job_id)
    points = [(point.step, point.psnr) for point in found.curve]
    drawn = loss_curve(points, job.total_steps, scheme, logarithmic=False)
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})


@router.post("/admin/trainings/{job_id}/cancel")
def cancel(use: Ctx, who: Launches, job_id: Id) -> Response:
    """A queued job ends now; a running one saves, stops, and is cancelled when it has."""
    store.cancel(use.database, job_id, by=actor(who))
    return RedirectResponse(f"/admin/trainings/{job_id}", 303)


@router.post("/admin/trainings/{job_id}/retry")
def retry(use: Ctx, who: Launches, job_id: Id) -> Response:
    """A failed or cancelled job is queued again and goes on from its last checkpoint."""
    store.retry(use.database, job_id, by=actor(who))
    return RedirectResponse(f"/admin/trainings/{job_id}", 303)


def _followed(job: JobView) -> str:
    """The objective that the job follows; empty where it follows none."""
    if isinstance(job.spec, TrainSpec):
        return job.spec.recipe.objective
    return job.spec.objective if isinstance(job.spec, RecoverSpec) else ""


def recovered(job: JobView) -> RecoverResult | None:
    """What a recovery found; None where there is nothing, or nothing that this version can read."""
    if not isinstance(job.spec, RecoverSpec) or job.result is None:
        return None
    try:
        return RecoverResult.model_validate(job.result)
    except ValidationError:
        return None

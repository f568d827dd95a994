"""The jobs of a matrix handled together: what is left of it cancelled, what ended badly queued again."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.jobs import many
from app.jobs.views import LIVE
from app.web.admin.launches import title_of
from app.web.pages import Ctx, Id, render
from app.web.permits import Launches, actor, launches

router = APIRouter()


@router.get("/admin/matrices/{job_id}/jobs", dependencies=[Depends(launches)])
def matrix_jobs(request: Request, use: Ctx, job_id: Id) -> Response:
    """What of the matrix is waiting or at work and what ended badly, with a button for either."""
    found = many.of_matrix(use.database, job_id)
    return render(
        request,
        "admin/matrix_jobs.html",
        number=job_id,
        title=title_of(use.database, job_id),
        total=len(found),
        left=[job for job in found if job.state in LIVE],
        badly=[job for job in found if job.state in many.ENDED_BADLY],
    )


@router.post("/admin/matrices/{job_id}/cancel")
def cancel_matrix(use: Ctx, who: Launches, job_id: Id) -> Response:
    """What of the matrix is queued ends now; what is at work saves and stops."""
    many.cancel_matrix(use.database, job_id, by=actor(who))
    return RedirectResponse(f"/admin/matrices/{job_id}/jobs", 303)


@router.post("/admin/matrices/{job_id}/retry")
def retry_matrix(use: Ctx, who: Launches, job_id: Id) -> Response:
    """What of the matrix failed or was cancelled is queued again and goes on from its last checkpoints."""
    many.retry_matrix(use.database, job_id, by=actor(who))
    return RedirectResponse(f"/admin/matrices/{job_id}/jobs", 303)

"""Trainings: a matrix per launch, and how much is still to do."""

from collections import Counter

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.jobs import store
from app.jobs.present import absence
from app.jobs.standing import state_word
from app.web.admin.launches import launches
from app.web.admin.matrix import matrices
from app.web.pages import Ctx, render
from app.web.sign_in import signed_in
from app.web.silence import silent_jobs
from app.web.silence import workers as rows_of

router = APIRouter(dependencies=[Depends(signed_in)])
LAUNCHES_AT_ONCE = 5


@router.get("/admin/trainings")
def trainings(request: Request, use: Ctx) -> Response:
    """The matrices, the newest first."""
    jobs, seen = store.listing(use.database), store.workers(use.database)
    groups = matrices(jobs, launches(use.database, jobs), silent_jobs(jobs, seen, use.settings))
    everything = request.query_params.get("all") == "1"
    return render(
        request,
        "admin/trainings.html",
        matrices=groups if everything else groups[:LAUNCHES_AT_ONCE],
        launches=len(groups),
        total=len(jobs),
        live=sum(job.is_live for job in jobs),
        counts=Counter(state_word(job) for job in jobs),
        workers=rows_of(seen, use.settings),
        absence=absence(use.database),
        state_word=state_word,
    )

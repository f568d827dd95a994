"""All jobs as one table: those at work, those that wait, and those that have ended, page by page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.db.models import JobKind, JobState
from app.jobs import store
from app.jobs.present import absence
from app.jobs.standing import seconds_left, state_word, word
from app.jobs.suited import Waiting
from app.jobs.views import JobView
from app.web.admin.launches import launches
from app.web.pages import Ctx, render
from app.web.sign_in import signed_in
from app.web.silence import silent_jobs
from app.web.silence import workers as rows_of

router = APIRouter(dependencies=[Depends(signed_in)])
AT_ONCE = 50
STATES = {  # as the page's switch calls them
    "at work": (JobState.STARTING, JobState.RUNNING),
    "waiting": (JobState.QUEUED,),
    "done": (JobState.SUCCEEDED,),
    "failed": (JobState.FAILED, JobState.CANCELLED),
}
_ORDER = {JobState.RUNNING: 0, JobState.STARTING: 1, JobState.QUEUED: 2}


@router.get("/admin/jobs")
def jobs_page(
    request: Request,
    use: Ctx,
    state: Annotated[str, Query(max_length=20, description="at work, waiting, done, failed; all otherwise.")] = "",
    kind: Annotated[str, Query(max_length=20, description="train, render, score, recover; all otherwise.")] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The jobs, those at work first, then the queue in its order, then what has ended, the latest first."""
    jobs, seen = store.listing(use.database), store.workers(use.database)
    of_kind = [job for job in jobs if kind not in set(JobKind) or job.kind == kind]
    counts = {name: sum(job.state in states for job in of_kind) for name, states in STATES.items()}
    chosen = sorted((job for job in of_kind if job.state in STATES.get(state, tuple(JobState))), key=_place)
    pages = max(1, -(-len(chosen) // AT_ONCE))
    page = min(page, pages)
    return render(
        request,
        "admin/jobs.html",
        jobs=chosen[(page - 1) * AT_ONCE : page * AT_ONCE],
        total=len(jobs),
        found=len(chosen),
        counts=counts,
        kinds=tuple(JobKind),
        state=state if state in STATES else "",
        kind=kind if kind in set(JobKind) else "",
        page=page,
        pages=pages,
        live=sum(job.is_live for job in jobs),
        waits_for=_waits_for(jobs),
        waiting=Waiting(use.database).told,
        workers=rows_of(seen, use.settings),
        absence=absence(use.database),
        silent=silent_jobs(jobs, seen, use.settings),
        about=launches(use.database, jobs).about,
        word=word,
        state_word=state_word,
        seconds_left=seconds_left,
    )


def _waits_for(jobs: list[JobView]) -> dict[int, int]:
    """The job that a queued one waits for: the first of its needs that has not succeeded; none where it may begin."""
    done = {job.id for job in jobs if job.state is JobState.SUCCEEDED}
    found = {job.id: next((need for need in job.needs if need not in done), None) for job in jobs}
    return {number: need for number, need in found.items() if need is not None}


def _place(job: JobView) -> tuple[int, int, float]:
    """Where a job stands in the table: the queue goes by priority, what has ended by when it did."""
    if job.state in _ORDER:
        return _ORDER[job.state], job.priority, job.id
    return len(_ORDER), 0, -(job.finished_at or job.created_at).timestamp()

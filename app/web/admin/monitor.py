"""How a study is doing while it runs: four numbers, a strip per session, the coverage of its pairs."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.db.upkeep import rooms
from app.errors import AppError
from app.results import peeks
from app.results.plan import plan_of
from app.results.report import StudyReport, report
from app.sessions import alarms, checks, coverage, numbers, withdrawal
from app.sessions.checks import SessionSummary
from app.web.admin.coverage_tables import coverage_tables
from app.web.admin.strip import Strip, strip
from app.web.admin.study_head import head, study_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import participants_csv
from app.web.pages import LARGEST_ID, Context, Ctx, Id
from app.web.permits import Analyses, Runs, actor, analyses, runs, sees

router = APIRouter(dependencies=[Depends(sees)])
PAGE = 100  # sessions
_Number = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in the monitor's table."""

    summary: SessionSummary
    state: str
    strip: Strip


@router.get("/admin/studies/{study_id}/monitor")
def monitor(request: Request, use: Ctx, study_id: Id, session: _Number = None, before: _Number = None) -> Response:
    """How far every session is, and how many judgements every pair has; the form of a ``session`` stands open."""
    return _page(request, use, study_id, opened=session, before=before)


@router.post("/admin/studies/{study_id}/monitor", dependencies=[Depends(analyses), IN_TURN])
def peek(request: Request, use: Ctx, who: Analyses, study_id: Id) -> Response:
    """The same with the ranking as it stands; that somebody looked is written down before it is shown."""
    found = report(use.database, study_id)
    peeks.write_down(use.database, study_id, found.votes, actor(who))
    return _page(request, use, study_id, ranking=found)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/exclude")
def exclude(
    request: Request, use: Ctx, who: Runs, study_id: Id, session_id: Id, reason: Annotated[str, Form()] = ""
) -> Response:
    """The session no longer counts; the reason is kept with the decision."""
    try:
        checks.exclude(use.database, session_id, reason, actor(who), study_id=study_id)
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/readmit")
def readmit(
    request: Request, use: Ctx, who: Runs, study_id: Id, session_id: Id, reason: Annotated[str, Form()] = ""
) -> Response:
    """The session counts again."""
    try:
        checks.readmit(use.database, session_id, reason, actor(who), study_id=study_id)
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/withdraw")
def withdraw(
    request: Request,
    use: Ctx,
    who: Runs,
    study_id: Id,
    session_id: Id,
    label: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """The subject has withdrawn, as they asked for by mail; confirmed by typing their label."""
    try:
        withdrawal.carry_out(use.database, study_id, session_id, label, reason, actor(who))
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.get("/admin/studies/{study_id}/participants.csv", dependencies=[Depends(runs)])
def participants(use: Ctx, study_id: Id) -> Response:
    """Who came from a recruiting service, and how it went: what to approve and pay by."""
    return participants_csv(use, study_id)


def _page(
    request: Request,
    use: Context,
    study_id: int,
    *,
    problem: str = "",
    status: int = 200,
    opened: int | None = None,
    before: int | None = None,
    ranking: StudyReport | None = None,
) -> Response:
    above = head(use, study_id)
    start = before if before or not opened else opened + 1  # the page that holds the session whose form is open
    found = checks.session_summaries(use.database, study_id, before=start, limit=PAGE + 1)
    counted = numbers.numbers(use.database, study_id)
    return study_page(
        request,
        above,
        "monitor",
        status=status,
        problem=problem,
        opened=opened,
        rows=[_row(summary) for summary in found[:PAGE]],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        newest=start is None,
        coverage=coverage_tables(coverage.coverage(use.database, study_id)),
        sent=any(summary.service for summary in found),
        numbers=counted,
        alarms=alarms.alarms(use.database, study_id, rooms(use.settings), counted),
        ranking=ranking,
        plan=plan_of(use.database, study_id),
        peeks=peeks.peeks(use.database, study_id),
    )


def _row(summary: SessionSummary) -> SessionRow:
    return SessionRow(summary, summary.state, strip(summary.strip, summary.planned))

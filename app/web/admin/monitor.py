"""How a study is doing while it runs: four numbers, a strip per session, the coverage of its pairs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.db.upkeep import rooms
from app.results import peeks
from app.results.plan import plan_of
from app.results.report import StudyReport, report
from app.sessions import alarms, checks, coverage, numbers
from app.web.admin.coverage_tables import coverage_tables
from app.web.admin.session import row_of
from app.web.admin.study_head import head, study_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import participants_csv
from app.web.pages import LARGEST_ID, Context, Ctx, Id
from app.web.permits import Analyses, actor, analyses, runs, sees

router = APIRouter(dependencies=[Depends(sees)])
PAGE = 100  # sessions
_Number = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/admin/studies/{study_id}/monitor")
def monitor(request: Request, use: Ctx, study_id: Id, before: _Number = None) -> Response:
    """How far every session is, and how many judgements every pair has."""
    return _page(request, use, study_id, before=before)


@router.post("/admin/studies/{study_id}/monitor", dependencies=[Depends(analyses), IN_TURN])
def peek(request: Request, use: Ctx, who: Analyses, study_id: Id) -> Response:
    """The same with the ranking as it stands; that somebody looked is written down before it is shown."""
    found = report(use.database, study_id)
    peeks.write_down(use.database, study_id, found.votes, actor(who))
    return _page(request, use, study_id, ranking=found)


@router.get("/admin/studies/{study_id}/participants.csv", dependencies=[Depends(runs)])
def participants(use: Ctx, study_id: Id) -> Response:
    """Who came from a recruiting service, and how it went: what to approve and pay by."""
    return participants_csv(use, study_id)


def _page(
    request: Request,
    use: Context,
    study_id: int,
    *,
    before: int | None = None,
    ranking: StudyReport | None = None,
) -> Response:
    above = head(use, study_id)
    found = checks.session_summaries(use.database, study_id, before=before, limit=PAGE + 1)
    counted = numbers.numbers(use.database, study_id)
    return study_page(
        request,
        above,
        "monitor",
        problem="",
        rows=[row_of(summary, request.state.may) for summary in found[:PAGE]],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        newest=before is None,
        coverage=coverage_tables(coverage.coverage(use.database, study_id)),
        sent=any(summary.service for summary in found),
        numbers=counted,
        alarms=alarms.alarms(use.database, study_id, rooms(use.settings), counted, named=request.state.may.analyses),
        ranking=ranking,
        plan=plan_of(use.database, study_id),
        peeks=peeks.peeks(use.database, study_id),
    )

"""One session: how far it is, and the forms that decide about it, which nothing refreshes under a writer's hands."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.sessions import checks, withdrawal
from app.sessions.checks import NoSuchSession, SessionSummary
from app.web.admin.strip import Strip, strip
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, sees
from app.web.rights import May

router = APIRouter(dependencies=[Depends(sees)])
_Reason = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in the monitor's table."""

    summary: SessionSummary
    state: str
    strip: Strip


def row_of(summary: SessionSummary, may: May) -> SessionRow:
    """The row of that session, without names for whoever only sees how far the study is."""
    summary = summary if may.analyses else summary.unnamed
    return SessionRow(summary, summary.state, strip(summary.strip, summary.planned))


@router.get("/admin/studies/{study_id}/sessions/{session_id}")
def session_page(request: Request, use: Ctx, study_id: Id, session_id: Id) -> Response:
    """The session as the monitor shows it, and the forms that exclude, readmit or withdraw it."""
    return _page(request, use, study_id, session_id)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/exclude")
def exclude(request: Request, use: Ctx, who: Runs, study_id: Id, session_id: Id, reason: _Reason = "") -> Response:
    """The session no longer counts; the reason is kept with the decision."""
    try:
        checks.exclude(use.database, session_id, reason, actor(who), study_id=study_id)
    except AppError as error:
        return _page(request, use, study_id, session_id, error, reason=reason)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/readmit")
def readmit(request: Request, use: Ctx, who: Runs, study_id: Id, session_id: Id, reason: _Reason = "") -> Response:
    """The session counts again."""
    try:
        checks.readmit(use.database, session_id, reason, actor(who), study_id=study_id)
    except AppError as error:
        return _page(request, use, study_id, session_id, error, reason=reason)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/withdraw")
def withdraw(
    request: Request,
    use: Ctx,
    who: Runs,
    study_id: Id,
    session_id: Id,
    label: Annotated[str, Form(max_length=200)] = "",
    reason: _Reason = "",
) -> Response:
    """The subject has withdrawn, as they asked for by mail; confirmed by typing their label."""
    try:
        withdrawal.carry_out(use.database, study_id, session_id, label, reason, actor(who))
    except AppError as error:
        return _page(request, use, study_id, session_id, error, why=reason)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


def _page(
    request: Request, use: Context, study_id: int, session_id: int, error: AppError | None = None, *,
    reason: str = "", why: str = "",
) -> Response:  # fmt: skip
    """The page, with what was refused, and the reason as it was typed into the one form or the other."""
    found = checks.session_summaries(use.database, study_id, only=session_id)
    if not found:
        raise error or NoSuchSession(session_id)
    return study_page(
        request,
        head(use, study_id),
        "monitor",
        template="admin/study_session.html",
        problem=error.message if error else "",
        status=error.status if error else 200,
        rows=[row_of(one, request.state.may) for one in found],
        reason=reason,
        why=why,
    )

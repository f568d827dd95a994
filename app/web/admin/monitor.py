"""How a study is doing while it runs: four numbers, a strip per session, the coverage of its pairs."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import TrialKind
from app.errors import AppError
from app.sessions import checks, coverage, withdrawal
from app.sessions.checks import SessionSummary
from app.sessions.strips import Mark
from app.studies.service import StudyView
from app.web.admin.coverage_tables import coverage_tables
from app.web.admin.study_head import head, study_page
from app.web.downloads import participants_csv
from app.web.pages import LARGEST_ID, Context, Ctx, Id
from app.web.permits import Runs, runs, sees

router = APIRouter(dependencies=[Depends(sees)])
_PER_LINE, _PITCH, _SIDE = 50, 7, 5  # cells of a strip, and their size in units of its viewBox


@dataclass(frozen=True, slots=True)
class Strip:
    """A session's trials as one drawing: one path per kind of cell."""

    width: int
    height: int
    paths: dict[str, str]  # class of the cells, and their path data


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in the monitor's table."""

    summary: SessionSummary
    state: str
    strip: Strip


@router.get("/admin/studies/{study_id}/monitor")
def monitor(
    request: Request, use: Ctx, study_id: Id, session: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None
) -> Response:
    """How far every session is, and how many judgements every pair has; the form of a ``session`` stands open."""
    return _page(request, use, study_id, opened=session)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/exclude")
def exclude(
    request: Request, use: Ctx, who: Runs, study_id: Id, session_id: Id, reason: Annotated[str, Form()] = ""
) -> Response:
    """The session no longer counts; the reason is kept with the decision."""
    try:
        checks.exclude(use.database, session_id, reason, who.name, study_id=study_id)
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/sessions/{session_id}/readmit")
def readmit(
    request: Request, use: Ctx, who: Runs, study_id: Id, session_id: Id, reason: Annotated[str, Form()] = ""
) -> Response:
    """The session counts again."""
    try:
        checks.readmit(use.database, session_id, reason, who.name, study_id=study_id)
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
        withdrawal.carry_out(use.database, study_id, session_id, label, reason, who.name)
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.get("/admin/studies/{study_id}/participants.csv", dependencies=[Depends(runs)])
def participants(use: Ctx, study_id: Id) -> Response:
    """Who came from a recruiting service, and how it went: what to approve and pay by."""
    return participants_csv(use, study_id)


def _page(
    request: Request, use: Context, study_id: int, *, problem: str = "", status: int = 200, opened: int | None = None
) -> Response:
    above = head(use, study_id)
    rows = [_row(above.study, summary) for summary in checks.session_summaries(use.database, study_id)]
    return study_page(
        request,
        above,
        "monitor",
        status=status,
        problem=problem,
        opened=opened,
        rows=rows,
        coverage=coverage_tables(coverage.coverage(use.database, study_id)),
        sent=any(row.summary.service for row in rows),
        counts={word: sum(row.state == word for row in rows) for word in {row.state for row in rows}},
        answers=sum(row.summary.answered for row in rows if not row.summary.pilot),
    )


def _row(study: StudyView, summary: SessionSummary) -> SessionRow:
    return SessionRow(summary, summary.state(is_demo=study.is_demo), strip(summary.strip, summary.planned))


def strip(marks: tuple[Mark, ...], planned: int) -> Strip:
    """The drawing of a session.

    Hollow cells are to come, filled ones answered; rings are catch trials, crosses those that failed; a diamond is a
    repeat, a dash a dummy.
    """
    kinds = ["hollow"] * planned
    for at, mark in enumerate(marks):  # positions count through practice and what went to others, strips do not
        if at < planned and mark.answered:
            kinds[at] = "failed" if mark.correct is False else _DRAWN.get(mark.kind, "answered")
    paths = dict.fromkeys(_CELLS, "")
    for number, kind in enumerate(kinds):
        x, y = number % _PER_LINE * _PITCH + 1, number // _PER_LINE * _PITCH + 1
        paths[kind] += _CELLS[kind].format(x=x, y=y, right=x + _SIDE, middle=y + _SIDE / 2)
    lines = (planned + _PER_LINE - 1) // _PER_LINE
    return Strip(min(planned, _PER_LINE) * _PITCH + 2, lines * _PITCH + 2, {k: d for k, d in paths.items() if d})


_DRAWN = {TrialKind.CATCH: "catch", TrialKind.REPEAT: "repeat", TrialKind.DUMMY: "dummy"}
_CELLS = {
    "hollow": "M{x} {y}h5v5h-5z",
    "answered": "M{x} {y}h5v5h-5z",
    "catch": "M{x} {middle}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z",
    "failed": "M{x} {y}l5 5M{right} {y}l-5 5",
    "repeat": "M{x} {middle}l2.5 -2.5l2.5 2.5l-2.5 2.5z",
    "dummy": "M{x} {middle}h5",
}

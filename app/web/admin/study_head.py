"""The head that every tab of a study shares: its state, how far it has come, and what to do next."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.models import StudyState
from app.sessions import checks
from app.sessions.stopping import Sitters, sitters
from app.studies import service
from app.studies.lint import Severity
from app.studies.service import StudyView
from app.web.pages import Context, render
from app.web.rights import May, Right

TABS = {
    "stimuli": Right.SEES, "protocol": Right.SEES, "links": Right.RUNS, "monitor": Right.SEES,
    "results": Right.ANALYSES, "people": Right.OWNS, "log": Right.RUNS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyHead:
    """What stands above the tabs."""

    study: StudyView
    valid: int  # sessions that are complete and not excluded
    todo: str  # the next thing to do, in a few words
    todo_tab: str
    errors: int  # what keeps a draft from opening
    sitting: Sitters  # who is in the middle of a session


def head(use: Context, study_id: int) -> StudyHead:
    """The head of the study of that number."""
    study = service.get(use.database, study_id)
    valid = checks.valid_sessions(use.database, study.id, simulated=study.is_demo)
    errors = _errors(use, study)
    return StudyHead(study, valid, *_todo(study, valid, errors), errors, sitters(use.database, study.id))


def study_page(
    request: Request, above: StudyHead, tab: str, *, status: int = 200, template: str = "", **values: Any
) -> Response:
    """One tab of a study; its template is named after it unless it is another."""
    template = template or f"admin/study_{tab}.html"
    return render(
        request, template, status=status, head=above, study=above.study, tab=tab, tabs=open_tabs(request), **values
    )


def open_tabs(request: Request) -> list[str]:
    """The tabs that whoever asks may open."""
    may: May = request.state.may
    return [tab for tab, right in TABS.items() if may.has(right)]


def _errors(use: Context, study: StudyView) -> int:
    if study.state not in (StudyState.DRAFT, StudyState.PILOT):
        return 0
    return sum(finding.severity is Severity.ERROR for finding in service.lint(use.database, use.media, study.id))


def _todo(study: StudyView, valid: int, errors: int) -> tuple[str, str]:
    missing = study.target_sessions - valid
    if study.state is StudyState.DRAFT:
        if errors:
            return "mend what keeps it from opening", "stimuli"
        return "read the protocol, then open it", "protocol"
    if study.state.has_ended:
        return "read the results", "results"
    if study.trouble:
        again = "open" if study.state is StudyState.PILOT else "resume"
        return f"put the picture back, then {again} it", "stimuli"
    if study.state is StudyState.PILOT:
        return "try it, then open it", "links"
    if missing <= 0:
        return "read the results", "results"
    if study.state is StudyState.PAUSED:
        return "resume it to go on", "monitor"
    return f"{missing} more valid {'session' if missing == 1 else 'sessions'} wanted", "links"

"""The head that every tab of a study shares: its state, how far it has come, and what to do next."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.models import StudyState
from app.sessions.checks import session_summaries
from app.studies import service
from app.studies.lint import Severity
from app.studies.service import StudyView
from app.web.pages import Context, render

TABS = ("stimuli", "protocol", "links", "monitor", "results")


@dataclass(frozen=True, slots=True)
class StudyHead:
    """What stands above the tabs."""

    study: StudyView
    valid: int  # sessions that are complete and not excluded
    todo: str  # the next thing to do, in a few words
    todo_tab: str


def head(use: Context, study_id: int) -> StudyHead:
    """The head of the study of that number."""
    study = service.get(use.database, study_id)
    valid = sum(summary.counts for summary in session_summaries(use.database, study_id))
    return StudyHead(study, valid, *_todo(use, study, valid))


def study_page(
    request: Request, use: Context, study_id: int, tab: str, *, status: int = 200, **values: Any
) -> Response:
    """One tab of a study."""
    values.setdefault("problem", "")
    return render(
        request,
        f"admin/study_{tab}.html",
        status=status,
        head=head(use, study_id),
        tab=tab,
        tabs=TABS,
        **values,
    )


def _todo(use: Context, study: StudyView, valid: int) -> tuple[str, str]:
    missing = study.target_sessions - valid
    if study.state is StudyState.DRAFT:
        errors = sum(finding.severity is Severity.ERROR for finding in service.lint(use.database, use.media, study.id))
        if errors:
            return f"{errors} {'thing' if errors == 1 else 'things'} to mend before it can open", "stimuli"
        return "ready to open", "protocol"
    if study.state is StudyState.CLOSED or missing <= 0:
        return "read the results", "results"
    if study.state is StudyState.PAUSED:
        return "resume it to go on", "monitor"
    return f"{missing} more valid {'session' if missing == 1 else 'sessions'} wanted", "links"

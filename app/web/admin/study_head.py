"""The head that every tab of a study shares: its state, how far it has come, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.models import StudyState
from app.sessions import checks
from app.sessions.stopping import Sitters, sitters
from app.studies import moves, service, setting_up
from app.studies.finding import Finding, Severity
from app.studies.service import StudyView
from app.studies.steps import Standing, Step, next_step, step_of
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
    findings: tuple[Finding, ...]  # of a draft or a pilot
    steps: tuple[Standing, ...]  # in which a draft is set up; empty for others
    sitting: Sitters  # who is in the middle of a session
    begun: int  # sessions of a pilot: from the first on it is no draft again

    @property
    def errors(self) -> int:
        """How many things keep a draft or a pilot from opening."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)


def head(use: Context, study_id: int) -> StudyHead:
    """The head of the study of that number."""
    study = service.get(use.database, study_id)
    valid = checks.valid_sessions(use.database, study.id, simulated=study.is_demo)
    unopened = study.state in (StudyState.DRAFT, StudyState.PILOT)
    findings = tuple(service.lint(use.database, use.media, study.id)) if unopened else ()
    drafted = study.state is StudyState.DRAFT
    steps = setting_up.standing(use.database, study.id, findings) if drafted else ()
    begun = moves.begun(use.database, study.id) if study.state is StudyState.PILOT else 0
    sitting = sitters(use.database, study.id)
    return StudyHead(study, valid, *_todo(study, valid, steps), findings, steps, sitting, begun)


def study_page(
    request: Request, above: StudyHead, tab: str, *, status: int = 200, template: str = "", **values: Any
) -> Response:
    """One tab of a study; its template is named after it unless it is another."""
    template = template or f"admin/study_{tab}.html"
    shared: dict[str, Any] = {
        "head": above, "study": above.study, "home": f"/admin/studies/{above.study.id}", "tab": tab,
        "tabs": open_tabs(request), "step": None, "step_of": step_of,
    }  # fmt: skip
    return render(request, template, status=status, **shared | values)


def address(step: Step) -> str:
    """Where the step of a draft is, beneath the study's own address: the pictures have a tab."""
    return "stimuli" if step is Step.PICTURES else f"set-up/{step}"


def open_tabs(request: Request) -> list[str]:
    """The tabs that whoever asks may open."""
    may: May = request.state.may
    return [tab for tab, right in TABS.items() if may.has(right)]


def _todo(study: StudyView, valid: int, steps: Sequence[Standing]) -> tuple[str, str]:
    missing = study.target_sessions - valid
    if steps:
        step = next_step(steps)
        return step.heading[0].lower() + step.heading[1:], address(step)
    if study.state.has_ended:
        return "read the results", "results"
    if study.trouble:
        again = "open" if study.state is StudyState.PILOT else "resume"
        return f"put the picture back, then {again} it", "stimuli"
    if study.state is StudyState.PILOT:
        return "try it, then open it", "links"
    if missing <= 0:
        return "close it, then read the results", "monitor"
    if study.state is StudyState.PAUSED:
        return "resume it to go on", "monitor"
    return f"{missing} more valid {'session' if missing == 1 else 'sessions'} wanted", "links"

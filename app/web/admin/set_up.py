"""A draft set up step by step: each page shows a part of the settings and saves it alone."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError
from app.results.expected_planning import expected
from app.results.outlook import outlook
from app.studies import inventory, protocol, service, setting_up
from app.studies.changes import DraftChanged
from app.studies.steps import Step, next_step
from app.studies.titles import BadTitle
from app.web.admin.draft_conflict import Clash, clash, revision, settled, title_after
from app.web.admin.forms import Sent, text
from app.web.admin.protocol_form import require_whole, said, settings_of
from app.web.admin.study_head import address, head, study_page
from app.web.admin.study_stimuli import stimuli_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, runs

router = APIRouter()


@router.get("/admin/studies/{study_id}/set-up", dependencies=[Depends(runs)])
def set_up(use: Ctx, study_id: Id) -> Response:
    """The step of the draft with something to mend, or the first that nobody has looked at."""
    above = head(use, study_id)
    place = address(next_step(above.steps)) if above.steps else "protocol"
    return RedirectResponse(f"/admin/studies/{study_id}/{place}", 303)


@router.get("/admin/studies/{study_id}/set-up/{step}", dependencies=[Depends(runs)])
def show_step(request: Request, use: Ctx, study_id: Id, step: Step) -> Response:
    """One step of the draft: its settings with every default and its reason, and what the lint says of them."""
    state = service.get(use.database, study_id).state
    if step is Step.PICTURES or state is not StudyState.DRAFT:
        place = "stimuli" if step is Step.PICTURES else "protocol"
        return RedirectResponse(f"/admin/studies/{study_id}/{place}", 303)
    return step_page(request, use, study_id, step)


@router.post("/admin/studies/{study_id}/set-up/{step}")
def save_step(request: Request, use: Ctx, who: Runs, study_id: Id, step: Step, form: Sent) -> Response:
    """The draft has these settings of the step and keeps all others; what does not fit comes back at its field."""
    require_whole(form, step.settings)
    before, title = service.get(use.database, study_id), text(form, "title") if step is Step.WORDS else None
    values = settled(form, before, said(form, step.settings))
    typed = before.protocol.model_dump() | values
    try:
        wanted = protocol.read(typed)
        setting_up.save(
            use.database, study_id, step, values, title=title, revision=revision(form), by=actor(who)
        )  # fmt: skip
    except DraftChanged as error:
        told, typed = clash(error, service.get(use.database, study_id), wanted, typed)
        title = title_after(error, service.get(use.database, study_id), title) if title is not None else None
        return step_page(request, use, study_id, step, title, typed, told=told, status=error.status)
    except AppError as error:
        return step_page(
            request, use, study_id, step, title, typed, problem=error.message, faults=faults_of(error),
            read=revision(form), status=error.status,
        )  # fmt: skip
    return RedirectResponse(f"/admin/studies/{study_id}/{_onward(step, text(form, 'go'))}", 303)


def step_page(
    request: Request,
    use: Context,
    study_id: int,
    step: Step,
    title: str | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    problem: str = "",
    faults: Mapping[str, str] | None = None,
    told: Clash | None = None,
    read: int | None = None,
    status: int = 200,
) -> Response:
    """The page of the step, with what was typed and why it was not saved."""
    above = head(use, study_id)
    study, stock = above.study, inventory.read(use.database, study_id)
    wants_expectation = step in (Step.PLAN, Step.OPEN)
    return study_page(
        request,
        above,
        "protocol",
        template="admin/study_open.html" if step is Step.OPEN else "admin/study_step.html",
        status=status,
        step=step,
        problem=problem,
        faults=faults or {},
        clash=told,
        revision=study.revision if read is None else read,
        title=study.title if title is None else title,
        groups=settings_of(study.protocol.model_dump() if values is None else values, step.groups, faults),
        findings=next(one.findings for one in above.steps if one.step is step) if above.steps else (),
        outlook=outlook(use.database, study_id) if stock else None,
        expected=expected(study.protocol, stock) if wants_expectation else None,
    )


def unready_page(request: Request, use: Context, study_id: int, problem: str, status: int) -> Response:
    """What keeps the study from opening, with where it can be mended; a pilot has lost a picture."""
    if service.get(use.database, study_id).state is StudyState.DRAFT:
        return step_page(request, use, study_id, Step.OPEN, problem=problem, status=status)
    return stimuli_page(request, use, study_id, problem=problem, status=status)


def faults_of(error: AppError) -> dict[str, str]:
    """What is wrong with which field of the form; empty where it is no field's."""
    if isinstance(error, BadTitle):
        return {"title": error.message}
    return error.faults if isinstance(error, protocol.BadProtocol) else {}


def _onward(step: Step, go: str) -> str:
    """Where the page goes when it has been saved: the next step, the one before, or the one that was asked for."""
    ways = {"next": step.after or step, "back": step.before or step, **{other.value: other for other in Step}}
    return address(ways[go]) if go in ways else f"{address(step)}?saved=1"

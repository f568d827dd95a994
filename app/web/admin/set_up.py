"""A draft set up step by step: each page shows a part of the settings and saves it alone."""

from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.results.expected_planning import expected
from app.results.outlook import outlook
from app.studies import inventory, service, setting_up
from app.studies.protocol import Protocol
from app.studies.steps import Step, next_step
from app.web.admin.draft_form import Typed, as_saved, saved_or_typed
from app.web.admin.forms import Sent, text
from app.web.admin.protocol_form import require_whole, settings_of
from app.web.admin.study_head import address, head, study_page
from app.web.admin.study_stimuli import stimuli_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, runs

CATCH = "catch"  # the page of catch pairs, which belongs to the step of checks
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

    def save(wanted: Protocol, title: str, read: int | None) -> None:
        own = {name: getattr(wanted, name) for name in step.settings}
        named = title if step is Step.WORDS else None
        setting_up.save(use.database, study_id, step, own, title=named, revision=read, by=actor(who))

    if typed := saved_or_typed(use, study_id, form, step.settings, save):
        return step_page(request, use, study_id, step, typed)
    return RedirectResponse(f"/admin/studies/{study_id}/{onward(step, text(form, 'go'))}", 303)


def step_page(
    request: Request,
    use: Context,
    study_id: int,
    step: Step,
    typed: Typed | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page of the step, with what was typed and why it was not saved, or why the study could not be moved on."""
    above = head(use, study_id)
    study, stock = above.study, inventory.read(use.database, study_id)
    form = typed or replace(as_saved(study), problem=problem, status=status)
    return study_page(
        request,
        above,
        "protocol",
        template="admin/study_open.html" if step is Step.OPEN else "admin/study_step.html",
        status=form.status,
        step=step,
        groups=settings_of(form.values, step.groups, form.faults),
        findings=next(one.findings for one in above.steps if one.step is step) if above.steps else (),
        outlook=outlook(use.database, study_id) if stock else None,
        expected=expected(study.protocol, stock) if step in (Step.PLAN, Step.OPEN) else None,
        **form.shown,
    )


def unready_page(request: Request, use: Context, study_id: int, problem: str, status: int) -> Response:
    """What keeps the study from opening, with where it can be mended; a pilot has lost a picture."""
    if service.get(use.database, study_id).state is StudyState.DRAFT:
        return step_page(request, use, study_id, Step.OPEN, problem=problem, status=status)
    return stimuli_page(request, use, study_id, problem=problem, status=status)


def onward(step: Step, go: str) -> str:
    """Where the page goes when it has been saved: the next step, the one before, or what was asked for."""
    ways = {"next": step.after or step, "back": step.before or step, **{other.value: other for other in Step}}
    if go == CATCH:
        return CATCH
    return address(ways[go]) if go in ways else f"{address(step)}?saved=1"

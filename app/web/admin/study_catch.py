"""A study's catch pairs, to be looked at and chosen: what they are, what they could be, and what their rule can do."""

from collections.abc import Collection, Mapping

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError
from app.studies import catching, inventory, measured
from app.studies.changes import DraftChanged
from app.studies.effort_lint import INATTENTIVE, catch_rule
from app.studies.steps import Step
from app.web.admin.draft_conflict import revision
from app.web.admin.draft_form import faults_of
from app.web.admin.forms import Sent, text
from app.web.admin.set_up import CATCH, onward
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, sees

router = APIRouter(dependencies=[Depends(sees)])


@router.get("/admin/studies/{study_id}/catch")
def catch_pairs(request: Request, use: Ctx, study_id: Id) -> Response:
    """The pairs that catch trials show, those that they could show, and the power of the rule."""
    return _page(request, use, study_id)


@router.post("/admin/studies/{study_id}/catch")
def choose_catch_pairs(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """The draft's catch trials show the ticked pairs; where others changed the draft meanwhile, nothing is saved."""
    ticked = list(dict.fromkeys(line for line in form.getlist("pair") if isinstance(line, str)))
    numbers = {name: text(form, name) for name in catching.RULE if name in form}
    read = revision(form)
    try:
        catching.choose(use.database, study_id, ticked, numbers, revision=read, by=actor(who))
    except DraftChanged as error:
        return _page(request, use, study_id, problem=error.message, ticked=ticked, numbers=numbers, status=error.status)
    except AppError as error:
        return _page(
            request,
            use,
            study_id,
            problem=error.message,
            faults=faults_of(error),
            ticked=ticked,
            numbers=numbers,
            read=read,
            status=error.status,
        )
    go = text(form, "go")
    place = onward(Step.CHECKS, go) if go and go != "stay" else f"{CATCH}?saved=1"
    return RedirectResponse(f"/admin/studies/{study_id}/{place}", 303)


def _page(
    request: Request,
    use: Context,
    study_id: int,
    *,
    problem: str = "",
    faults: Mapping[str, str] | None = None,
    ticked: Collection[str] | None = None,
    numbers: dict[str, str] | None = None,
    read: int | None = None,
    status: int = 200,
) -> Response:
    above = head(use, study_id)
    rule, stock = above.study.protocol, inventory.read(use.database, study_id)
    shown, found = catching.in_force(rule, stock), catching.offered(rule, stock, measured.held(use.database, study_id))
    offered = {
        "References against degraded inputs": found.usual,
        "Conditions that measures put farthest apart": found.widest,
        "Others of your own": found.own,
    }
    power = catch_rule(rule)
    draft = above.study.state is StudyState.DRAFT
    return study_page(
        request,
        above,
        "protocol",
        template="admin/study_catch.html",
        status=status,
        step=Step.CHECKS,
        problem=problem,
        faults=faults or {},
        revision=above.study.revision if read is None else read,
        groups=offered if draft else {"What catch trials show": shown},
        ticked={str(one.pair) for one in shown} if ticked is None else set(ticked),
        numbers={name: str(getattr(rule, name)) for name in catching.RULE} | (numbers or {}),
        in_force=len(shown),
        inattentive=1 - power.honest_fails(INATTENTIVE),
        honest=power.honest_fails(),
    )

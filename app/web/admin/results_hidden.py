"""The gate before the results of a study that is not over."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.catalog import MEASURES
from app.results import peeks
from app.results.plan import plan_of
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Analyses, actor, analyses
from app.web.sign_in import Next, safe_target

router = APIRouter(dependencies=[Depends(analyses)])


@router.get("/admin/studies/{study_id}/results/hidden")
def hidden(request: Request, use: Ctx, who: Analyses, study_id: Id, target: Next = "") -> Response:
    """What a look at the results would mean, and the button that shows them; who has looked goes on to them."""
    onward = _onward(study_id, target)
    if not peeks.is_hidden(use.database, study_id, actor(who)):
        return RedirectResponse(onward, 303)
    return hidden_page(request, use, study_id, onward)


@router.post("/admin/studies/{study_id}/results/hidden")
def show(use: Ctx, who: Analyses, study_id: Id, target: Next = "") -> Response:
    """That somebody looks is written down, and the results are shown to them for some hours."""
    peeks.looked(use.database, study_id, "results", actor(who))
    return RedirectResponse(_onward(study_id, target), 303)


def hidden_page(
    request: Request, use: Context, study_id: int, onward: str, *, status: int = 200, outcome: object = None
) -> Response:
    """The gate, with what became of values of measures: they come in without a look."""
    return study_page(
        request, head(use, study_id), "results", template="admin/results_hidden.html", status=status, problem="",
        plan=plan_of(use.database, study_id), peeks=peeks.peeks(use.database, study_id), hours=peeks.SHOWN_HOURS,
        onward=onward, outcome=outcome, known=sorted(MEASURES), agreement=None, chosen=None,
    )  # fmt: skip


def _onward(study_id: int, target: str) -> str:
    """The part of the results that was asked for, whatever else the address says."""
    results = f"/admin/studies/{study_id}/results"
    inside = target.startswith((f"{results}/", f"{results}?")) and not target.startswith(f"{results}/hidden")
    return safe_target(target) if inside and safe_target(target) == target else results

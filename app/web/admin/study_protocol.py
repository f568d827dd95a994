"""A study's protocol: edited while it is a draft, read afterwards."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError
from app.results.expected_planning import expected
from app.studies import inventory, protocol, service
from app.web.admin.forms import Sent, text
from app.web.admin.protocol_form import said, settings_of
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, sees

router = APIRouter(dependencies=[Depends(sees)])


@router.get("/admin/studies/{study_id}/protocol")
def protocol_tab(request: Request, use: Ctx, study_id: Id) -> Response:
    """The settings, each with its reason."""
    return _page(request, use, study_id)


@router.post("/admin/studies/{study_id}/protocol")
def save_protocol(request: Request, use: Ctx, _who: Runs, study_id: Id, form: Sent) -> Response:
    """The draft has this title and protocol; what does not fit comes back to the form."""
    title, values = text(form, "title"), said(form)
    try:
        service.edit(use.database, study_id, title=title, protocol=protocol.read(values))
    except AppError as error:
        return _page(request, use, study_id, title, values, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/protocol?saved=1", 303)


def _page(
    request: Request,
    use: Context,
    study_id: int,
    title: str | None = None,
    values: dict[str, Any] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> Response:
    above = head(use, study_id)
    draft = above.study.state is StudyState.DRAFT
    return study_page(
        request,
        above,
        "protocol",
        status=status,
        problem=problem,
        expected=expected(above.study.protocol, inventory.read(use.database, study_id)) if draft else None,
        title=above.study.title if title is None else title,
        groups=settings_of(above.study.protocol.model_dump() if values is None else values),
    )

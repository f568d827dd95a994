"""A study's protocol: edited while it is a draft, read afterwards."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError
from app.results.expected_planning import expected
from app.studies import as_file, inventory, protocol, service
from app.studies.changes import DraftChanged
from app.studies.study_text import text_of
from app.web.admin.draft_conflict import Clash, clash, revision, settled, title_after
from app.web.admin.forms import Sent, text
from app.web.admin.protocol_form import said, settings_of
from app.web.admin.set_up import faults_of
from app.web.admin.study_head import head, study_page
from app.web.downloads import attached
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, sees

router = APIRouter(dependencies=[Depends(sees)])


@router.get("/admin/studies/{study_id}/protocol")
def protocol_tab(request: Request, use: Ctx, study_id: Id) -> Response:
    """The settings, each with its reason."""
    return _page(request, use, study_id)


@router.get("/admin/studies/{study_id}/study.yaml")
def study_file(use: Ctx, study_id: Id) -> Response:
    """The whole study as a file that makes it again."""
    told = text_of(as_file.described(use.database, study_id))
    return Response(told, media_type="application/yaml", headers=attached(f"study-{study_id}.yaml"))


@router.post("/admin/studies/{study_id}/protocol")
def save_protocol(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """The draft has this title and protocol; what does not fit, or meets another's changes, comes back to the form."""
    before = service.get(use.database, study_id)
    title, values = text(form, "title"), settled(form, before, said(form))
    try:
        wanted = protocol.read(values)
        service.edit(use.database, study_id, title=title, protocol=wanted, revision=revision(form), by=actor(who))
    except DraftChanged as error:
        told, values = clash(error, service.get(use.database, study_id), wanted, values)
        title = title_after(error, service.get(use.database, study_id), title)
        return _page(request, use, study_id, title, values, told=told, status=error.status)
    except AppError as error:
        return _page(
            request,
            use,
            study_id,
            title,
            values,
            problem=error.message,
            faults=faults_of(error),
            status=error.status,
            read=revision(form),
        )
    return RedirectResponse(f"/admin/studies/{study_id}/protocol?saved=1", 303)


def _page(
    request: Request,
    use: Context,
    study_id: int,
    title: str | None = None,
    values: dict[str, Any] | None = None,
    *,
    problem: str = "",
    faults: Mapping[str, str] | None = None,
    told: Clash | None = None,
    read: int | None = None,
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
        faults=faults or {},
        clash=told,
        revision=above.study.revision if read is None else read,
        expected=expected(above.study.protocol, inventory.read(use.database, study_id)) if draft else None,
        title=above.study.title if title is None else title,
        groups=settings_of(above.study.protocol.model_dump() if values is None else values, faults=faults),
    )

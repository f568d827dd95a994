"""A study's protocol: edited while it is a draft, read afterwards."""

from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.results.expected_planning import expected
from app.studies import as_file, inventory, service
from app.studies.protocol import Protocol
from app.studies.study_text import text_of
from app.web.admin.draft_form import Typed, as_saved, saved_or_typed
from app.web.admin.forms import Sent
from app.web.admin.protocol_form import settings_of
from app.web.admin.study_head import head, study_page
from app.web.downloads import attached
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, sees
from app.web.rights import May

router = APIRouter(dependencies=[Depends(sees)])


@router.get("/admin/studies/{study_id}/protocol")
def protocol_tab(request: Request, use: Ctx, study_id: Id) -> Response:
    """The settings, each with its reason."""
    return _page(request, use, study_id)


@router.get("/admin/studies/{study_id}/study.yaml")
def study_file(request: Request, use: Ctx, study_id: Id) -> Response:
    """The whole study as a file that makes it again; codes are left out for whoever does not run it."""
    may: May = request.state.may
    told = text_of(as_file.described(use.database, study_id), codes=may.runs)
    return Response(told, media_type="application/yaml", headers=attached(f"study-{study_id}.yaml"))


@router.post("/admin/studies/{study_id}/protocol")
def save_protocol(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """The draft has this title and protocol; what does not fit, or meets another's changes, comes back to the form."""

    def save(wanted: Protocol, title: str, read: int | None) -> None:
        service.edit(use.database, study_id, title=title, protocol=wanted, revision=read, by=actor(who))

    if typed := saved_or_typed(use, study_id, form, Protocol.model_fields.keys(), save):
        return _page(request, use, study_id, typed)
    return RedirectResponse(f"/admin/studies/{study_id}/protocol?saved=1", 303)


def _page(request: Request, use: Context, study_id: int, typed: Typed | None = None) -> Response:
    above, may = head(use, study_id), request.state.may
    seen = above.study if may.runs else replace(above.study, protocol=above.study.protocol.without_codes())
    form, draft = typed or as_saved(seen), above.study.state is StudyState.DRAFT
    return study_page(
        request,
        above,
        "protocol",
        status=form.status,
        expected=expected(above.study.protocol, inventory.read(use.database, study_id)) if draft else None,
        groups=settings_of(form.values, faults=form.faults),
        **form.shown,
    )

"""Studies: the list, a new one, and the moves from draft to closed."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.sessions import checks
from app.studies import protocol, service, trouble
from app.studies.protocol import Protocol
from app.web.admin.forms import Sent, chosen_jobs, finished_renderings, text
from app.web.admin.protocol_form import said, settings_of
from app.web.admin.study_head import head
from app.web.admin.study_stimuli import stimuli_page
from app.web.pages import Context, Ctx, Id, render
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])


@router.get("/admin")
def home() -> Response:
    """The desk opens on its studies."""
    return RedirectResponse("/admin/studies", 303)


@router.get("/admin/studies")
def studies(request: Request, use: Ctx) -> Response:
    """All studies, the newest first."""
    listed = [
        (study, checks.valid_sessions(use.database, study.id, simulated=study.is_demo))
        for study in service.listing(use.database)
    ]
    return render(
        request, "admin/studies.html", studies=listed, renderings=sum(map(len, finished_renderings(use).values()))
    )


@router.get("/admin/studies/new")
def new_study(request: Request, use: Ctx) -> Response:
    """The form for a new draft, with every default and its reason."""
    return _form(request, use, title="", values=Protocol().model_dump(), chosen=[])


@router.post("/admin/studies/new")
def create_study(request: Request, use: Ctx, form: Sent) -> Response:
    """A new draft, with the pictures of the chosen renderings; otherwise nothing, and the form comes back."""
    title, values, chosen = text(form, "title"), said(form), chosen_jobs(form)
    try:
        study_id = service.create(use.database, title, protocol.read(values), renderings=chosen)
    except AppError as error:
        return _form(
            request, use, title=title, values=values, chosen=chosen, problem=error.message, status=error.status
        )
    return RedirectResponse(f"/admin/studies/{study_id}/stimuli", 303)


@router.get("/admin/studies/{study_id}")
def study(use: Ctx, study_id: Id) -> Response:
    """The tab where there is something to do."""
    return RedirectResponse(f"/admin/studies/{study_id}/{head(use, study_id).todo_tab}", 303)


@router.post("/admin/studies/{study_id}/open")
def open_study(request: Request, use: Ctx, study_id: Id) -> Response:
    """Freezes the draft and lets subjects in; what is missing is listed where it can be mended."""
    try:
        service.open_study(use.database, use.media, study_id)
    except service.StudyNotReady as error:
        return stimuli_page(request, use, study_id, problem="The study cannot open yet.", status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/links", 303)


@router.post("/admin/studies/{study_id}/delete")
def delete(use: Ctx, study_id: Id) -> Response:
    """The draft is gone; what has been open stays."""
    service.delete(use.database, study_id)
    return RedirectResponse("/admin/studies", 303)


@router.post("/admin/studies/{study_id}/pause")
def pause(use: Ctx, study_id: Id) -> Response:
    """No new block starts until the study is resumed."""
    service.pause(use.database, study_id)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/resume")
def resume(use: Ctx, study_id: Id) -> Response:
    """Subjects go on; where the study paused itself, its pictures must be back first."""
    trouble.resume(use.database, use.media, study_id)
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/close")
def close(use: Ctx, study_id: Id) -> Response:
    """The study ends for good."""
    service.close(use.database, study_id)
    return RedirectResponse(f"/admin/studies/{study_id}/results", 303)


def _form(
    request: Request,
    use: Context,
    *,
    title: str,
    values: dict[str, object],
    chosen: list[int],
    problem: str = "",
    status: int = 200,
) -> Response:
    return render(
        request,
        "admin/study_new.html",
        status=status,
        title=title,
        groups=settings_of(values),
        renderings=finished_renderings(use),
        chosen=chosen,
        problem=problem,
    )

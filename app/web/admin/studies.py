"""Studies: the list, and a new one; ``study_moves`` has what is done to one that is there."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError
from app.sessions import checks
from app.studies import protocol, service
from app.studies.protocol import Protocol
from app.studies.wording import QUESTION
from app.web.admin.draft_form import faults_of
from app.web.admin.forms import Sent, chosen_jobs, finished_renderings, text
from app.web.admin.protocol_form import said
from app.web.admin.study_head import address, head, open_tabs
from app.web.pages import Context, Ctx, Id, render
from app.web.permits import Creates, actor, creates, sees
from app.web.sign_in import Who, signed_in

router = APIRouter()


@router.get("/admin", dependencies=[Depends(signed_in)])
def home() -> Response:
    """The desk opens on its studies."""
    return RedirectResponse("/admin/studies", 303)


@router.get("/admin/studies")
def studies(request: Request, use: Ctx, who: Who, archived: bool = False) -> Response:
    """The studies that one may see, the newest first: those that are not in the archive, or those that are."""
    known = service.listing(use.database, account_id=None if who.operates else who.account_id)
    wanted = [study for study in known if (study.state is StudyState.ARCHIVED) is archived]
    listed = [(study, checks.valid_sessions(use.database, study.id, simulated=study.is_demo)) for study in wanted]
    return render(
        request,
        "admin/studies.html",
        studies=listed,
        archived=archived,
        others=len(known) - len(wanted),
        renderings=sum(map(len, finished_renderings(use).values())),
    )


@router.get("/admin/studies/new", dependencies=[Depends(creates)])
def new_study(request: Request, use: Ctx) -> Response:
    """The little that a new draft needs: a title, the question, and where its pictures come from."""
    return new_page(request, use)


@router.post("/admin/studies/new")
def create_study(request: Request, use: Ctx, who: Creates, form: Sent) -> Response:
    """A new draft, with the pictures of the chosen renderings; otherwise nothing, and the form comes back.

    Other settings may be sent along; the rest have their defaults, which the next pages show.
    """
    title, zipped = text(form, "title"), text(form, "pictures") == "zip"
    values = said(form, [name for name in Protocol.model_fields if name in form])
    chosen = list[int]()
    try:
        chosen = [] if zipped else chosen_jobs(form)
        study_id = service.create(use.database, title, protocol.read(values), renderings=chosen, by=actor(who))
    except AppError as error:
        question = str(values.get("question", QUESTION))
        source = "zip" if zipped else "renderings"
        return new_page(request, use, title=title, question=question, chosen=chosen, source=source, error=error)
    return RedirectResponse(f"/admin/studies/{study_id}/stimuli{'#upload' if zipped else ''}", 303)


@router.get("/admin/studies/{study_id}", dependencies=[Depends(sees)])
def study(request: Request, use: Ctx, study_id: Id) -> Response:
    """The tab where there is something to do; for those who may not open it, how far the study is."""
    above = head(use, study_id)
    known = {*open_tabs(request), *(address(one.step) for one in above.steps if request.state.may.runs)}
    return RedirectResponse(
        f"/admin/studies/{study_id}/{above.todo_tab if above.todo_tab in known else 'monitor'}", 303
    )


def new_page(
    request: Request,
    use: Context,
    *,
    title: str = "",
    question: str = QUESTION,
    chosen: Sequence[int] = (),
    source: str = "",
    error: AppError | None = None,
    from_file: bool = False,
) -> Response:
    """The form for a new draft, with what was typed and why it was not taken."""
    launches = finished_renderings(use)
    return render(
        request,
        "admin/study_new.html",
        status=error.status if error else 200,
        title=title,
        question=question,
        launches=launches,
        chosen=chosen,
        source=source or ("renderings" if launches else "zip"),
        problem=error.message if error else "",
        faults=faults_of(error) if error else {},
        from_file=from_file,
    )

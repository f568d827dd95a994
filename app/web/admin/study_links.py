"""The links into a study: one for everybody, one for trying it, and one of their own for each invited subject."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.sessions import invitations, links, quota
from app.sessions.recruiting import set_ups
from app.web import link_lists
from app.web.admin.study_head import head, study_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import attached
from app.web.label_lists import read_labels
from app.web.link_cards import Paper
from app.web.link_lists import Whom
from app.web.pages import Context, Ctx, Id, outside
from app.web.permits import Runs, actor, runs

router = APIRouter(dependencies=[Depends(runs)])
_Part = Annotated[int, Query(ge=1, le=10_000)]
_Labels = Annotated[str, Form(max_length=500_000)]


@router.get("/admin/studies/{study_id}/links")
def links_tab(request: Request, use: Ctx, study_id: Id) -> Response:
    """The public link and what recruiting services need, and everybody's personal link."""
    return _page(request, use, study_id)


@router.post("/admin/studies/{study_id}/links")
def invite(
    request: Request,
    use: Ctx,
    who: Runs,
    study_id: Id,
    labels: _Labels = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A personal link for every label of the text or the file; a label that is known keeps the link it has."""
    try:
        wanted = read_labels(file.file.read() if file and file.filename else labels)
        invitations.invite(use.database, use.secret, study_id, wanted, by=actor(who))
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, labels=labels, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/links#invited", 303)


@router.post("/admin/studies/{study_id}/links/take-back")
def take_back(
    request: Request, use: Ctx, who: Runs, study_id: Id, label: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The link of a subject who has not begun leads nowhere any more, and the label is free again."""
    try:
        invitations.take_back(use.database, study_id, label, by=actor(who))
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/links#invited", 303)


@router.get("/admin/studies/{study_id}/links.csv")
def links_csv(request: Request, use: Ctx, study_id: Id, whom: Whom = Whom.ALL) -> Response:
    """The personal links of those who were invited, as CSV."""
    found = link_lists.wanted(use.database, use.secret, study_id, whom)
    text = link_lists.links_csv(found, outside(request, use))
    return Response(
        text, media_type="text/csv; charset=utf-8", headers=attached(f"study-{study_id}-links.csv")
    )  # fmt: skip


@router.get("/admin/studies/{study_id}/links.pdf", dependencies=[IN_TURN])
def links_pdf(
    request: Request,
    use: Ctx,
    study_id: Id,
    whom: Whom = Whom.ALL,
    paper: Paper = Paper.A4,
    part: _Part = 1,
) -> Response:
    """The personal links as cards to cut, each with a QR code; a file holds 200."""
    found = link_lists.wanted(use.database, use.secret, study_id, whom)
    drawn = link_lists.links_pdf(use.database, study_id, found, outside(request, use), paper, part)
    return Response(
        drawn, media_type="application/pdf", headers=attached(f"study-{study_id}-links-{part}.pdf")
    )  # fmt: skip


def _page(
    request: Request, use: Context, study_id: int, *, problem: str = "", labels: str = "", status: int = 200
) -> Response:
    above, base = head(use, study_id), outside(request, use)
    found = invitations.invitations(use.database, use.secret, study_id)
    invited, public = [one for one in found if one.invited], links.public_link(use.database, use.secret, study_id, base)
    return study_page(
        request,
        above,
        "links",
        status=status,
        problem=problem,
        labels=labels,
        public=public,
        pilot=links.pilot_link(use.database, use.secret, study_id, base),
        places=quota.places_taken(use.database, study_id),
        services=set_ups(above.study.protocol, public),
        invited=[(one, f"{base}/p/{one.token}") for one in invited],
        others=[(one, f"{base}/p/{one.token}") for one in found if not one.invited],
        files=link_lists.sheets(invited),
        waiting=sum(not one.started for one in invited),
    )

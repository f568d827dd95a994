"""The links into a study: one for everybody, one for trying it, and one of their own for each invited subject."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError, BadInput
from app.sessions import invitations, links
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id, outside
from app.web.permits import runs

router = APIRouter(dependencies=[Depends(runs)])


class NobodyInvited(BadInput):
    """An invitation needs at least one label."""

    def __init__(self) -> None:
        super().__init__(
            "There is nobody to invite", "write at least one label, one per line: each gets a link of its own"
        )


@router.get("/admin/studies/{study_id}/links")
def links_tab(request: Request, use: Ctx, study_id: Id) -> Response:
    """The public link, and everybody's personal link."""
    return _page(request, use, study_id)


@router.post("/admin/studies/{study_id}/links")
def invite(request: Request, use: Ctx, study_id: Id, labels: Annotated[str, Form(max_length=100_000)] = "") -> Response:
    """A personal link for every label; a label that is known keeps the link it has."""
    wanted = [line.strip() for line in labels.splitlines() if line.strip()]
    try:
        if not wanted:
            raise NobodyInvited
        invitations.invite(use.database, use.secret, study_id, wanted)
    except AppError as error:
        return _page(request, use, study_id, problem=error.message, labels=labels, status=error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/links#invited", 303)


def _page(
    request: Request, use: Context, study_id: int, *, problem: str = "", labels: str = "", status: int = 200
) -> Response:
    above = head(use, study_id)
    base = outside(request, use)
    return study_page(
        request,
        above,
        "links",
        status=status,
        problem=problem,
        labels=labels,
        public=links.public_link(use.secret, study_id, base),
        pilot=links.pilot_link(use.secret, study_id, base),
        invitations=[
            (invitation, f"{base}/p/{invitation.token}")
            for invitation in invitations.invitations(use.database, use.secret, study_id)
        ],
    )

"""Who takes part in a study, for its owners: roles, and invitations by a link."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import Role
from app.errors import AppError
from app.studies import members
from app.web import account_invitations
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id, outside
from app.web.permits import Owns, actor

router = APIRouter()
Name = Annotated[str, Form(max_length=200)]


@router.get("/admin/studies/{study_id}/people")
def people_tab(request: Request, use: Ctx, _who: Owns, study_id: Id) -> Response:
    """Members and open invitations."""
    return _page(request, use, study_id)


@router.post("/admin/studies/{study_id}/people")
def give_role(
    request: Request, use: Ctx, who: Owns, study_id: Id, role: Annotated[Role, Form()], name: Name = ""
) -> Response:
    """The account of that name has this role, whatever it had before."""
    try:
        members.give(use.database, study_id, name, role, by=actor(who))
    except AppError as error:
        return _page(request, use, study_id, problem=error)
    return RedirectResponse(f"/admin/studies/{study_id}/people?saved=role", 303)


@router.post("/admin/studies/{study_id}/people/remove")
def remove(request: Request, use: Ctx, who: Owns, study_id: Id, name: Name = "") -> Response:
    """The account takes part no longer."""
    try:
        members.remove(use.database, study_id, name, by=actor(who))
    except AppError as error:
        return _page(request, use, study_id, problem=error)
    return RedirectResponse(
        "/admin/studies" if name == who.name and not who.operates else f"/admin/studies/{study_id}/people", 303
    )


@router.post("/admin/studies/{study_id}/people/invitations")
def invite_colleague(
    request: Request,
    use: Ctx,
    who: Owns,
    study_id: Id,
    role: Annotated[Role, Form()],
    whom: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """A link to this role, shown on this reply and never again."""
    try:
        made = account_invitations.make(use.database, whom, study_id=study_id, role=role, by=actor(who))
    except AppError as error:
        return _page(request, use, study_id, problem=error)
    return _page(request, use, study_id, link=f"{outside(request, use)}/invitation/{made}")


@router.post("/admin/studies/{study_id}/people/invitations/{number}/revoke")
def revoke_invitation(use: Ctx, who: Owns, study_id: Id, number: Id) -> Response:
    """The invitation opens nothing any more."""
    account_invitations.revoke(use.database, number, study_id=study_id, by=actor(who))
    return RedirectResponse(f"/admin/studies/{study_id}/people", 303)


def _page(
    request: Request, use: Context, study_id: int, *, problem: AppError | None = None, link: str = ""
) -> Response:
    return study_page(
        request,
        head(use, study_id),
        "people",
        status=problem.status if problem else 201 if link else 200,
        problem=problem.message if problem else "",
        members=members.listing(use.database, study_id),
        invitations=account_invitations.listing(use.database, study_id),
        roles=list(Role),
        link=link,
    )

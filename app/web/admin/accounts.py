"""Accounts, for those who operate the program: rights, logins, invitations, and an account's end."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.web import account_invitations, accounts, login
from app.web.login import SignedIn
from app.web.pages import Context, Ctx, Id, outside, render
from app.web.permits import Operates, actor

router = APIRouter()
ADDRESS = "/admin/accounts"
Name = Annotated[str, Form(max_length=200)]
Ticked = Annotated[tuple[str, ...], Form()]


@router.get(ADDRESS)
def account_list(request: Request, use: Ctx, who: Operates) -> Response:
    """Every account with its rights and studies, and the invitations."""
    return _page(request, use, who)


@router.post(f"{ADDRESS}/rights")
def set_rights(request: Request, use: Ctx, who: Operates, name: Name = "", rights: Ticked = ()) -> Response:
    """The account has the ticked rights and no others."""
    try:
        accounts.set_rights(
            use.database, name, operates="operates" in rights, creates="creates" in rights,
            launches="launches" in rights, by=actor(who),
        )  # fmt: skip
    except AppError as error:
        return _page(request, use, who, problem=error)
    return RedirectResponse(f"{ADDRESS}?saved=rights", 303)


@router.post(f"{ADDRESS}/logins")
def end_logins(request: Request, use: Ctx, who: Operates, name: Name = "") -> Response:
    """Every browser of the account is signed out."""
    try:
        accounts.end_logins(use.database, name, by=actor(who))
    except AppError as error:
        return _page(request, use, who, problem=error)
    return RedirectResponse(f"{ADDRESS}?saved=logins", 303)


@router.post(f"{ADDRESS}/link")
def make_link(request: Request, use: Ctx, who: Operates, name: Name = "") -> Response:
    """A link that signs the account in once, shown on this reply and never again."""
    try:
        made = login.one_time_link(use.database, name, by=actor(who))
    except AppError as error:
        return _page(request, use, who, problem=error)
    return _page(request, use, who, link=f"{outside(request, use)}/login/once/{made}", whose=name)


@router.post(f"{ADDRESS}/delete")
def delete(request: Request, use: Ctx, who: Operates, name: Name = "", typed: Name = "") -> Response:
    """The account is gone, where its name was typed and it is nobody's only owner."""
    try:
        accounts.delete(use.database, name, typed, by=actor(who))
    except AppError as error:
        return _page(request, use, who, problem=error)
    return RedirectResponse(f"{ADDRESS}?saved=deleted", 303)


@router.post(f"{ADDRESS}/invitations")
def invite(
    request: Request,
    use: Ctx,
    who: Operates,
    whom: Annotated[str, Form(max_length=1000)] = "",
    rights: Ticked = (),
) -> Response:
    """An invitation to an account of one's own, shown on this reply and never again."""
    try:
        made = account_invitations.make(
            use.database, whom, creates="creates" in rights, launches="launches" in rights, by=actor(who)
        )
    except AppError as error:
        return _page(request, use, who, problem=error)
    return _page(request, use, who, link=f"{outside(request, use)}/invitation/{made}", whose=whom)


@router.post(f"{ADDRESS}/invitations/{{number}}/revoke")
def revoke(use: Ctx, who: Operates, number: Id) -> Response:
    """The invitation opens nothing any more."""
    account_invitations.revoke(use.database, number, by=actor(who))
    return RedirectResponse(f"{ADDRESS}?saved=revoked#invitations", 303)


def _page(
    request: Request, use: Context, who: SignedIn, *, problem: AppError | None = None, link: str = "", whose: str = ""
) -> Response:
    return render(
        request,
        "admin/accounts.html",
        status=problem.status if problem else 201 if link else 200,
        who=who,
        people=accounts.people(use.database),
        invitations=account_invitations.listing(use.database),
        problem=problem.message if problem else "",
        link=link,
        whose=whose,
    )

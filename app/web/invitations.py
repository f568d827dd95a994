"""The page behind an invitation to the desk: a new account, or a role for whoever is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.web import account_invitations, login, throttle
from app.web.account_invitations import InvitationOver
from app.web.login import LoginNeeded
from app.web.pages import Context, Ctx, render
from app.web.passwords import SHORTEST_PASSWORD, BadPassword
from app.web.permits import actor
from app.web.sign_in import HOME, Who, token_of, with_cookie

router = APIRouter()


@router.get("/invitation/{token}")
def invitation_page(request: Request, use: Ctx, token: str) -> Response:
    """What the invitation gives, and the form that takes it."""
    return _page(request, use, token)


@router.post("/invitation/{token}")
def join(
    request: Request,
    use: Ctx,
    token: str,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=4000)] = "",
    again: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """The invited person has an account with this name and password, and is signed in; the invitation is used up."""
    try:
        if password != again:
            raise BadPassword("The two passwords differ", "type the same one twice")
        with _wrong_ones_counted(request, use, token):
            made = account_invitations.join(use.database, token, name, password, use.settings.login_hours)
    except InvitationOver:
        raise
    except AppError as error:
        return _page(request, use, token, name=name, problem=error)
    return with_cookie(request, use, made, name.strip(), HOME)


@router.post("/invitation/{token}/accept")
def accept(request: Request, use: Ctx, who: Who, token: str) -> Response:
    """Whoever is signed in has what the invitation gives; it is used up."""
    with _wrong_ones_counted(request, use, token):
        study_id = account_invitations.accept(use.database, token, actor(who))
    return RedirectResponse(HOME if study_id is None else f"/admin/studies/{study_id}", 303)


def _page(request: Request, use: Context, token: str, *, name: str = "", problem: AppError | None = None) -> Response:
    with _wrong_ones_counted(request, use, token):
        invitation = account_invitations.check(use.database, token)
    try:
        who = login.signed_in(use.database, token_of(request, use)).name
    except LoginNeeded:
        who = ""
    return render(
        request, "invitation.html", status=problem.status if problem else 200, token=token, invitation=invitation,
        name=name, who=who, problem=problem.message if problem else "", shortest=SHORTEST_PASSWORD,
        issuer=use.issuer_name,
    )  # fmt: skip


@contextmanager
def _wrong_ones_counted(request: Request, use: Context, token: str) -> Iterator[None]:
    """A right invitation is never refused, whatever failed before it: nobody guesses one."""
    try:
        yield
    except InvitationOver:
        where = ("invitation", token, throttle.origin_of(request))
        throttle.require_calm(use.database, use.secret, *where)
        throttle.note_failure(use.database, use.secret, *where)
        raise

"""Tokens for scripts, on a page of the account: made, shown once, listed, revoked."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.web import tokens
from app.web.login import SignedIn
from app.web.pages import Context, Ctx, Id, outside, render
from app.web.permits import actor
from app.web.sign_in import Who
from app.web.tokens import BadToken, Scope

router = APIRouter()
LIVES = {"30": "30 days", "365": "a year", "none": "until it is revoked"}


@router.get("/admin/account/tokens")
def token_page(request: Request, use: Ctx, who: Who) -> Response:
    """The account's tokens, and the form for another."""
    return _page(request, use, who)


@router.post("/admin/account/tokens")
def make_token(
    request: Request,
    use: Ctx,
    who: Who,
    name: Annotated[str, Form(max_length=1000)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    life: Annotated[str, Form(max_length=10)] = "30",
) -> Response:
    """A new token, shown on this reply and never again: it must not stand in an address, so nothing redirects."""
    wanted = scopes or []
    try:
        if life not in LIVES:
            raise BadToken("A token cannot live for that long", f"choose {', '.join(LIVES.values())}")
        days = None if life == "none" else int(life)
        made = tokens.make(use.database, who.name, name, wanted, days=days, by=actor(who))
    except AppError as error:
        return _page(request, use, who, problem=error.message, name=name, chosen=wanted, life=life, status=error.status)
    return _page(request, use, who, made=made, status=201)


@router.post("/admin/account/tokens/{token_id}/revoke")
def revoke_token(use: Ctx, who: Who, token_id: Id) -> Response:
    """The token opens nothing any more."""
    tokens.revoke(use.database, who.name, token_id, by=actor(who))
    return RedirectResponse("/admin/account/tokens?saved=revoked", 303)


def _page(
    request: Request,
    use: Context,
    who: SignedIn,
    *,
    made: str = "",
    problem: str = "",
    name: str = "",
    chosen: list[str] | None = None,
    life: str = "30",
    status: int = 200,
) -> Response:
    return render(
        request, "admin/tokens.html", status=status, who=who, tokens=tokens.listing(use.database, who.name),
        scopes=list(Scope), lives=LIVES, made=made, problem=problem, name=name, chosen=chosen or [], life=life,
        address=outside(request, use),
    )  # fmt: skip

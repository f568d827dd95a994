"""The two addresses of signing in by an issuer: one leads there, the other is where a browser comes back to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from app.errors import AppError, NotFound
from app.web import throttle
from app.web.issuer import Issuer, IssuerBusy, IssuerSilent, NotVouchedFor
from app.web.oidc import visits
from app.web.oidc.arrivals import Arrived, arrive
from app.web.oidc.visits import Visit
from app.web.pages import Context, Ctx, is_secure, outside, render
from app.web.sign_in import HOME, Next, login_form, safe_target, with_cookie

PLACE = "/login/oidc"  # the cookie goes to what lies there alone
BACK = f"{PLACE}/back"
_LONGEST_TARGET = 1000  # characters; a cookie holds four thousand
router = APIRouter()

Key = Annotated[str, Form(max_length=200)]
Said = Annotated[str, Query(max_length=4000)]


class NotOffered(NotFound):
    """No issuer is set up here."""

    def __init__(self) -> None:
        super().__init__("Nobody signs in here by an issuer", "sign in with a name and a password")


@router.post(PLACE)
def leave(
    request: Request, use: Ctx, target: Next = HOME, invitation: Key = "", link: Key = "", name: Key = ""
) -> Response:
    """Begins a visit to the issuer, and shows a page that leads there at once."""
    issuer = _offered(use)
    from app.web.oidc.protocol import question

    kept = safe_target(target)
    visit = Visit.begun(
        kept if len(kept) <= _LONGEST_TARGET else HOME, invitation=invitation, link=link, name=name.strip()
    )
    try:
        address = question(issuer, visit, outside(request, use) + BACK)
    except AppError as error:
        return login_form(request, use, target, problem=error)
    # A page, and no redirect: its policy lets a form of ours lead nowhere else, and which hosts an issuer
    # passes people on to, nobody knows beforehand (docs/decisions/0036-the-one-get-that-signs-in.md).
    reply = render(request, "login_leaving.html", address=address, issuer=issuer.name)
    reply.set_cookie(
        visits.COOKIE, visits.sealed(use.secret, visit), max_age=int(visits.LIVES_FOR.total_seconds()), path=PLACE,
        httponly=True, samesite="lax", secure=is_secure(request, use),
    )  # fmt: skip
    return reply


@router.get(BACK)
def come_back(request: Request, use: Ctx, state: Said = "", code: Said = "", iss: Said = "") -> Response:
    """Signs in, once, the browser that went to the issuer and brings its code; nobody without that visit's cookie."""
    issuer = _offered(use)
    try:
        with _failures_counted(request, use, state):
            visit = visits.unsealed(use.secret, request.cookies.get(visits.COOKIE), state)
    except AppError as error:  # the cookie stays: this address may be a stranger's, and the visit under way
        return login_form(request, use, HOME, problem=error)
    try:
        with _failures_counted(request, use, state):
            if not code or iss not in ("", issuer.registered.issuer):  # "": not every issuer says it (RFC 9207)
                raise NotVouchedFor(issuer.name)
            arrived = _arrived(request, use, issuer, visit, code)
        reply = with_cookie(request, use, arrived.token, arrived.name, visit.target)
    except AppError as error:
        reply = login_form(request, use, visit.target, problem=error)
    reply.delete_cookie(visits.COOKIE, path=PLACE)
    return reply


def _arrived(request: Request, use: Context, issuer: Issuer, visit: Visit, code: str) -> Arrived:
    from app.web.oidc.protocol import vouched_for

    tokens = issuer.tokens(code, visit.verifier, outside(request, use) + BACK)
    who = vouched_for(issuer, tokens, visit.nonce)
    return arrive(use.database, use.settings, issuer.name, who, visit, visit.login_token(use.secret))


def _offered(use: Context) -> Issuer:
    if use.issuer is None:
        raise NotOffered
    return use.issuer


@contextmanager
def _failures_counted(request: Request, use: Context, state: str) -> Iterator[None]:
    """Who fails too often is sent away, by the rule for passwords; what the issuer fails in is nobody's failure."""
    where = ("issuer", state, throttle.origin_of(request))
    throttle.require_calm(use.database, use.secret, *where)
    try:
        yield
    except (IssuerSilent, IssuerBusy):
        raise
    except AppError:
        throttle.note_failure(use.database, use.secret, *where)
        raise

"""The addresses of signing in by an issuer: two lead there, of which one binds one's own account; one leads back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError, NotFound
from app.web import login, own_account, throttle
from app.web.issuer import Issuer, IssuerBusy, IssuerSilent, NotVouchedFor
from app.web.login import LoginNeeded
from app.web.oidc import arrivals, visits
from app.web.oidc.visits import Visit, VisitOver
from app.web.pages import Context, Ctx, is_secure, outside, render
from app.web.permits import actor
from app.web.sign_in import (
    ACCOUNT,
    HOME,
    Next,
    Password,
    Who,
    account_form,
    login_form,
    safe_target,
    signed_in,
    token_of,
    with_cookie,
    wrong_passwords_counted,
)

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
    issuer, kept = _offered(use), safe_target(target)
    visit = Visit.begun(
        kept if len(kept) <= _LONGEST_TARGET else HOME, invitation=invitation, link=link, name=name.strip()
    )
    try:
        return _leads_there(request, use, issuer, visit)
    except AppError as error:
        return login_form(request, use, target, problem=error)


@router.post(f"{ACCOUNT}/issuer")
def leave_to_bind(request: Request, use: Ctx, who: Who, present: Password = "") -> Response:
    """Begins a visit after which the account of whoever is signed in is bound to who they are there."""
    issuer = _offered(use)
    try:
        with wrong_passwords_counted(request, use, who):
            own_account.require_owner(use.database, who, present)
        return _leads_there(request, use, issuer, Visit.begun(ACCOUNT, binds=who.login_id))
    except AppError as error:
        return account_form(request, use, who, error)


@router.post(f"{ACCOUNT}/issuer/unbind")
def unbind(request: Request, use: Ctx, who: Who) -> Response:
    """No issuer opens the account any more, if a password does."""
    try:
        arrivals.unbind(use.database, who.name, by=actor(who))
    except AppError as error:
        return account_form(request, use, who, error)
    return RedirectResponse(f"{ACCOUNT}?saved=unbound", 303)


def _leads_there(request: Request, use: Context, issuer: Issuer, visit: Visit) -> Response:
    from app.web.oidc.protocol import question

    address = question(issuer, visit, outside(request, use) + BACK)
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
    """Signs in, or binds one's account, once, where the browser that went to the issuer brings its code."""
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
            reply = _arrived(request, use, issuer, visit, code)
    except AppError as error:
        reply = _refused(request, use, visit, error)
    reply.delete_cookie(visits.COOKIE, path=PLACE)
    return reply


def _arrived(request: Request, use: Context, issuer: Issuer, visit: Visit, code: str) -> Response:
    from app.web.oidc.protocol import vouched_for

    who = login.signed_in(use.database, token_of(request, use)) if visit.binds else None
    if who and who.login_id != visit.binds:
        raise VisitOver
    tokens = issuer.tokens(code, visit.verifier, outside(request, use) + BACK)
    person = vouched_for(issuer, tokens, visit.nonce)
    if who:
        arrivals.bind_own(use.database, who, person)
        return RedirectResponse(f"{ACCOUNT}?saved=bound", 303)
    token = visit.login_token(use.secret)
    arrived = arrivals.arrive(use.database, use.settings, issuer.name, person, visit, token)
    return with_cookie(request, use, arrived.token, arrived.name, visit.target)


def _refused(request: Request, use: Context, visit: Visit, error: AppError) -> Response:
    """The page on which the visit began, with what was wrong."""
    if visit.binds:
        try:
            return account_form(request, use, signed_in(request, use), error)
        except LoginNeeded:
            return login_form(request, use, ACCOUNT, problem=error)
    return login_form(request, use, visit.target, problem=error)


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

"""The pages of signing in and out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.web import familiar, login, own_account, throttle, tokens
from app.web.login import LinkUsedUp, SignedIn, WrongPassword
from app.web.own_account import WrongPresentPassword
from app.web.pages import Context, Ctx, is_secure, render
from app.web.passwords import SHORTEST_PASSWORD, BadPassword
from app.web.rights import May
from app.web.throttle import TooManyFailures

COOKIE = "beholder_login"
HOME = "/admin"
ACCOUNT = f"{HOME}/account"
router = APIRouter()

Next = Annotated[str, Query(alias="next")]
Password = Annotated[str, Form(max_length=4000)]


def signed_in(request: Request, use: Ctx) -> SignedIn:
    """Who sits at the desk; every route under /admin depends on it."""
    who = login.signed_in(use.database, token_of(request, use))
    request.state.who, request.state.may = who, May.of(who)
    return who


Who = Annotated[SignedIn, Depends(signed_in)]


def token_of(request: Request, use: Context) -> str | None:
    """The login token that the browser brought."""
    return login.unseal(use.secret, request.cookies.get(COOKIE))


def safe_target(target: str) -> str:
    """The page to go on to: one of the desk's, whatever the address says."""
    inside = target == HOME or target.startswith((f"{HOME}/", f"{HOME}?", f"{HOME}#"))  # never //: that names a host
    leaves = ".." in unquote(target.partition("?")[0])
    return target if inside and not leaves and "\\" not in target and target.isprintable() else HOME


@router.get("/login")
def login_page(request: Request, use: Ctx, target: Next = HOME) -> Response:
    """The form for name and password."""
    return login_form(request, use, target)


@router.post("/login")
def log_in(
    request: Request,
    use: Ctx,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Password = "",
    target: Next = HOME,
) -> Response:
    """Signs in and goes on to the desk; a wrong password comes back to the form with a sentence."""
    who = _counted_as(request, use, name)
    try:
        throttle.require_calm(use.database, use.secret, *who)
        token = login.sign_in(use.database, name, password, use.settings.login_hours)
    except WrongPassword as error:
        throttle.note_failure(use.database, use.secret, *who)
        return login_form(request, use, target, name=name, problem=error)
    except TooManyFailures as error:
        return login_form(request, use, target, name=name, problem=error)
    throttle.forgive(use.database, use.secret, *who)
    return with_cookie(request, use, token, name, target)


@router.get("/login/once/{token}")
def link_page(request: Request, use: Ctx, token: str, target: Next = HOME) -> Response:
    """A button that signs in: the link itself has no effect, because chats and mail scanners open links too."""
    with _wrong_links_counted(request, use, token):
        name = login.check_link(use.database, token)
    return render(
        request, "login_once.html", token=token, target=safe_target(target), name=name, issuer=use.issuer_name
    )


@router.post("/login/once/{token}")
def log_in_once(request: Request, use: Ctx, token: str, target: Next = HOME) -> Response:
    """Signs in and uses the link up."""
    with _wrong_links_counted(request, use, token):
        name = login.check_link(use.database, token)
        made = login.sign_in_once(use.database, token, use.settings.login_hours)
    return with_cookie(request, use, made, name, target)


@router.post("/logout")
def log_out(request: Request, use: Ctx) -> Response:
    """The login has ended here and in the table."""
    token = token_of(request, use)
    if token:
        login.sign_out(use.database, token)
    reply = RedirectResponse("/login", 303)
    reply.delete_cookie(COOKIE)
    return reply


@router.get(ACCOUNT)
def account_page(request: Request, use: Ctx, who: Who) -> Response:
    """The password, the issuer, and a way to end other logins."""
    return account_form(request, use, who)


@router.post(f"{ACCOUNT}/password")
def change_password(
    request: Request,
    use: Ctx,
    who: Who,
    password: Password,
    again: Password,
    present: Password = "",
    keep: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A new password; every other login ends, and every token of a script unless they are to be kept."""
    kept = keep == "tokens"
    try:
        if password != again:
            raise BadPassword("The two passwords differ", "type the same one twice")
        with wrong_passwords_counted(request, use, who):
            own_account.set_password(use.database, who, password, present=present, keep_tokens=kept)
    except (BadPassword, WrongPresentPassword, TooManyFailures) as error:
        return account_form(request, use, who, error, keep_tokens=kept)
    return RedirectResponse(f"{ACCOUNT}?saved=password", 303)


@router.post(f"{ACCOUNT}/elsewhere")
def end_other_logins(use: Ctx, who: Who, end: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Every other browser of this account is signed out; its tokens are revoked where that is asked for."""
    own_account.sign_out_elsewhere(use.database, who, end_tokens=end == "tokens")
    return RedirectResponse(f"{ACCOUNT}?saved=elsewhere", 303)


def _counted_as(request: Request, use: Context, name: str) -> tuple[str, str, str]:
    """The door, the name and the place under which failures count; a browser that is known is a place of its own."""
    mark = familiar.recognised(use.secret, name, request.cookies.get(familiar.COOKIE))
    return ("login from a known browser", name, mark) if mark else ("login", name, throttle.origin_of(request))


def account_form(
    request: Request, use: Context, who: SignedIn, problem: AppError | None = None, *, keep_tokens: bool = False
) -> Response:
    """The page of one's own account, with what was wrong with the last try."""
    reply = render(
        request, "admin/account.html", status=problem.status if problem else 200, who=who,
        problem=problem.message if problem else "", shortest=SHORTEST_PASSWORD, issuer=use.issuer_name,
        tokens=[one for one in tokens.listing(use.database, who.name) if one.state == "live"], keep_tokens=keep_tokens,
    )  # fmt: skip
    reply.headers.update(problem.headers if problem else {})
    return reply


@contextmanager
def wrong_passwords_counted(request: Request, use: Context, who: SignedIn) -> Iterator[None]:
    """Inside, the present password is checked: whoever types too many wrong ones waits, as at the page to sign in."""
    where = ("present password", who.name, throttle.origin_of(request))
    if who.must_confirm:
        throttle.require_calm(use.database, use.secret, *where)
    try:
        yield
    except WrongPresentPassword:
        throttle.note_failure(use.database, use.secret, *where)
        raise
    if who.must_confirm:
        throttle.forgive(use.database, use.secret, *where)


def login_form(
    request: Request, use: Context, target: str, *, name: str = "", problem: AppError | None = None
) -> Response:
    """The page to sign in at, with what was wrong with the last try."""
    reply = render(
        request, "login.html", status=problem.status if problem else 200, target=safe_target(target), name=name,
        problem=problem.message if problem else "", issuer=use.issuer_name,
    )  # fmt: skip
    reply.headers.update(problem.headers if problem else {})
    return reply


@contextmanager
def _wrong_links_counted(request: Request, use: Context, token: str) -> Iterator[None]:
    """A right link is never refused, whatever failed before it: nobody guesses one."""
    try:
        yield
    except LinkUsedUp:
        who = ("link", token, throttle.origin_of(request))
        throttle.require_calm(use.database, use.secret, *who)
        throttle.note_failure(use.database, use.secret, *who)
        raise


def with_cookie(request: Request, use: Context, token: str, name: str, target: str) -> Response:
    """Goes on to the desk with a login's token as the cookie, and one by which the browser is known again."""
    reply = RedirectResponse(safe_target(target), 303)
    known = familiar.introduced(use.secret, name, request.cookies.get(familiar.COOKIE))
    kept = (
        (COOKIE, login.seal(use.secret, token), round(use.settings.login_hours * 3600)),
        (familiar.COOKIE, known, familiar.LASTS),
    )
    for cookie, value, seconds in kept:
        reply.set_cookie(
            cookie,
            value,
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=is_secure(request, use),
        )
    return reply

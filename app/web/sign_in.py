"""The pages of signing in and out."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.web import login
from app.web.login import BadAccount, SignedIn, WrongPassword
from app.web.pages import Context, Ctx, render

COOKIE = "beholder_login"
HOME = "/admin"
router = APIRouter()

Next = Annotated[str, Query(alias="next")]


def signed_in(request: Request, use: Ctx) -> SignedIn:
    """Who sits at the desk; every route under /admin depends on it."""
    who = login.signed_in(use.database, token_of(request, use))
    request.state.who = who
    return who


Who = Annotated[SignedIn, Depends(signed_in)]


def token_of(request: Request, use: Context) -> str | None:
    """The login token that the browser brought."""
    return login.unseal(use.secret, request.cookies.get(COOKIE))


def safe_target(target: str) -> str:
    """The page to go on to: one of the desk's, whatever the address says."""
    try:
        parts = urlsplit(target)
    except ValueError:  # brackets that hold no address, characters that turn into slashes
        return HOME
    inside = not parts.scheme and not parts.netloc and (parts.path == HOME or parts.path.startswith(f"{HOME}/"))
    return target if inside and "\\" not in target and target.isprintable() else HOME


@router.get("/login")
def login_page(request: Request, target: Next = HOME) -> Response:
    """The form for name and password."""
    return render(request, "login.html", target=safe_target(target), name="", problem="")


@router.post("/login")
def log_in(
    request: Request,
    use: Ctx,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=4000)] = "",
    target: Next = HOME,
) -> Response:
    """Signs in and goes on to the desk; a wrong password comes back to the form with a sentence."""
    try:
        token = login.sign_in(use.database, name, password, use.settings.login_hours)
    except WrongPassword as error:
        return render(
            request, "login.html", status=error.status, target=safe_target(target), name=name, problem=error.message
        )
    return _with_cookie(request, use, token, target)


@router.get("/login/once/{token}")
def link_page(request: Request, use: Ctx, token: str, target: Next = HOME) -> Response:
    """A button that signs in: the link itself has no effect, because chats and mail scanners open links too."""
    return render(
        request, "login_once.html", token=token, target=safe_target(target), name=login.check_link(use.database, token)
    )


@router.post("/login/once/{token}")
def log_in_once(request: Request, use: Ctx, token: str, target: Next = HOME) -> Response:
    """Signs in and uses the link up."""
    return _with_cookie(request, use, login.sign_in_once(use.database, token, use.settings.login_hours), target)


@router.post("/logout")
def log_out(request: Request, use: Ctx) -> Response:
    """The login has ended here and in the table."""
    token = token_of(request, use)
    if token:
        login.sign_out(use.database, token)
    reply = RedirectResponse("/login", 303)
    reply.delete_cookie(COOKIE)
    return reply


@router.get("/admin/account")
def account_page(request: Request, who: Who) -> Response:
    """The password, and a way to end other logins."""
    return render(request, "admin/account.html", who=who, problem="", shortest=login.SHORTEST_PASSWORD)


@router.post("/admin/account/password")
def change_password(
    request: Request,
    use: Ctx,
    who: Who,
    password: Annotated[str, Form(max_length=4000)],
    again: Annotated[str, Form(max_length=4000)],
) -> Response:
    """A new password; every other login ends."""
    try:
        if password != again:
            raise BadAccount("The two passwords differ: type the same one twice.")
        login.set_password(use.database, who, password)
    except BadAccount as error:
        return render(
            request,
            "admin/account.html",
            status=error.status,
            who=who,
            problem=error.message,
            shortest=login.SHORTEST_PASSWORD,
        )
    return RedirectResponse("/admin/account?saved=password", 303)


@router.post("/admin/account/elsewhere")
def end_other_logins(use: Ctx, who: Who) -> Response:
    """Every other browser of this account is signed out."""
    login.sign_out_elsewhere(use.database, who)
    return RedirectResponse("/admin/account?saved=elsewhere", 303)


def _with_cookie(request: Request, use: Context, token: str, target: str) -> Response:
    reply = RedirectResponse(safe_target(target), 303)
    reply.set_cookie(
        COOKIE,
        login.seal(use.secret, token),
        max_age=round(use.settings.login_hours * 3600),
        httponly=True,
        samesite="lax",
        secure=(use.settings.base_url or str(request.base_url)).startswith("https:"),
    )
    return reply

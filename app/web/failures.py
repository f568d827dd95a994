"""What went wrong, as a page or as a problem in JSON: what happened, to what, what to do; never a traceback.

Programs get RFC 9457 problems: ``type`` and ``title`` stay the same whatever the case, ``detail`` and ``fix`` tell it.
"""

import re
import secrets
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError, BadInput, NotFound, NotSignedIn
from app.log import logger
from app.web.pages import asked_for, render
from app.web.peeking import ResultsHidden
from app.web.stopped import meets_a_subject, stopped_page
from app.web.ways_back import ways_back

_Body = TypeVar("_Body")
_FAULTS_TOLD = 3
_MOST_FAULTS = 10  # listed for programs
_LONGEST_NAME = 100  # characters: what came in may be names of any length, thousands of them
_LONGEST_FAULT = 300  # of a sentence of Pydantic's, which may repeat what came in; ours are never cut
_NAMED = re.compile(r"([a-z][a-z_]*): (.+)", re.DOTALL)  # a rule about several fields names the one to correct
_RETRY_AFTER = "5"  # seconds
PROBLEM = "application/problem+json"
_OF_SCRIPTS = re.compile(r" \([A-Z]+ /api/v1[^)]*\)")  # where programs look, which pages have links for
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_HEADINGS = {
    400: "That request cannot be used",
    401: "Please sign in",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not this way",
    409: "The state has moved on",
    410: "This has ended",
    413: "Too large",
    422: "Something does not fit yet",
    429: "Too many at once",
    503: "Not ready",
    507: "No room left",
}


class NoSuchPage(NotFound):
    """There is no page at this address."""

    def __init__(self, *, for_script: bool = False) -> None:
        if for_script:
            super().__init__("There is nothing at this address", "see /api/v1/docs for every address that there is")
        else:
            super().__init__("There is no page at this address", "check the link, or ask the person who sent it to you")


class WrongMethod(AppError):
    """The address does not take this kind of request."""

    status = 405

    def __init__(self, methods: Sequence[str] = ()) -> None:
        """``methods`` are those that the address takes; a page's reader has its buttons instead."""
        todo = f"it takes {', '.join(methods)}" if methods else "go back and use the page's own buttons"
        super().__init__("This address does not take that kind of request", todo)


class MalformedInput(BadInput):
    """Something that was sent is missing or has the wrong form."""

    def __init__(self, faults: Sequence[Any]) -> None:
        found = [_placed(fault) for fault in faults[:_MOST_FAULTS]]
        self.faults = [{"where": ".".join(where), "what": what} for where, what in found]
        told = [_fault(where, what) for where, what in found[:_FAULTS_TOLD]]
        if len(faults) > len(told):
            told.append(f"and {len(faults) - len(told)} more")
        super().__init__("; ".join(told) + ". Nothing was changed.", "correct what is named and send it again")

    def extras(self) -> dict[str, Any]:
        """Each fault with the place where it is, so that a program can point at it."""
        return {"errors": self.faults}


class UnreadableRequest(BadInput):
    """The request is broken before anybody could look at what it asks for."""

    status = 400

    def __init__(self, why: str) -> None:
        super().__init__(f"The request could not be read ({why}); nothing was changed.", "send it again, in one piece")


async def unbroken(reading: Awaitable[_Body]) -> _Body:
    """The body that is being read; raises ``UnreadableRequest`` where it ends before all of it has come."""
    try:
        return await reading
    except ClientDisconnect:  # somebody went away, or the door cut off what was too large: no fault of ours
        raise UnreadableRequest("it broke off") from None


def _placed(fault: Any) -> tuple[list[str], str]:
    """Where the fault is, and what it is: our own sentences whole, Pydantic's cut where they are long."""
    where, what = [_printable(str(part), _LONGEST_NAME) for part in fault["loc"]], str(fault["msg"])
    if fault.get("type") == "value_error":
        what = what.removeprefix("Value error, ")
        if named := _NAMED.fullmatch(what):
            return [*where, named[1]], _printable(named[2])
    return where, _printable(what, _LONGEST_FAULT if "type" in fault and fault["type"] != "value_error" else None)


def _fault(where: list[str], what: str) -> str:
    place = [part for number, part in enumerate(where) if number or part not in ("body", "query", "path", "header")]
    return f"{' '.join(place)}: {what[:1].lower() + what[1:]}" if place else what


def _printable(text: str, most: int | None = None) -> str:
    text = text.encode("utf-8", "replace").decode()  # JSON may name halves of characters, which no reply can
    return text if most is None or len(text) <= most else f"{text[: most - 1]}…"


def wants_json(request: Request) -> bool:
    """Whether a program asked, rather than somebody with a page before them."""
    if request.method == "PUT" or _for_script(request):
        return True
    accept = request.headers.get("accept", "")
    return "text/html" not in accept and ("application/json" in accept or PROBLEM in accept)


def problem(error: AppError) -> dict[str, Any]:
    """The error as an RFC 9457 problem; what the error has to say besides stands beside the five members."""
    kind = type(error)
    told = {
        "type": f"/errors#{kind.kind()}", "title": kind.title(), "status": error.status,
        "detail": error.detail, "fix": error.fix,
    }  # fmt: skip
    return told | {name: value for name, value in error.extras().items() if name not in told}


class Problem(JSONResponse):
    """A problem, under the media type by which programs know it."""

    media_type = PROBLEM


def failure_response(request: Request, error: AppError) -> Response:
    """The error as a page or as a problem, with its status and what else the reply must say."""
    reply: Response
    if wants_json(request):
        reply = Problem(problem(error), error.status, headers={"Cache-Control": "no-store"})
    elif meets_a_subject(request):
        reply = stopped_page(request, error, asked_for(request))
    else:
        heading = _HEADINGS.get(error.status, "That did not work")
        fix = _OF_SCRIPTS.sub("", error.fix)
        ways = ways_back(request.url.path, error)
        reply = render(
            request, "error.html", status=error.status, heading=heading, detail=error.detail, fix=fix, ways=ways
        )
    if error.status == 429:
        reply.headers["Retry-After"] = _RETRY_AFTER
    reply.headers.update(error.headers)
    return reply


class Unexpected(AppError):
    """Something went wrong on our side."""  # the log knows more under the reference

    status = 500

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(
            "Something went wrong on our side; nothing that was already saved is lost.",
            "try again, and if it happens again, give the person who runs this server the reference " + reference,
        )


class Shelter:
    """The application, with whatever nobody expected turned into a page with a reference into the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            reference = secrets.token_hex(4)
            logger("web").exception("unexpected", reference=reference, route=route_of(scope))
            if not started:  # otherwise the reply just breaks off, which its reader notices
                await failure_response(Request(scope), Unexpected(reference))(scope, receive, send)


def route_of(scope: Scope) -> str:
    """The template of the route that answered: addresses hold tokens, templates do not."""
    return getattr(scope.get("route"), "path", "(none)")


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    gate = _gate(error)
    if gate and request.method == "GET" and not wants_json(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{gate}?{urlencode({'next': target})}", 303, headers={"Cache-Control": "no-store"})
    return failure_response(request, error)


def _gate(error: AppError) -> str:
    """The page that asks for what is missing, and leads back; empty where there is none."""
    if isinstance(error, ResultsHidden):
        return error.gate
    return "/login" if isinstance(error, NotSignedIn) else ""


def _for_script(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def misfit(request: Request, error: RequestValidationError) -> AppError:
    """What FastAPI found wrong with a request, in our words: an address that leads nowhere, or malformed input."""
    faults = error.errors()
    if any(fault["loc"][0] == "path" for fault in faults):
        return NoSuchPage(for_script=_for_script(request))
    return MalformedInput(faults)


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return failure_response(request, misfit(request, error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return failure_response(request, NoSuchPage(for_script=_for_script(request)))
    if error.status_code == 405:
        return _other_methods(request)
    refusal = UnreadableRequest(str(error.detail))
    refusal.status = error.status_code
    return failure_response(request, refusal)


def _other_methods(request: Request) -> Response:
    """What the address does take: the whole answer to OPTIONS, and beside the refusal of any other method."""
    methods = _methods(request)
    if request.method == "OPTIONS":
        reply = Response(status_code=204)
    else:
        reply = failure_response(request, WrongMethod(methods if wants_json(request) else ()))
    reply.headers["Allow"] = ", ".join(methods)
    return reply


def _methods(request: Request) -> list[str]:
    asked = {name: value for name, value in request.scope.items() if name != "route"}
    fits = [
        method
        for method in _METHODS
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in request.app.router.routes)
    ]
    return [*fits, *(["HEAD"] if "GET" in fits else []), "OPTIONS"]


def install(app: FastAPI) -> None:
    """The one place where errors become replies."""
    app.add_exception_handler(AppError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)

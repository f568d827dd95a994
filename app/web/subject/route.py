"""What all of a subject's addresses share: whose session it is, how a refusal looks, how a reply is sent.

A session's address and the browser's cookie must agree: on a shared computer one subject's waiting answers could
otherwise be sent in another's name.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from app.errors import AppError, Forbidden
from app.sessions import links
from app.sessions.links import BadLink
from app.sessions.sitting import SessionNotFound, locale_of
from app.web import throttle
from app.web.failures import WrongMethod, misfit, wants_json
from app.web.pages import Context, Ctx, asked_for, languages
from app.web.stopped import stopped_page

COOKIE = "beholder_session"
NOT_KEPT = {"Cache-Control": "no-store"}


class NotYourSession(Forbidden):
    """The browser does not hold the session that the address names."""

    def __init__(self) -> None:
        super().__init__(
            "This browser does not hold the session at this address: it was begun elsewhere, or somebody else has "
            "begun one here since.",
            "open your own link again; everything you answered is kept",
        )


class SubjectRoute(APIRoute):
    """A route whose refusals are shown on a page for subjects, not on one for the desk."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with a refusal turned into a page unless a program asked."""
        handle = super().get_route_handler()

        async def sheltered(request: Request) -> Response:
            try:
                return await handle(request)
            except (AppError, RequestValidationError) as error:
                if isinstance(error, BadLink):
                    error = await run_in_threadpool(_counted, request, error)
                if wants_json(request):
                    raise error
                told = misfit(request, error) if isinstance(error, RequestValidationError) else error
                return await run_in_threadpool(_stopped, request, told)

        return sheltered

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; also where the address is right and the method is not, which no handler gets to see."""
        try:
            await super().handle(scope, receive, send)
        except HTTPException as error:
            request = Request(scope)
            if error.status_code != WrongMethod.status or wants_json(request):
                raise
            page = await run_in_threadpool(_stopped, request, WrongMethod())
            await page(scope, receive, send)


def _counted(request: Request, error: BadLink) -> AppError:
    """The refusal of a link that leads nowhere, or of the many that somebody has tried."""
    ctx: Context = request.app.state.context
    who = ("a subject's link", request.path_params["token"], throttle.origin_of(request))
    try:
        throttle.require_calm(ctx.database, ctx.secret, *who)
    except throttle.TooManyFailures as calm:
        return calm
    throttle.note_failure(ctx.database, ctx.secret, *who)
    return error


def _stopped(request: Request, error: AppError) -> Response:
    """The refusal in the session's language, or in the browser's where it holds no session at this address."""
    ctx: Context = request.app.state.context
    session = request.path_params.get("session")
    texts = asked_for(request)
    if session and session == held_by(request, ctx):
        with suppress(SessionNotFound):
            texts = languages(request).texts(locale_of(ctx.database, session))
    page = stopped_page(request, error, texts)
    page.headers.update(error.headers)
    return page


async def held(request: Request, session: str, ctx: Ctx) -> str:  # async to spare a hop through the thread pool
    """The session that the address names, where the browser's cookie says that it is this browser's."""
    if held_by(request, ctx) != session:
        raise NotYourSession
    return session


def held_by(request: Request, ctx: Context) -> str | None:
    """The session that this browser holds: its cookie names it, and proves that it was given here."""
    session, _, proof = request.cookies.get(COOKIE, "").rpartition(".")
    return session if links.cookie_agrees(ctx.secret, session, proof) else None


Held = Annotated[str, Depends(held)]


def to(session: str) -> RedirectResponse:
    """On to the session's page, whatever it is now."""
    return RedirectResponse(f"/s/{session}", 303, headers=NOT_KEPT)


def reply_json(body: dict[str, Any], status: int = 200) -> JSONResponse:
    """A reply to a script, kept by no cache."""
    return JSONResponse(body, status, headers=NOT_KEPT)

"""What a subject meets: the landing page, a session's pages, its trials, and the one write a subject can make.

A session's address and the browser's cookie must agree: on a shared computer one subject's waiting answers could
otherwise be sent in another's name.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, StrictInt
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from app import clock
from app.db.models import Side
from app.errors import AppError, Forbidden
from app.sessions import enrol, links, progress, returning, votes
from app.sessions.progress import SessionView, TrialView
from app.sessions.sitting import SessionNotFound, Stage, locale_of
from app.web.failures import Problem, WrongMethod, misfit, problem, wants_json
from app.web.pages import Context, Ctx, asked_for, is_secure, languages, outside, render
from app.web.stopped import stopped_page

COOKIE = "beholder_session"
_NOT_KEPT = {"Cache-Control": "no-store"}
_COOKIE_DAYS = 90  # answers that wait on a device can be sent for as long
_PAGES = {
    Stage.CONSENT: "subject/consent.html",
    Stage.INSTRUCTIONS: "subject/instructions.html",
    Stage.PRACTICE: "subject/trial.html",
    Stage.PRACTICE_DONE: "subject/practice_done.html",
    Stage.BLOCK: "subject/trial.html",
    Stage.BREAK: "subject/break.html",
    Stage.PAUSED: "subject/paused.html",
    Stage.END: "subject/end.html",
}


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
                if wants_json(request):
                    raise
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


def _stopped(request: Request, error: AppError) -> Response:
    """The refusal in the session's language, or in the browser's where it holds no session at this address."""
    ctx: Context = request.app.state.context
    session = request.path_params.get("session")
    texts = asked_for(request)
    if session and session == _held_by(request, ctx):
        with suppress(SessionNotFound):
            texts = languages(request).texts(locale_of(ctx.database, session))
    return stopped_page(request, error, texts)


router = APIRouter(route_class=SubjectRoute)


async def held(request: Request, session: str, ctx: Ctx) -> str:  # async to spare a hop through the thread pool
    """The session that the address names, where the browser's cookie says that it is this browser's."""
    if _held_by(request, ctx) != session:
        raise NotYourSession
    return session


def _held_by(request: Request, ctx: Context) -> str | None:
    """The session that this browser holds: its cookie names it, and proves that it was given here."""
    session, _, proof = request.cookies.get(COOKIE, "").rpartition(".")
    return session if links.cookie_agrees(ctx.secret, session, proof) else None


Held = Annotated[str, Depends(held)]


class SentAnswer(BaseModel):
    """An answer as a page sends it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Side
    elapsed_ms: StrictInt | None = None


@router.get("/join/{token}")
@router.get("/p/{token}")
def landing(request: Request, token: str, ctx: Ctx) -> Response:
    """What a link leads to; looking at it has no effect, so that the preview of a chat program burns nothing."""
    held = _held_by(request, ctx)
    session = returning.session_behind(ctx.database, ctx.secret, token, held)
    view = progress.view(ctx.database, session) if session else None
    if session and view and view.stage in (Stage.PAUSED, Stage.END):  # nothing to begin: said at once
        return _page(request, ctx, session, view, held=session == held)
    found = enrol.landing(ctx.database, ctx.secret, token)
    mine = None if found.personal else session
    asked = asked_for(request)
    texts = languages(request).texts(view.locale) if view else asked
    return render(
        request, "subject/landing.html", texts=texts, locale=asked.tag, landing=found, stage="landing",
        action=request.url.path, mine=mine and view, mine_action=mine and _personal(ctx, mine),
        is_demo=found.is_demo, simulated=False,
    )  # fmt: skip


@router.post("/join/{token}")
@router.post("/p/{token}")
def begin(
    request: Request,
    token: str,
    ctx: Ctx,
    locale: Annotated[str, Form()] = "en",
    simulated: Annotated[bool, Form()] = False,
) -> Response:
    """The session begins, or goes on; from now on the cookie says that it is this browser's."""
    language = languages(request).texts(locale).tag  # one that there is: it stays the session's to its end
    session = enrol.begin(ctx.database, ctx.secret, token, locale=language, simulated=simulated)
    reply = _to(session)
    reply.set_cookie(
        COOKIE,
        f"{session}.{links.cookie_value(ctx.secret, session)}",
        max_age=_COOKIE_DAYS * 86_400,
        path="/",  # the landing page asks too, before it makes a second subject of somebody who comes back
        secure=is_secure(request, ctx),
        httponly=True,
        samesite="lax",
    )
    return reply


@router.get("/s/{session}")
def page(request: Request, session: Held, ctx: Ctx) -> Response:
    """The page of the session's present stage."""
    return _page(request, ctx, session, progress.view(ctx.database, session))


def _page(request: Request, ctx: Context, session: str, view: SessionView, *, held: bool = True) -> Response:
    """The page of a stage; only a browser that holds the session is told its address, and sends what waits for it."""
    answered, planned = _counted(view)
    address: dict[str, Any] = {"session_url": f"/s/{session}"} if held else {}
    return render(
        request, _PAGES[view.stage], texts=languages(request).texts(view.locale), view=view,
        stage=view.stage.value, is_demo=view.is_demo, simulated=view.simulated,
        personal=outside(request, ctx) + _personal(ctx, session),
        practice=view.stage is Stage.PRACTICE, number=min(answered + 1, planned), total=planned,
        seconds_left=_seconds_until(view.break_until), **address,
    )  # fmt: skip


@router.post("/s/{session}/consent")
def consent(
    session: Held, ctx: Ctx, text_hash: Annotated[str, Form()], agreed: Annotated[bool, Form()] = False
) -> Response:
    """The subject agrees to the exact text that was shown, and says so by a tick as well as by the button."""
    if not agreed:
        raise progress.ConsentNeeded
    progress.consent(ctx.database, session, text_hash)
    return _to(session)


@router.post("/s/{session}/start")
def start(session: Held, ctx: Ctx) -> Response:
    """The next block's trials are issued; pressing the button twice issues them once."""
    progress.start_block(ctx.database, session)
    return _to(session)


@router.get("/s/{session}/trials")
def trials(session: Held, ctx: Ctx) -> Response:
    """The block's unanswered trials in order, and the number that the last of them has in the session."""
    view = progress.view(ctx.database, session)
    answered, planned = _counted(view)
    listed = [_blind(session, trial) for trial in progress.open_trials(ctx.database, session)]
    return _json({"last": answered - view.block_answered + view.block_size, "planned": planned, "trials": listed})


@router.put("/s/{session}/trials/{trial}/vote")
def vote(session: Held, trial: str, said: SentAnswer, ctx: Ctx) -> Response:
    """The stored vote: 201 when it is new, 200 when the same answer was stored before, 409 when another one was."""
    try:
        stored = votes.record_vote(ctx.database, session, trial, votes.Answer(said.side, said.elapsed_ms))
    except votes.AlreadyAnswered as error:
        return Problem({**problem(error), **_canonical(trial, error.stored)}, error.status, headers=_NOT_KEPT)
    return _json(_canonical(trial, stored), 201 if stored.created else 200)


def _blind(session: str, trial: TrialView) -> dict[str, Any]:
    """All that a subject's browser is told of a trial."""
    address = f"/s/{session}/trials/{trial.token}"
    return {
        "token": trial.token,
        "position": trial.position,
        "width": trial.width,
        "height": trial.height,
        "vote": f"{address}/vote",
        "pictures": {pane: f"{address}/{pane}.png" for pane in ("left", "reference", "right")},
    }


def _canonical(trial: str, stored: votes.StoredVote) -> dict[str, Any]:
    """The vote as it stands; the outbox forgets an answer only when it reads its own trial here."""
    told: dict[str, Any] = {"trial": trial, "side": stored.side, "received_at": stored.received_at.isoformat()}
    if stored.practice_correct is not None:  # in practice only: the other trials all answer alike
        told["correct"] = stored.practice_correct
    return told


def _counted(view: SessionView) -> tuple[int, int]:
    """Answers so far and in all, practice and the rest each for itself."""
    if view.stage is Stage.PRACTICE:
        return view.block_answered, view.block_size
    return view.answered, view.planned


def _seconds_until(moment: datetime | None) -> int:
    return 0 if moment is None else max(0, ceil((moment - clock.now()).total_seconds()))


def _personal(ctx: Context, session: str) -> str:
    """The path with which the session's subject goes on, here or elsewhere."""
    return f"/p/{enrol.personal_link_of(ctx.database, ctx.secret, session)}"


def _to(session: str) -> RedirectResponse:
    return RedirectResponse(f"/s/{session}", 303, headers={"Cache-Control": "no-store"})


def _json(body: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(body, status, headers=_NOT_KEPT)

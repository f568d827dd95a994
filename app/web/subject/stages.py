"""A session's page, which is that of its present stage, and the steps that need no more than a button."""

from datetime import datetime
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app import clock
from app.sessions import enrol, progress, screening, viewing
from app.sessions.progress import SessionView
from app.sessions.sitting import Stage
from app.web.pages import Context, Ctx, languages, outside, render
from app.web.subject import leaving
from app.web.subject.route import Held, SubjectRoute, to
from app.web.subject.said import consent_text, in_language, questions, tongues

_PAGES = {
    Stage.CONSENT: "subject/consent.html",
    Stage.QUESTIONNAIRE: "subject/questionnaire.html",
    Stage.DISPLAY: "subject/display.html",
    Stage.VIEWING: "subject/viewing.html",
    Stage.INSTRUCTIONS: "subject/instructions.html",
    Stage.PRACTICE: "subject/trial.html",
    Stage.PRACTICE_DONE: "subject/practice_done.html",
    Stage.BLOCK: "subject/trial.html",
    Stage.BREAK: "subject/break.html",
    Stage.RESTING: "subject/resting.html",
    Stage.PAUSED: "subject/paused.html",
    Stage.END: "subject/end.html",
    Stage.WITHDRAWN: "subject/withdrawn.html",
}
_WITH_PANES = (Stage.DISPLAY, Stage.PRACTICE, Stage.BLOCK)
router = APIRouter(route_class=SubjectRoute)


@router.get("/s/{session}")
def page(request: Request, session: Held, ctx: Ctx) -> Response:
    """The page of the session's present stage."""
    return stage_page(request, ctx, session, progress.view(ctx.database, session))


def stage_page(
    request: Request,
    ctx: Context,
    session: str,
    view: SessionView,
    *,
    held: bool = True,
    status: int = 200,
    **more: Any,
) -> Response:
    """The page of a stage; only a browser that holds the session is told its address, and sends what waits for it."""
    answered, planned = counted(view)
    texts = languages(request).texts(view.locale)
    address: dict[str, Any] = {"session_url": f"/s/{session}"} if held else {}
    personal = personal_path(ctx, session)
    more |= leaving.last_words(ctx, session, view)
    more.setdefault("questions", questions(view, texts, {}, {}))
    page = render(
        request, _PAGES[view.stage], status=status, texts=texts, view=in_language(view, texts),
        tongues=tongues(view, texts),
        stage=view.stage.value, is_demo=view.is_demo, simulated=view.simulated,
        personal=outside(request, ctx) + personal,
        withdraw_url=f"{address.get('session_url', personal)}/withdraw",
        personal_code=f"/s/{session}/personal.svg" if held else "",
        practice=view.stage is Stage.PRACTICE, number=min(answered + 1, planned), total=planned,
        seconds_left=_seconds_until(view.rest_until or view.break_until),
        tallest=screening.tallest(ctx.database, session) if view.stage in _WITH_PANES else None,
        needed=screening.needed(ctx.database, session) if view.stage is Stage.DISPLAY else None,
        looking=viewing.shown(ctx.database, session) if view.stage is Stage.VIEWING else None, **address, **more,
    )  # fmt: skip
    return leaving.with_way_back(page, more["ending"])


@router.post("/s/{session}/consent")
def consent(
    request: Request,
    session: Held,
    ctx: Ctx,
    text_hash: Annotated[str, Form()],
    agreed: Annotated[bool, Form()] = False,
) -> Response:
    """The subject agrees to the exact text that was shown, and says so by a tick as well as by the button."""
    if not agreed:
        raise progress.ConsentNeeded
    view = progress.view(ctx.database, session)
    shown = consent_text(view, languages(request).texts(view.locale))
    progress.consent(ctx.database, session, text_hash, shown)
    return to(session)


@router.post("/s/{session}/start")
def start(session: Held, ctx: Ctx) -> Response:
    """The next block's trials are issued; pressing the button twice issues them once."""
    progress.start_block(ctx.database, session)
    return to(session)


def counted(view: SessionView) -> tuple[int, int]:
    """Answers so far and in all, practice and the rest each for itself."""
    if view.stage is Stage.PRACTICE:
        return view.block_answered, view.block_size
    return view.answered, view.planned


def _seconds_until(moment: datetime | None) -> int:
    return 0 if moment is None else max(0, ceil((moment - clock.now()).total_seconds()))


def personal_path(ctx: Context, session: str) -> str:
    """The path with which the session's subject goes on, here or elsewhere."""
    return f"/p/{enrol.personal_link_of(ctx.database, ctx.secret, session)}"

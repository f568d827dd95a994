"""How a subject takes their answers back, by the session that the browser holds or by their personal link alone."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import Outcome
from app.sessions import progress, withdrawal
from app.web.pages import Context, Ctx, languages, render
from app.web.subject.route import NOT_KEPT, Held, SubjectRoute
from app.web.subject.said import in_language
from app.web.subject.stages import stage_page

router = APIRouter(route_class=SubjectRoute)


@router.get("/s/{session}/withdraw")
def withdraw_page(request: Request, session: Held, ctx: Ctx) -> Response:
    """What withdrawing means, and the form for it; looking has no effect."""
    return _page(request, ctx, session, f"/s/{session}")


@router.post("/s/{session}/withdraw")
def withdraw(session: Held, ctx: Ctx, agreed: Annotated[bool, Form()] = False) -> Response:
    """The answers are excluded for good, and what is personal about the subject is erased."""
    return _withdrawn(ctx, session, f"/s/{session}", agreed=agreed)


@router.get("/p/{token}/withdraw")
def withdraw_page_of_link(request: Request, token: str, ctx: Ctx) -> Response:
    """The same by the personal link, which is enough: it leads on also when the study is closed."""
    session = withdrawal.session_of(ctx.database, ctx.secret, token)
    return _page(request, ctx, session, f"/p/{token}")


@router.post("/p/{token}/withdraw")
def withdraw_by_link(token: str, ctx: Ctx, agreed: Annotated[bool, Form()] = False) -> Response:
    """The same by the personal link."""
    session = withdrawal.session_of(ctx.database, ctx.secret, token)
    return _withdrawn(ctx, session, f"/p/{token}", agreed=agreed)


def _page(request: Request, ctx: Context, session: str, back: str) -> Response:
    view = progress.view(ctx.database, session)
    if view.outcome is Outcome.WITHDRAWN:
        return stage_page(request, ctx, session, view, held=back == f"/s/{session}")
    texts = languages(request).texts(view.locale)
    return render(
        request, "subject/withdraw.html", texts=texts, view=in_language(view, texts), stage="withdraw",
        is_demo=view.is_demo, simulated=view.simulated, back=back, action=f"{back}/withdraw",
    )  # fmt: skip


def _withdrawn(ctx: Context, session: str, back: str, *, agreed: bool) -> Response:
    if not agreed:
        raise withdrawal.TickNeeded
    withdrawal.withdraw(ctx.database, session)
    return RedirectResponse(back, 303, headers=NOT_KEPT)

"""A session's last page: its code, the way back to whoever sent the subject, and a clean screen for the next one."""

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.sessions.ending import Ending, ending
from app.sessions.links import BadLink, read_pilot, read_public
from app.sessions.progress import SessionView
from app.web.guard import policy
from app.web.pages import Context, Ctx, is_secure
from app.web.subject.route import COOKIE, NOT_KEPT, Held, SubjectRoute

DOOR = "beholder_door"  # the link for everybody that this browser came in by: there the next subject begins
router = APIRouter(route_class=SubjectRoute)


@router.post("/s/{session}/leave")
def leave(request: Request, session: Held, ctx: Ctx) -> Response:
    """The browser holds no session any more; the next subject begins where this one came in."""
    door = request.cookies.get(DOOR, "")
    reply = RedirectResponse(f"/join/{door}" if _leads_in(ctx, door) else "/", 303, headers=NOT_KEPT)
    for name in (COOKIE, DOOR):
        reply.delete_cookie(name, path="/", secure=is_secure(request, ctx), httponly=True, samesite="lax")
    return reply


def last_words(ctx: Context, session: str, view: SessionView) -> dict[str, Any]:
    """What the templates of the last pages need besides the others; nothing before the session has ended."""
    return {"ending": ending(ctx.database, session) if view.outcome else None}


def with_way_back(page: Response, found: Ending | None) -> Response:
    """The page, whose form may go to the recruiting service where it hands something in there."""
    if found and found.back and found.back.fields:
        page.headers["Content-Security-Policy"] = policy(found.back.origin)
    return page


def _leads_in(ctx: Context, door: str) -> bool:
    with ctx.database.read() as db:
        for read in (read_public, read_pilot):
            with suppress(BadLink):
                read(db, ctx.secret, door)
                return True
    return False

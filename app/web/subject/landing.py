"""Where a link leads: a page that looks without effect, and the button with which a session begins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.sessions import enrol, external, links, progress, returning
from app.sessions.external import Sender
from app.sessions.sitting import Stage
from app.web.pages import Ctx, asked_for, is_secure, languages, render
from app.web.subject.leaving import DOOR
from app.web.subject.route import COOKIE, SubjectRoute, held_by, to
from app.web.subject.said import as_read, title, tongues
from app.web.subject.stages import personal_path, stage_page
from app.web.texts import Texts

_NOTHING_TO_BEGIN = (Stage.PAUSED, Stage.END, Stage.WITHDRAWN)
_COOKIE_DAYS = 90  # answers that wait on a device can be sent for as long
router = APIRouter(route_class=SubjectRoute)


@router.get("/join/{token}")
@router.get("/p/{token}")
def landing(request: Request, token: str, ctx: Ctx, language: str = "") -> Response:
    """What a link leads to; looking at it has no effect, so that the preview of a chat program burns nothing."""
    held = held_by(request, ctx)
    sender = external.read(request.query_params) if request.url.path.startswith("/join/") else None
    if sender and sender.preview:
        raise external.OnlyAPreview
    # where a service says who comes, nobody is asked whether the session that this browser holds is theirs
    session = None if sender else returning.session_behind(ctx.database, ctx.secret, token, held)
    view = progress.view(ctx.database, session) if session else None
    if session and view and view.stage in _NOTHING_TO_BEGIN:  # nothing to begin: said at once
        return stage_page(request, ctx, session, view, held=session == held)
    found = enrol.landing(ctx.database, ctx.secret, token, sender, held)
    mine = None if found.personal else session
    offered = languages(request).offered(found.languages)
    asked = _wanted(request, offered, language)
    texts = languages(request).texts(view.locale) if view else asked
    spoken = tongues(found, texts, ["question"])
    found = replace(found, study_title=title(found, texts).text, question=as_read(found, "question", texts).text)
    return render(
        request, "subject/landing.html", texts=texts, locale=asked.tag, landing=found, stage="landing",
        action=request.url.path, mine=mine and view, mine_action=mine and personal_path(ctx, mine),
        is_demo=found.is_demo, simulated=False, offered=() if view else offered,
        sent=urlencode(sender.hidden) if sender else "", tongues=spoken,
    )  # fmt: skip


@router.post("/join/{token}")
@router.post("/p/{token}")
def begin(
    request: Request,
    token: str,
    ctx: Ctx,
    locale: Annotated[str, Form()] = "en",
    simulated: Annotated[bool, Form()] = False,
    sent: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """The session begins, or goes on; from now on the cookie says that it is this browser's."""
    sender, held = _sender(sent), held_by(request, ctx)
    found = enrol.landing(ctx.database, ctx.secret, token, sender, held)
    offered = languages(request).offered(found.languages)
    language = _wanted(request, offered, locale).tag  # one that there is: it stays the session's to its end
    session = enrol.begin(
        ctx.database, ctx.secret, token, locale=language, simulated=simulated, sender=sender, held=held
    )
    reply = to(session)
    kept = {COOKIE: f"{session}.{links.cookie_value(ctx.secret, session)}", DOOR: "" if found.personal else token}
    for name, value in kept.items():
        reply.set_cookie(
            name,
            value,
            max_age=_COOKIE_DAYS * 86_400,
            path="/",  # the landing page asks too, before it makes a second subject of somebody who comes back
            secure=is_secure(request, ctx),
            httponly=True,
            samesite="lax",
        )
    return reply


def _sender(sent: str) -> Sender | None:
    """Who sent the subject, as the landing page's form hands it on."""
    try:
        return external.read(dict(parse_qsl(sent, keep_blank_values=True, max_num_fields=10)))
    except ValueError:
        raise external.BadParticipant("number") from None


def _wanted(request: Request, offered: Sequence[Texts], tag: str) -> Texts:
    """The language that was chosen, where the study offers it; else the one that the browser prefers."""
    chosen = languages(request).offered((tag,))[0] if tag else None
    return chosen if chosen and chosen in offered else asked_for(request, offered)

"""What a subject reads when it does not go on: one page, with a heading and advice for each kind of refusal."""

from starlette.requests import Request
from starlette.responses import Response

from app.errors import AppError, Conflict
from app.sessions.progress import BreakNotOver
from app.web.pages import render
from app.web.refusals import refusal
from app.web.texts import Texts


def stopped_page(request: Request, error: AppError, texts: Texts) -> Response:
    """The refusal as a subject reads it, with a way back where there is one."""
    told = refusal(type(error))
    values = {"until": texts.time(error.until)} if isinstance(error, BreakNotOver) else {}
    session = request.path_params.get("session")
    back = f"/s/{session}" if session and isinstance(error, Conflict) else None
    return render(
        request, "subject/stopped.html", texts=texts, status=error.status, stage="stopped",
        heading=texts.say(told.heading), message=texts.say(told.message, **values), advice=texts.say(told.advice),
        back=back, is_demo=False, simulated=False,
    )  # fmt: skip

"""What a subject reads when it does not go on: one page, with a heading and advice for each kind of refusal."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.errors import AppError, Conflict
from app.web.pages import render
from app.web.refusals import refusal
from app.web.texts import Texts

_ADDRESSES = ("/join/", "/p/", "/s/")


def meets_a_subject(request: Request) -> bool:
    """Whether the address is one that only subjects have."""
    return request.url.path.startswith(_ADDRESSES)


def stopped_page(request: Request, error: AppError, texts: Texts) -> Response:
    """The refusal as a subject reads it, with a way back where there is one."""
    told = refusal(type(error))
    values = {name: _written(getattr(error, name, ""), texts) for name in ("until", "reference")}
    session = request.path_params.get("session")
    back = f"/s/{session}" if session and isinstance(error, Conflict) else None
    return render(
        request, "subject/stopped.html", texts=texts, status=error.status, stage="stopped",
        heading=texts.say(told.heading), message=texts.say(told.message, **values),
        advice=texts.say(told.advice, **values), back=back, is_demo=False, simulated=False,
    )  # fmt: skip


def _written(value: Any, texts: Texts) -> str:
    return texts.time(value) if isinstance(value, datetime) else str(value)

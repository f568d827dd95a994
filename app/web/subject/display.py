"""The display gate's reading: what a subject's browser measured, as its page sends it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.sessions import progress, screening
from app.sessions.sitting import Stage
from app.web.pages import Ctx
from app.web.subject.route import Held, SubjectRoute, to
from app.web.subject.screens import MOST_PIXELS, DynamicRange, Gamut, PixelRatio
from app.web.subject.stages import stage_page

_Side = Annotated[int, Field(ge=0, le=MOST_PIXELS)]
router = APIRouter(route_class=SubjectRoute)


class SentReading(BaseModel):
    """The fields of the gate's form; a script fills them in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pixel_ratio: PixelRatio
    pane_width: _Side
    pane_height: _Side
    exact: bool
    touch_only: bool
    window_width: _Side
    window_height: _Side
    screen_width: _Side
    screen_height: _Side
    zoom_percent: int | None = Field(None, ge=10, le=1000)
    gamut: Gamut | None = None
    dynamic_range: DynamicRange | None = None


@router.get("/s/{session}/display")
def again(request: Request, session: Held, ctx: Ctx) -> Response:
    """The gate once more, where the present screen cannot show the trial that is open; else the stage's page."""
    view = progress.view(ctx.database, session)
    if view.stage not in (Stage.DISPLAY, Stage.PRACTICE, Stage.BLOCK):
        return to(session)
    return stage_page(request, ctx, session, replace(view, stage=Stage.DISPLAY))


@router.post("/s/{session}/display")
def look(session: Held, ctx: Ctx, said: Annotated[SentReading, Form()]) -> Response:
    """The look at the screen is stored; the session's page then says whether it was good enough."""
    screening.look(ctx.database, session, screening.Reading(**said.model_dump()))
    return to(session)

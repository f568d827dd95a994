"""Batches of what a trial page noticed: where its subject looked, and whether they were there at all."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt
from starlette.responses import Response

from app.errors import AppError
from app.sessions import traces
from app.web.failures import unbroken
from app.web.pages import Ctx
from app.web.subject.route import Held, SubjectRoute, reply_json

MOST_BYTES = 32_000  # half of what browsers send of a page that is being left
MOST_EVENTS = 200
_Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e6, le=1e6)]
_Pixels = Annotated[StrictInt, Field(ge=0, le=100_000)]
router = APIRouter(route_class=SubjectRoute)


class BatchTooLarge(AppError):
    """A batch of what was noticed is larger than any page of ours sends."""

    status = 413

    def __init__(self) -> None:
        super().__init__(f"A batch of events is larger than {MOST_BYTES // 1000} kB", "send fewer at once")


class _Noticed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    t: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1e9)]  # ms since the page was opened


class Looked(_Noticed):
    """Which part of the pictures is seen, and how: a zoom, a move, the whole pictures, the reference in place."""

    kind: Literal["view"]
    trial: _Pixels  # its place in the session
    cx: _Number  # the point at the middle of every pane, in picture pixels
    cy: _Number
    scale: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=64)]  # device pixels per picture pixel
    overview: StrictBool
    in_place: Literal["reference", "flicker"] | None  # what stands where the candidates were


class Shown(_Noticed):
    """A pair stands on the screen."""

    kind: Literal["shown"]
    trial: _Pixels


class Answered(_Noticed):
    """A pair was answered; what was chosen stands in the vote alone."""

    kind: Literal["answered"]
    trial: _Pixels
    elapsed_ms: Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]


class Resized(_Noticed):
    """The panes have this size now, in device pixels."""

    kind: Literal["panes"]
    width: _Pixels
    height: _Pixels
    ratio: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=100)]


class Attended(_Noticed):
    """The window has the keyboard or has not; the page can be seen or cannot; a pause."""

    kind: Literal["focus", "blur", "visible", "hidden", "paused", "resumed"]


_Event = Annotated[Looked | Shown | Answered | Resized | Attended, Field(discriminator="kind")]


class SentBatch(BaseModel):
    """Some events in their order, under a key that makes sending them again harmless."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern="^[A-Za-z0-9_-]{16,40}$")
    events: list[_Event] = Field(min_length=1, max_length=MOST_EVENTS)


async def small(request: Request) -> None:  # async, because reading a body is
    """Nothing, where the batch is as small as a page sends it; else ``BatchTooLarge``, also where no length is told."""
    if len(await unbroken(request.body())) > MOST_BYTES:
        raise BatchTooLarge


@router.post("/s/{session}/events", dependencies=[Depends(small)])
def note(session: Held, said: SentBatch, ctx: Ctx) -> Response:
    """The batch is a line of the session's log: 201 when it is new, 200 when it was there already."""
    new = traces.record(ctx.database, session, said.key, [event.model_dump() for event in said.events])
    return reply_json({"key": said.key}, 201 if new else 200)

"""The pages of the viewing conditions: pictures that do not say what they show, and what subjects answer."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat
from starlette.responses import Response

from app.sessions import viewing
from app.studies.fields import ViewingModule
from app.web.pages import Ctx
from app.web.subject.route import NOT_KEPT, Held, SubjectRoute, to

router = APIRouter(route_class=SubjectRoute)
_Turn = Annotated[int, Field(ge=1, le=20)]
_Count = Annotated[int, Field(ge=0, le=99)]
_Spot = Annotated[FiniteFloat, Field(gt=0, le=100_000)]
_Direction = Literal["up", "right", "down", "left", "none"]
_Digit = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "none"]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    turn: _Turn


class SentCard(_Said):
    """How wide a card is on the screen, and how far away the screen is."""

    card_pixels: FiniteFloat | None = Field(None, gt=0, le=100_000)
    spots: list[_Spot] = Field([], max_length=20)  # device pixels between point and dot when it vanished
    distance_cm: FiniteFloat | None = Field(None, gt=0, le=10_000)


class SentCounts(_Said):
    """How many shapes were seen in each field."""

    dark_circles: _Count
    dark_triangles: _Count
    bright_circles: _Count
    bright_triangles: _Count


class SentDirections(_Said):
    """Where the gaps of a line's rings point."""

    direction: list[_Direction] = Field(max_length=20)


class SentDigits(_Said):
    """The digit read on each plate."""

    digit_1: _Digit
    digit_2: _Digit
    digit_3: _Digit
    digit_4: _Digit
    digit_5: _Digit
    digit_6: _Digit
    digit_7: _Digit


@router.get("/s/{session}/viewing/{module}/{number}.png")
def picture(session: Held, module: ViewingModule, number: int, ctx: Ctx) -> Response:
    """One picture of the viewing condition that the session looks at now; kept by no cache."""
    return Response(viewing.picture(ctx.database, session, module, number), media_type="image/png", headers=NOT_KEPT)


@router.post("/s/{session}/viewing/card")
def card(session: Held, ctx: Ctx, said: Annotated[SentCard, Form()]) -> Response:
    """The size of the screen's pixels and the distance of the eye are stored, or measured again."""
    return _answered(ctx, session, ViewingModule.CARD, said.turn, said.model_dump())


@router.post("/s/{session}/viewing/brightness")
def brightness(session: Held, ctx: Ctx, said: Annotated[SentCounts, Form()]) -> Response:
    """The counts are compared with what was shown; there is another try where they do not fit."""
    return _answered(ctx, session, ViewingModule.BRIGHTNESS, said.turn, said.model_dump())


@router.post("/s/{session}/viewing/acuity")
def acuity(session: Held, ctx: Ctx, said: Annotated[SentDirections, Form()]) -> Response:
    """A line of rings is judged; a smaller one follows until one cannot be read."""
    return _answered(ctx, session, ViewingModule.ACUITY, said.turn, {"directions": said.direction})


@router.post("/s/{session}/viewing/colour")
def colour(session: Held, ctx: Ctx, said: Annotated[SentDigits, Form()]) -> Response:
    """The digits are compared with those on the plates."""
    digits = [None if digit == "none" else int(digit) for name, digit in said if name != "turn"]
    return _answered(ctx, session, ViewingModule.COLOUR, said.turn, {"digits": digits})


@router.post("/s/{session}/viewing/{module}/skip")
def skip(session: Held, module: ViewingModule, ctx: Ctx, said: Annotated[_Said, Form()]) -> Response:
    """The subject cannot do this one: it is stored as not passed, and the session goes on by its protocol's rule."""
    return _answered(ctx, session, module, said.turn, None)


def _answered(ctx: Ctx, session: str, module: ViewingModule, turn: int, said: dict[str, Any] | None) -> Response:
    viewing.answer(ctx.database, session, module, turn, said)
    return to(session)

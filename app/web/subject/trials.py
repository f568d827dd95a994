"""A block's trials, and the one write that matters: an answer."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt
from starlette.responses import Response

from app.db.models import Side
from app.sessions import overtaken, progress, votes
from app.sessions.progress import TrialView
from app.web.failures import Problem, problem
from app.web.pages import Ctx
from app.web.subject.route import NOT_KEPT, Held, SubjectRoute, reply_json
from app.web.subject.screens import MOST_PIXELS, DynamicRange, Gamut, PixelRatio
from app.web.subject.stages import counted

router = APIRouter(route_class=SubjectRoute)


class SentScreen(BaseModel):
    """How the page showed the trial, as it measured that itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pixel_ratio: PixelRatio
    pane_width: StrictInt = Field(ge=0, le=MOST_PIXELS)
    pane_height: StrictInt = Field(ge=0, le=MOST_PIXELS)
    exact: StrictBool
    gamut: Gamut | None = None
    dynamic_range: DynamicRange | None = None


class SentAnswer(BaseModel):
    """An answer as a page sends it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Side
    elapsed_ms: StrictInt | None = None
    screen: SentScreen | None = None
    key: str | None = Field(None, pattern="^[A-Za-z0-9_-]{8,40}$")  # the answer's own, the same whenever it is sent


@router.get("/s/{session}/trials")
def trials(session: Held, ctx: Ctx) -> Response:
    """The block's unanswered trials in order, and the number that the last of them has in the session."""
    view = progress.view(ctx.database, session)
    answered, planned = counted(view)
    listed = [_blind(session, trial) for trial in progress.open_trials(ctx.database, session)]
    told = {"last": answered - view.block_answered + view.block_size, "planned": planned, "trials": listed}
    return reply_json(told if view.rest_after_ms is None else told | {"rest_after_ms": view.rest_after_ms})


@router.put("/s/{session}/trials/{trial}/vote")
def vote(session: Held, trial: str, said: SentAnswer, ctx: Ctx) -> Response:
    """The stored vote: 201 when it is new, 200 when the same answer was stored before, 409 when another one was."""
    screen = votes.Screen(**said.screen.model_dump()) if said.screen else None
    answer = votes.Answer(said.side, said.elapsed_ms, screen)
    try:
        stored = votes.record_vote(ctx.database, session, trial, answer)
    except votes.AlreadyAnswered as error:
        overtaken.log(ctx.database, session, trial, answer, said.key)
        return Problem({**problem(error), **_canonical(trial, error.stored)}, error.status, headers=NOT_KEPT)
    return reply_json(_canonical(trial, stored), 201 if stored.created else 200)


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

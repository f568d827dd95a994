"""Launching scores of renderings: the form, a check that changes nothing, and the launch."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from app.catalog import MEASURES
from app.db.models import JobState
from app.errors import AppError, BadInput
from app.jobs import store
from app.jobs.again import OtherKind, wish_like
from app.jobs.asked import ScoreWish, foresee, launch
from app.jobs.contract import Form as MeasureForm
from app.jobs.contract import RenderSpec
from app.jobs.foreseen import Foresight
from app.jobs.recovery import WEIGHT_FREE
from app.jobs.weights_at_hand import WeightsNotAtHand, at_hand
from app.web.admin.launches import launches
from app.web.pages import LARGEST_ID, Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])
NEW = "/admin/scores/new"
FORMS: dict[str, MeasureForm] = {"rgb": "rgb", "y": "y"}


class NoSuchMeasureForm(BadInput):
    """A measure has the forms rgb and y."""

    def __init__(self) -> None:
        super().__init__("A measure's form is rgb or y", "tick one of both")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    renderings: list[int] = field(default_factory=list)
    measures: list[str] = field(default_factory=lambda: list(WEIGHT_FREE))
    forms: list[str] = field(default_factory=lambda: ["rgb"])
    degraded: bool = True
    replace: bool = False

    @property
    def scores(self) -> ScoreWish:
        """The same as it is launched."""
        if not set(self.forms) <= set(FORMS):
            raise NoSuchMeasureForm
        forms = [FORMS[name] for name in self.forms]
        return ScoreWish(self.renderings, self.measures, forms, self.degraded, self.replace)


def asked(
    renderings: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_ID)]] | None, Form()] = None,
    measures: Annotated[list[str] | None, Form()] = None,
    forms: Annotated[list[str] | None, Form()] = None,
    degraded: Annotated[bool, Form()] = False,
    replace: Annotated[bool, Form()] = False,
) -> Wish:
    """The fields of the form."""
    return Wish(renderings or [], measures or [], forms or [], degraded, replace)


Asked = Annotated[Wish, Depends(asked)]


@router.get(NEW)
def score_form(
    request: Request, use: Ctx, who: Launches,
    like: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A score to begin with.")] = None,
    rendering: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A rendering to score.")] = None,
) -> Response:  # fmt: skip
    """The form, empty, for a rendering, or filled as a score was launched."""
    if like is None:
        return _page(request, use, Wish([rendering] if rendering else []))
    wish = wish_like(use.database, like)
    if not isinstance(wish, ScoreWish):
        raise OtherKind(store.get(use.database, like))
    filled = Wish([*wish.renderings], [*wish.measures], [*wish.forms], wish.degraded, wish.replace)
    return _page(request, use, filled, like=like)


@router.post(NEW)
def check_scores(request: Request, use: Ctx, who: Launches, wish: Asked) -> Response:
    """What launching would do: what is in its way, the jobs and their time; nothing is changed."""
    try:
        found = foresee(use.database, wish.scores, use.shelf)
    except AppError as error:
        found = Foresight((error.message,))
    return _page(request, use, wish, foreseen=found, status=422 if found.problems else 200)


@router.post("/admin/scores")
def launch_scores(
    request: Request, use: Ctx, who: Launches, wish: Asked, anyway: Annotated[bool, Form()] = False
) -> Response:
    """Each rendering is scored; what is there already is found."""
    try:
        done = launch(use.database, wish.scores, use.shelf, anyway=anyway, by=actor(who))
    except WeightsNotAtHand as error:  # the check tells it, and asks once more
        found = foresee(use.database, wish.scores, use.shelf)
        return _page(request, use, wish, foreseen=found, status=error.status)
    except AppError as error:
        return _page(request, use, wish, foreseen=Foresight((error.message,)), status=error.status)
    return RedirectResponse(f"/admin/trainings/{done[0].job_id}" if len(done) == 1 else "/admin/jobs?kind=score", 303)


def _page(
    request: Request, use: Context, wish: Wish, *, foreseen: Foresight | None = None, status: int = 200,
    like: int | None = None,
) -> Response:  # fmt: skip
    jobs = store.listing(use.database)
    drawn = [
        job for job in jobs if isinstance(job.spec, RenderSpec) and (job.is_live or job.state is JobState.SUCCEEDED)
    ]
    return render(
        request,
        "admin/score_form.html",
        status=status,
        wish=wish,
        like=like,
        foreseen=foreseen,
        renderings=sorted(drawn, key=lambda job: -job.id),
        about=launches(use.database, jobs).about,
        measures=MEASURES.values(),
        weights=at_hand(use.database, use.shelf),
        forms=tuple(FORMS),
    )

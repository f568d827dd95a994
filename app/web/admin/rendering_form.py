"""Launching one rendering: the form, a check that changes nothing, and the launch."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.catalog import TASKS
from app.db.models import JobKind, JobState
from app.errors import AppError, BadInput
from app.jobs import photograph_sets, store
from app.jobs.again import OtherKind, wish_like
from app.jobs.asked import foresee, launch
from app.jobs.foreseen import Foresight
from app.jobs.likeness import grown
from app.jobs.rendering import RenderingWish
from app.jobs.scenes import SceneWish
from app.web.pages import LARGEST_ID, Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])
NEW = "/admin/renderings/new"


class NothingToRender(BadInput):
    """A rendering is of a training's network or of a baseline."""

    def __init__(self) -> None:
        super().__init__("Nothing was chosen that could be rendered", "choose a training or a baseline of the list")


class NoNumberOfScenes(BadInput):
    """How many scenes there are is a whole number, or left open."""

    def __init__(self) -> None:
        super().__init__("The number of scenes is no whole number", "write one, or leave it empty")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    of: str = ""  # training/17, or baseline/denoise/input
    photograph_set: str = ""
    scene_side: int = 256
    per_photograph: str = "1"  # empty: as many as there are altogether
    altogether: str = ""
    seed: int = 0

    @property
    def rendering(self) -> RenderingWish:
        """The same as it is launched."""
        kind, _, name = self.of.partition("/")
        scenes = SceneWish(self.scene_side, _number(self.altogether), _number(self.per_photograph))
        if kind == "training" and name.isdecimal() and 1 <= int(name[:12]) <= LARGEST_ID:
            return RenderingWish(self.photograph_set, training=int(name), scenes=scenes, seed=self.seed)
        if kind == "baseline":
            task, _, baseline = name.partition("/")
            return RenderingWish(self.photograph_set, task=task, baseline=baseline, scenes=scenes, seed=self.seed)
        raise NothingToRender

    @classmethod
    def like(cls, one: RenderingWish) -> "Wish":
        """The form filled so that it asks for this."""
        of = f"training/{one.training}" if one.training else f"baseline/{one.task}/{one.baseline}"
        each, all_of_them = one.scenes.per_photograph, one.scenes.altogether
        return cls(of, one.photograph_set, one.scenes.side or 256, _told(each), _told(all_of_them), one.seed)


def asked(
    of: Annotated[str, Form(max_length=120)] = "",
    photograph_set: Annotated[str, Form(max_length=120)] = "",
    scene_side: Annotated[int, Form()] = 256,
    per_photograph: Annotated[str, Form(max_length=6)] = "",
    altogether: Annotated[str, Form(max_length=6)] = "",
    seed: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Wish:
    """The fields of the form."""
    return Wish(of, photograph_set, scene_side, per_photograph, altogether, seed)


Asked = Annotated[Wish, Depends(asked)]


@router.get(NEW)
def rendering_form(
    request: Request, use: Ctx, who: Launches,
    like: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A rendering to begin with.")] = None,
    training: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A training to render with.")] = None,
) -> Response:  # fmt: skip
    """The form, empty, for a training, or filled as a rendering was launched."""
    if like is None:
        return _page(request, use, Wish(of=f"training/{training}" if training else ""))
    wish = wish_like(use.database, like)
    if not isinstance(wish, RenderingWish):
        raise OtherKind(store.get(use.database, like))
    return _page(request, use, Wish.like(wish), like=like)


@router.post(NEW)
def check_rendering(request: Request, use: Ctx, who: Launches, wish: Asked) -> Response:
    """What launching would do: what is in its way, the job and its time; nothing is changed."""
    try:
        found = foresee(use.database, wish.rendering, use.shelf)
    except AppError as error:
        found = Foresight((error.message,))
    return _page(request, use, wish, foreseen=found, status=422 if found.problems else 200)


@router.post("/admin/renderings")
def launch_rendering(request: Request, use: Ctx, who: Launches, wish: Asked) -> Response:
    """The rendering is launched, or found where it is there already."""
    try:
        (done,) = launch(use.database, wish.rendering, use.shelf, by=actor(who))
    except AppError as error:
        return _page(request, use, wish, foreseen=Foresight((error.message,)), status=error.status)
    return RedirectResponse(f"/admin/trainings/{done.job_id}", 303)


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise NoNumberOfScenes
    return int(text)


def _told(number: int | None) -> str:
    return "" if number is None else str(number)


def _page(
    request: Request, use: Context, wish: Wish, *, foreseen: Foresight | None = None, status: int = 200,
    like: int | None = None,
) -> Response:  # fmt: skip
    jobs = store.listing(use.database)
    trained = [job for job in jobs if job.kind is JobKind.TRAIN and (job.is_live or job.state is JobState.SUCCEEDED)]
    return render(
        request,
        "admin/rendering_form.html",
        status=status,
        wish=wish,
        like=like,
        grown=grown(use.database, store.get(use.database, like)) if like else "",
        foreseen=foreseen,
        trainings=sorted(trained, key=lambda job: -job.id),
        tasks=TASKS.values(),
        photograph_sets=[one for one in photograph_sets.sets(use.database) if one[2]],
    )

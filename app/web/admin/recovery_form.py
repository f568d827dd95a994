"""The form that launches recoveries of a photograph: what it asks for, the check beforehand, and the launch."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.catalog import MEASURES
from app.errors import AppError, BadInput
from app.jobs import photograph_sets, store
from app.jobs.again import OtherKind, wish_like
from app.jobs.asked import foresee, launch
from app.jobs.contract import PUBLISHED_RECOVERY
from app.jobs.foreseen import Foresight
from app.jobs.recovery import STARTS, WEIGHT_FREE, Screening, Start
from app.jobs.weights_at_hand import WeightsNotAtHand, at_hand
from app.web.admin.recoveries import ADDRESS
from app.web.pages import LARGEST_ID, Context, Ctx, render
from app.web.permits import Launches, actor

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    photograph: str = ""  # the set's name and the photograph's, as the form sends both
    measures: list[str] = field(default_factory=lambda: list(WEIGHT_FREE))
    own: str = ""
    starts: list[str] = field(default_factory=lambda: list(STARTS))
    side: int = 256
    left: str = ""  # empty: in the middle
    top: str = ""
    quality: int = PUBLISHED_RECOVERY.quality
    steps: int = PUBLISHED_RECOVERY.steps
    seed: int = 0
    learning_rate: float = PUBLISHED_RECOVERY.learning_rate
    halve_every: int = PUBLISHED_RECOVERY.halve_every
    lowest_rate: float = PUBLISHED_RECOVERY.lowest_rate

    @property
    def screening(self) -> Screening:
        """The same as it is launched; raises ``NoPhotographChosen``, ``NoSuchStart`` or ``NoSuchPlace``."""
        set_name, separator, name = self.photograph.partition("/")  # no set's name holds one
        if not separator:
            raise NoPhotographChosen
        return Screening(
            set_name, name, self.measures, [_start(one) for one in self.starts], self.side, self.quality, self.steps,
            self.seed, [line.strip() for line in self.own.splitlines() if line.strip()],
            _corner(self.left.strip(), self.top.strip()), self.learning_rate, self.halve_every, self.lowest_rate,
        )  # fmt: skip

    @classmethod
    def like(cls, one: Screening) -> "Wish":
        """The form filled so that it asks for this."""
        left, top = map(str, one.corner) if one.corner else ("", "")
        return cls(
            f"{one.photograph_set}/{one.photograph}", list(one.measures), "\n".join(one.objectives), list(one.starts),
            one.side, left, top, one.quality, one.steps, one.seed, one.learning_rate, one.halve_every, one.lowest_rate,
        )  # fmt: skip


class NoPhotographChosen(BadInput):
    """A screening needs a photograph."""

    def __init__(self) -> None:
        super().__init__("No photograph was chosen", "choose one of the list")


class NoSuchStart(BadInput):
    """A recovery begins with noise or with a JPEG."""

    def __init__(self) -> None:
        super().__init__("A recovery begins with noise or with a JPEG", "tick one of both")


class NoSuchPlace(BadInput):
    """A place in a picture is told by two whole numbers."""

    def __init__(self) -> None:
        super().__init__("The square's place is no pair of whole numbers", "write both, or leave both empty")


def asked(
    photograph: Annotated[str, Form(max_length=400)] = "",
    measures: Annotated[list[str] | None, Form()] = None,
    own: Annotated[str, Form(max_length=4000)] = "",
    starts: Annotated[list[str] | None, Form()] = None,
    side: Annotated[int, Form()] = 256,
    left: Annotated[str, Form(max_length=10)] = "",
    top: Annotated[str, Form(max_length=10)] = "",
    quality: Annotated[int, Form()] = PUBLISHED_RECOVERY.quality,
    steps: Annotated[int, Form()] = PUBLISHED_RECOVERY.steps,
    seed: Annotated[int, Form()] = 0,
    learning_rate: Annotated[float, Form()] = PUBLISHED_RECOVERY.learning_rate,
    halve_every: Annotated[int, Form()] = PUBLISHED_RECOVERY.halve_every,
    lowest_rate: Annotated[float, Form()] = PUBLISHED_RECOVERY.lowest_rate,
) -> Wish:
    """The fields of the form."""
    return Wish(
        photograph, measures or [], own, starts or [], side, left, top, quality, steps, seed, learning_rate,
        halve_every, lowest_rate,
    )  # fmt: skip


Asked = Annotated[Wish, Depends(asked)]


@router.get(f"{ADDRESS}/new")
def recovery_form(
    request: Request, use: Ctx, who: Launches,
    like: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A recovery that the form begins with.")] = None,
) -> Response:  # fmt: skip
    """The form, empty, or filled as a recovery was launched."""
    if like is None:
        return _page(request, use, Wish())
    wish = wish_like(use.database, like)
    if not isinstance(wish, Screening):
        raise OtherKind(store.get(use.database, like))
    return _page(request, use, Wish.like(wish), like=like)


@router.post(f"{ADDRESS}/new")
def check_recoveries(request: Request, use: Ctx, who: Launches, wish: Asked) -> Response:
    """What launching would do: what is in its way, the jobs and their time; nothing is changed."""
    try:
        found = foresee(use.database, wish.screening, use.shelf)
    except AppError as error:
        found = Foresight((error.message,))
    return _page(request, use, wish, foreseen=found, status=422 if found.problems else 200)


@router.post(ADDRESS)
def launch_recoveries(
    request: Request, use: Ctx, who: Launches, wish: Asked, anyway: Annotated[bool, Form()] = False
) -> Response:
    """A recovery for every measure and start; what is there already is found, not done again."""
    try:
        launch(use.database, wish.screening, use.shelf, anyway=anyway, by=actor(who))
    except WeightsNotAtHand as error:  # the check tells it, and asks once more
        found = foresee(use.database, wish.screening, use.shelf)
        return _page(request, use, wish, foreseen=found, status=error.status)
    except AppError as error:
        return _page(request, use, wish, foreseen=Foresight((error.message,)), status=error.status)
    return RedirectResponse(f"{ADDRESS}#main", 303)


def _corner(left: str, top: str) -> tuple[int, int] | None:
    if not left and not top:
        return None
    if not left.isdecimal() or not top.isdecimal():
        raise NoSuchPlace
    return int(left), int(top)


def _start(text: str) -> Start:
    for start in STARTS:
        if text == start:
            return start
    raise NoSuchStart


def _page(
    request: Request, use: Context, wish: Wish, *, foreseen: Foresight | None = None, status: int = 200,
    like: int | None = None,
) -> Response:  # fmt: skip
    sets = [photograph_sets.photographs(use.database, name) for name, _, _ in photograph_sets.sets(use.database)]
    return render(
        request,
        "admin/recovery_form.html",
        status=status,
        wish=wish,
        foreseen=foreseen,
        like=like,
        measures=MEASURES.values(),
        weights=at_hand(use.database, use.shelf),
        sets=sets,
    )

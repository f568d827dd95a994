"""The screening of measures: what each made of a photograph from each start, and the form that launches more."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from app.catalog import MEASURES
from app.db.models import JobState
from app.errors import AppError, BadInput
from app.jobs import objective, photographs, recovery, store
from app.jobs.contract import RecoverSpec
from app.jobs.recovery import STARTS, WEIGHT_FREE, Screening, Start
from app.jobs.store import JobView
from app.web.admin.job import recovered
from app.web.admin.matrix import word
from app.web.pages import Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])
ADDRESS = "/admin/recoveries"
_SHOWN = 5  # screenings, the newest first


@dataclass(frozen=True, slots=True)
class Found:
    """One recovery: its job, its verdict or where it stands, and the PSNR of what it found."""

    job: JobView
    word: str
    psnr: float | None


@dataclass(frozen=True, slots=True)
class Screened:
    """The recoveries of one part of a photograph under the same settings, which can be compared."""

    title: str
    rows: tuple[tuple[str, tuple[Found | None, ...]], ...]  # an objective's name, and a cell for each start


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    photograph: str = ""  # the set's name and the photograph's, as the form sends both
    measures: list[str] = field(default_factory=lambda: list(WEIGHT_FREE))
    starts: list[str] = field(default_factory=lambda: list(STARTS))
    side: int = 256
    quality: int = 10
    steps: int = 20_000
    seed: int = 0


class NoPhotographChosen(BadInput):
    """A screening needs a photograph."""

    def __init__(self) -> None:
        super().__init__("No photograph was chosen", "choose one of the list")


class NoSuchStart(BadInput):
    """A recovery begins with noise or with a JPEG."""

    def __init__(self) -> None:
        super().__init__("A recovery begins with noise or with a JPEG", "tick one of both")


@router.get(ADDRESS)
def recoveries(request: Request, use: Ctx) -> Response:
    """What the screened measures made of photographs, and the form."""
    return _page(request, use, Wish())


@router.post(ADDRESS)
def launch_recoveries(
    request: Request,
    use: Ctx,
    who: Launches,
    photograph: Annotated[str, Form(max_length=400)] = "",
    measures: Annotated[list[str] | None, Form()] = None,
    starts: Annotated[list[str] | None, Form()] = None,
    side: Annotated[int, Form()] = 256,
    quality: Annotated[int, Form()] = 10,
    steps: Annotated[int, Form()] = 20_000,
    seed: Annotated[int, Form()] = 0,
) -> Response:
    """A recovery for every measure and start; what is there already is found, not done again."""
    wish = Wish(photograph, measures or [], starts or [], side, quality, steps, seed)
    try:
        recovery.launch_screening(use.database, _asked(wish), by=actor(who))
    except AppError as error:
        return _page(request, use, wish, problem=error.message, status=error.status)
    return RedirectResponse(f"{ADDRESS}#main", 303)


def _asked(wish: Wish) -> Screening:
    set_name, separator, name = wish.photograph.partition("/")  # no set's name holds one
    if not separator:
        raise NoPhotographChosen
    return Screening(
        set_name, name, wish.measures, [_start(one) for one in wish.starts], wish.side, wish.quality, wish.steps,
        wish.seed,
    )  # fmt: skip


def _start(text: str) -> Start:
    for start in STARTS:
        if text == start:
            return start
    raise NoSuchStart


def _page(request: Request, use: Context, wish: Wish, *, problem: str = "", status: int = 200) -> Response:
    jobs = store.listing(use.database)
    found = screened(jobs)
    sets = [photographs.photographs(use.database, name) for name, _, _ in photographs.sets(use.database)]
    everything = request.query_params.get("all") == "1"
    return render(
        request,
        "admin/recoveries.html",
        status=status,
        screenings=found if everything else found[:_SHOWN],
        total=len(found),
        live=any(job.is_live and isinstance(job.spec, RecoverSpec) for job in jobs),
        starts=STARTS,
        wish=wish,
        problem=problem,
        measures=MEASURES.values(),
        sets=sets,
    )


def screened(jobs: Iterable[JobView]) -> list[Screened]:
    """A table for each part of a photograph and each schedule, the newest first."""
    groups = defaultdict[RecoverSpec, list[tuple[JobView, RecoverSpec]]](list)
    for job in jobs:
        if isinstance(job.spec, RecoverSpec):
            shared = job.spec.model_copy(update={"objective": "", "start": "noise"})
            groups[shared].append((job, job.spec))
    newest_first = sorted(groups.values(), key=lambda group: -max(job.id for job, _ in group))
    return [_screened(group) for group in newest_first]


def _screened(group: list[tuple[JobView, RecoverSpec]]) -> Screened:
    cells = dict[tuple[str, str], Found]()
    for job, spec in sorted(group, key=lambda one: (one[0].state is JobState.SUCCEEDED, one[0].id)):
        cells[objective.parse(spec.objective).name, spec.start] = _found(job)  # what has succeeded speaks for all
    names = {name for name, _ in cells}
    ordered = (*(name for name in MEASURES if name in names), *sorted(names - set(MEASURES)))
    spec = group[0][1]
    size = f"{spec.scene.width}×{spec.scene.height} px"
    return Screened(
        f"{spec.scene.name} · {size} · {spec.steps} steps · JPEG quality {spec.quality} · seed {spec.seed}",
        tuple((name, tuple(cells.get((name, start)) for start in STARTS)) for name in ordered),
    )


def _found(job: JobView) -> Found:
    result = recovered(job)
    return Found(job, word(job), None) if result is None else Found(job, result.verdict.value, result.psnr_best)

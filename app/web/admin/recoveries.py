"""The screening of measures: what each made of a photograph from each start."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.catalog import MEASURES
from app.db.models import JobState
from app.jobs import objective, store
from app.jobs.contract import RecoverSpec
from app.jobs.recovery import STARTS
from app.jobs.standing import word
from app.jobs.views import JobView
from app.web.admin.job import recovered
from app.web.pages import Ctx, render
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

    number: int  # of its first job
    title: str
    rows: tuple[tuple[str, tuple[Found | None, ...]], ...]  # an objective's name, and a cell for each start


@router.get(ADDRESS)
def recoveries(request: Request, use: Ctx) -> Response:
    """What the screened measures made of photographs."""
    jobs = store.listing(use.database)
    found = screened(jobs)
    everything = request.query_params.get("all") == "1"
    return render(
        request,
        "admin/recoveries.html",
        screenings=found if everything else found[:_SHOWN],
        total=len(found),
        live=any(job.is_live and isinstance(job.spec, RecoverSpec) for job in jobs),
        starts=STARTS,
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
        min(job.id for job, _ in group),
        f"{spec.scene.name} · {size} · {spec.steps} steps · JPEG quality {spec.quality} · seed {spec.seed}",
        tuple((name, tuple(cells.get((name, start)) for start in STARTS)) for name in ordered),
    )


def _found(job: JobView) -> Found:
    result = recovered(job)
    return Found(job, word(job), None) if result is None else Found(job, result.verdict.value, result.psnr_best)

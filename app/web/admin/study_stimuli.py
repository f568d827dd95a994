"""A study's pictures: what it has, what keeps it from opening, and how more come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError
from app.results.outlook import outlook
from app.studies import inventory, keeping, stimuli, survey
from app.studies.alike import Fault
from app.studies.choice import Choice
from app.studies.steps import Step
from app.web.admin.draft_conflict import revision
from app.web.admin.forms import Sent, chosen_jobs, finished_renderings
from app.web.admin.study_head import head, study_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor, sees

_LISTED = 40  # faults of an upload, each of one picture or of many
router = APIRouter(dependencies=[Depends(sees)])
Ticked = tuple[list[str], list[str]]  # conditions and scenes


@dataclass(frozen=True, slots=True)
class Sheet:
    """The pictures of one task: a row per scene, a column per condition."""

    task: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]  # scene, digests in the order of the columns
    pictures: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an upload: a report, or what kept it out."""

    report: stimuli.IngestReport | None = None
    error: AppError | None = None
    ticked: frozenset[str] = frozenset()  # of the form's boxes

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the pictures, as far as the page lists it; empty where something else kept them out."""
        return self.error.faults[:_LISTED] if isinstance(self.error, survey.StimuliRefused) else ()

    @property
    def untold(self) -> int:
        """How many things more are wrong than the page lists."""
        return self.count - sum(fault.count for fault in self.faults)

    @property
    def count(self) -> int:
        """How many things are wrong with the pictures."""
        return self.error.count if isinstance(self.error, survey.StimuliRefused) else 0


@router.get("/admin/studies/{study_id}/stimuli")
def stimuli_tab(request: Request, use: Ctx, study_id: Id) -> Response:
    """The pictures of every task, and what the lint says about them."""
    return stimuli_page(request, use, study_id)


@router.post("/admin/studies/{study_id}/stimuli")
def add_renderings(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """The pictures of the chosen renderings are in the draft; what does not fit is said, and nothing changes."""
    chosen = list[int]()
    try:
        chosen = chosen_jobs(form)
        stimuli.add_renderings(use.database, study_id, chosen, actor(who))
    except AppError as error:
        return stimuli_page(request, use, study_id, problem=error.message, status=error.status, chosen=chosen)
    return RedirectResponse(f"/admin/studies/{study_id}/stimuli", 303)


@router.post("/admin/studies/{study_id}/choice")
def choose(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """The draft keeps the ticked conditions and scenes of each task; where none would be left, nothing changes."""
    stock = inventory.read(use.database, study_id)
    ticked = {
        task.task: (
            [str(one) for one in form.getlist(f"condition-{n}")],
            [str(one) for one in form.getlist(f"scene-{n}")],
        )
        for n, task in enumerate(stock)
    }
    choice = Choice.of({task: kept for task, kept in ticked.items() if all(kept)})
    try:
        keeping.keep_only(use.database, study_id, choice, revision=revision(form), by=actor(who))
    except AppError as error:
        return stimuli_page(request, use, study_id, problem=error.message, status=error.status, kept=ticked)
    return RedirectResponse(f"/admin/studies/{study_id}/stimuli", 303)


def stimuli_page(
    request: Request,
    use: Context,
    study_id: int,
    *,
    problem: str = "",
    outcome: Outcome | None = None,
    status: int = 200,
    chosen: Sequence[int] = (),
    kept: Mapping[str, Ticked] | None = None,
) -> Response:
    """The tab, with a problem above it where there is one, and above its form what became of an upload.

    ``chosen`` are the renderings whose boxes stay ticked, ``kept`` what was ticked of each task that is there.
    """
    above = head(use, study_id)
    draft = above.study.state is StudyState.DRAFT
    pilot = above.study.state is StudyState.PILOT
    stock = inventory.read(use.database, study_id)
    there = {shown.job for task in stock for shown in task.pictures.values() if shown.job is not None}
    return study_page(
        request,
        above,
        "stimuli",
        status=status,
        problem=outcome.error.message if outcome and outcome.error and not draft else problem,  # then there is no form
        outcome=outcome,
        sheets=[_sheet(task) for task in stock],
        findings=above.steps[0].findings if draft else above.findings,
        step=Step.PICTURES,
        outlook=outlook(use.database, study_id) if pilot and stock else None,
        renderings=finished_renderings(use, there) if draft else {},
        chosen=chosen,
        kept=kept,
    )


def _sheet(task: inventory.TaskStock) -> Sheet:
    known = {name for _, name in task.pictures}
    columns = (*(name for name in (inventory.REFERENCE, inventory.DEGRADED) if name in known), *task.conditions)
    rows = tuple(
        (scene, tuple(shown.digest if (shown := task.pictures.get((scene, name))) else None for name in columns))
        for scene in task.scenes
    )
    return Sheet(task.task, columns, rows, len(task.pictures))

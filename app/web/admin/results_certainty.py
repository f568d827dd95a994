"""How certain the rankings are: intervals of every kind, ranks and chances, tests of all conditions, and the fit."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.analysis.intervals import Interval
from app.results.report import replicated, report
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import Chosen
from app.web.pages import Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

_HEADINGS = {  # in two lines each
    Interval.TWO_WAY: ("Any subjects,", "any scenes"),
    Interval.SUBJECTS: ("Any subjects,", "these scenes"),
    Interval.SCENES: ("These subjects,", "any scenes"),
    Interval.VOTES: ("Votes like these:", "same subjects, scenes"),
    Interval.FISHER: ("The same, if", "Bradley–Terry holds"),
}

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN, IN_TURN])


@router.get("/admin/studies/{study_id}/results/certainty")
def certainty(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """How far the rankings can be trusted, and to whom they generalise."""
    found = report(use.database, study_id, chosen.options)
    kinds = {
        task.task: [kind for kind in Interval if any(row.kind is kind for row in task.interval_rows)]
        for task in found.tasks
    }
    ends = {task.task: {(row.condition, row.kind): row for row in task.interval_rows} for task in found.tasks}
    drawn = {task.task: replicated(found, task) for task in found.tasks}
    return results_page(
        request, use, study_id, "certainty", chosen,
        report=found, kinds=kinds, ends=ends, drawn=drawn, headings=_HEADINGS,
    )  # fmt: skip

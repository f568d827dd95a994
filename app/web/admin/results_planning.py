"""What more subjects or scenes would bring to a study: intervals, power, connectivity, coverage."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.analysis.significance import Correction
from app.results.planning import Wish
from app.results.planning_words import origin_in_words, outlook_in_words
from app.results.report import report
from app.sessions import coverage
from app.studies import service
from app.web.admin.coverage_tables import coverage_tables
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import Chosen
from app.web.pages import Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN, IN_TURN])


@router.get("/admin/studies/{study_id}/results/planning")
def planning(
    request: Request,
    use: Ctx,
    study_id: Id,
    chosen: Chosen,
    half_width: Annotated[float, Query(description="Half of an interval that one would like to have, logits.")] = 0.25,
    difference: Annotated[float, Query(description="A difference that tests should find, logits.")] = 0.25,
) -> Response:
    """The answers to two wishes, task by task."""
    wish, study = Wish(half_width, difference), service.get(use.database, study_id)
    found = report(use.database, study_id, chosen.options).outlooks_for(wish, [study.target_sessions])
    told = [(one, outlook_in_words(one), origin_in_words(one)) for one in found]
    return results_page(
        request, use, study_id, "planning", chosen,
        wish=wish, kept=parse_qsl(chosen.address), tests=Correction, tasks=told,
        coverage=coverage_tables(coverage.coverage(use.database, study_id)),
    )  # fmt: skip

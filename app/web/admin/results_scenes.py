"""Scores scene by scene, and who was preferred to whom how often."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.results.report import report
from app.results.scene_grid import scene_grid
from app.results.wins import win_matrix
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import Chosen
from app.web.pages import Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN, IN_TURN])


@router.get("/admin/studies/{study_id}/results/scenes")
def scenes(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """How the scores differ from scene to scene."""
    found = report(use.database, study_id, chosen.options)
    grids = {task.task: (scene_grid(task), win_matrix(found, task).sentence) for task in found.tasks if task.rows}
    return results_page(request, use, study_id, "scenes", chosen, report=found, grids=grids)

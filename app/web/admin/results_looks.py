"""Where subjects looked when they zoomed in: all scenes in a table, and the heat map of one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.errors import NotFound
from app.results.looks import SceneLooks, scene_looks
from app.results.looks_figure import looks_figure
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import FIGURE_TYPES, Choice, Chosen, Drawn, attached
from app.web.pages import Context, Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN, IN_TURN])
Condition = Annotated[str, Query(description="Only trials that showed this condition; all, where it is empty.")]


class NoSuchLooks(NotFound):
    """No trial that counts showed the scene."""

    def __init__(self, task: str, scene: str) -> None:
        super().__init__(
            f"There is nothing to see of the scene {scene!r} of {task!r}: no trial that counts showed it",
            "choose a scene that the page “Where subjects zoomed in” lists",
        )


@router.get("/admin/studies/{study_id}/results/looks")
def looks(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """Every scene, with how many zoomed into it."""
    found = scene_looks(use.database, study_id, chosen.options)
    return results_page(request, use, study_id, "looks", chosen, within="scenes", found=found)


@router.get("/admin/studies/{study_id}/results/looks/{task}/{scene_name}")
def looks_at(
    request: Request, use: Ctx, study_id: Id, task: str, scene_name: str, chosen: Chosen, condition: Condition = ""
) -> Response:  # fmt: skip
    """One scene: its reference, and how long which part of it was in view."""
    every = _one(use, study_id, task, scene_name, chosen, "")
    shown = _one(use, study_id, task, scene_name, chosen, condition) if condition else every
    return results_page(
        request, use, study_id, "looks_at", chosen, within="scenes", shown=shown, condition=condition,
        conditions=every.conditions,
    )  # fmt: skip


@router.get("/admin/studies/{study_id}/results/looks/{task}/{scene_name}/map.{form}")
def looks_map(
    use: Ctx, study_id: Id, task: str, scene_name: str, chosen: Chosen, drawn: Drawn, condition: Condition = ""
) -> Response:  # fmt: skip
    """The heat map of one scene."""
    shown = _one(use, study_id, task, scene_name, chosen, condition)
    sheet = looks_figure(shown, use.media.get(shown.digest), condition, drawn.scheme, drawn.width)
    parts = [part for part in (task, scene_name, condition, "zoom") if part]
    headers = {"Cache-Control": "no-cache"}
    if drawn.download:
        headers |= attached(chosen.file_name(study_id, f"{'-'.join(parts)}.{drawn.form}"))
    return Response(sheet.saved(drawn.form), media_type=FIGURE_TYPES[drawn.form], headers=headers)


def _one(use: Context, study_id: int, task: str, scene: str, chosen: Choice, condition: str) -> SceneLooks:
    found = scene_looks(use.database, study_id, chosen.options, task=task, scene=scene, condition=condition)
    if not found:
        raise NoSuchLooks(task, scene)
    return found[0]

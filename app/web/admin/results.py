"""A study's results: a sentence, a figure and a table per task, and everything to take away."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from app.results.columns import ABOUT
from app.results.report import report
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN, PACKAGE_IN_TURN
from app.web.downloads import Chosen, Drawn, attached, figure_reply, table_chunks
from app.web.packages import package_reply, parquet_reply
from app.web.pages import Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN])


@router.get("/admin/studies/{study_id}/results", dependencies=[IN_TURN])
def results(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """The rankings as they stand."""
    return results_page(
        request, use, study_id, "ranking", chosen,
        report=report(use.database, study_id, chosen.options), tables=ABOUT,
    )  # fmt: skip


@router.get("/admin/studies/{study_id}/results/{table}.csv", dependencies=[IN_TURN])
def table_csv(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table, line by line."""
    chunks = table_chunks(use, study_id, table, chosen)
    headers = attached(chosen.file_name(study_id, f"{table}.csv"))
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/admin/studies/{study_id}/results/{table}.parquet", dependencies=[IN_TURN])
def table_parquet(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table with its types, group of rows by group of rows."""
    return parquet_reply(use, study_id, table, chosen)


@router.get("/admin/studies/{study_id}/results.zip", dependencies=[PACKAGE_IN_TURN])
def package(use: Ctx, study_id: Id, chosen: Chosen, parquet: bool = False) -> Response:
    """Everything there is to take away, as one zip."""
    return package_reply(use, study_id, chosen, parquet=parquet)


@router.get("/admin/studies/{study_id}/results/{figure}.{form}", dependencies=[IN_TURN])
def study_figure(use: Ctx, study_id: Id, figure: str, chosen: Chosen, drawn: Drawn) -> Response:
    """One figure of the whole study."""
    return figure_reply(use, study_id, "", figure, chosen, drawn)


@router.get("/admin/studies/{study_id}/results/{task}/{figure}.{form}", dependencies=[IN_TURN])
def task_figure(use: Ctx, study_id: Id, task: str, figure: str, chosen: Chosen, drawn: Drawn) -> Response:
    """One figure of one task."""
    return figure_reply(use, study_id, task, figure, chosen, drawn)

"""A study's results: a sentence, a figure and a table per task, and everything to take away."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from app.results import figures
from app.results.columns import TABLES
from app.results.report import report
from app.results.sheet import Form, Scheme
from app.web.admin.results_page import results_page
from app.web.downloads import FIGURE_TYPES, Chosen, attached, figure_of, sheet_of, table_chunks
from app.web.pages import Ctx, Id
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])


@router.get("/admin/studies/{study_id}/results")
def results(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """The rankings as they stand."""
    return results_page(
        request, use, study_id, "ranking", chosen,
        report=report(use.database, study_id, chosen.options), tables=TABLES, sheet=sheet_of(use, study_id, chosen),
    )  # fmt: skip


@router.get("/admin/studies/{study_id}/results/{table}.csv")
def table_csv(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table, line by line."""
    chunks = table_chunks(use, study_id, table, chosen)
    headers = attached(chosen.file_name(study_id, f"{table}.csv"))
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/admin/studies/{study_id}/results/methods.md")
def methods_sheet(use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """What a paper has to report about the study, as Markdown."""
    headers = attached(chosen.file_name(study_id, "methods.md"))
    return Response(sheet_of(use, study_id, chosen), media_type="text/markdown; charset=utf-8", headers=headers)


@router.get("/admin/studies/{study_id}/results/{task}/forest.{form}")
def forest(
    use: Ctx,
    study_id: Id,
    task: str,
    form: Form,
    chosen: Chosen,
    scheme: Annotated[Scheme, Query()] = "light",
    download: Annotated[bool, Query()] = False,
) -> Response:
    """The forest plot of one task."""
    drawn = figures.forest(figure_of(use, study_id, task, chosen), scheme, form)
    headers = attached(chosen.file_name(study_id, f"{task}-forest.{form}")) if download else {}
    return Response(drawn, media_type=FIGURE_TYPES[form], headers={"Cache-Control": "no-cache", **headers})

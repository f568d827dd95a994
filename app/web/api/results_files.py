"""Results over the API in one piece: a table as Parquet, and everything as one zip."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.results.options import BadOptions
from app.results.parquet import ParquetNotInstalled
from app.studies.states import StudyNotFound
from app.web.analysis_turns import IN_TURN, PACKAGE_IN_TURN, TooManyAnalyses
from app.web.api.route import ResultsRoute, opens
from app.web.downloads import Chosen, NoSuchTable
from app.web.packages import PARQUET, ZIP, package_reply, parquet_reply
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ResultsRoute, tags=["results"])
_TABLE = opens(
    Scope.RESULTS_READ, StudyNotFound, BadOptions, TooManyAnalyses, NoSuchTable, ParquetNotInstalled, numbered=True
)
_TABLE["responses"] |= {
    200: {
        "description": "The table; its schema holds what docs/data-dictionary.md says of each column.",
        "content": {PARQUET: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_PACKAGE = opens(Scope.RESULTS_READ, StudyNotFound, BadOptions, TooManyAnalyses, ParquetNotInstalled, numbered=True)
_PACKAGE["responses"] |= {
    200: {
        "description": "The zip; its README.md says what each file is.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/studies/{study_id}/results/{table}.parquet", response_class=Response, dependencies=[IN_TURN], **_TABLE)
def read_parquet(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table as Parquet, with a type and a meaning for each column; the tables are those that come as CSV."""
    return parquet_reply(use, study_id, table, chosen)


@router.get("/studies/{study_id}/results.zip", response_class=Response, dependencies=[PACKAGE_IN_TURN], **_PACKAGE)
def read_package(
    use: Ctx,
    study_id: Id,
    chosen: Chosen,
    parquet: Annotated[bool, Query(description="Whether the tables come as Parquet, too.")] = False,
) -> Response:
    """Everything as one zip: tables, figures, methods sheet, the layouts of R and pwcmp, README and data dictionary."""
    return package_reply(use, study_id, chosen, parquet=parquet)

"""Studies as files over the API: told as YAML, and made of YAML."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.strict_yaml import LONGEST
from app.studies import as_file, from_file, study_file
from app.studies.states import StudyNotFound
from app.studies.study_file import BadStudyFile
from app.studies.study_text import text_of
from app.studies.survey import StimuliRefused
from app.studies.titles import BadTitle
from app.studies.turns import TooManyReadings
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.strict_json import WrongContentType, require_type
from app.web.api.studies import StudyTold, as_it_is
from app.web.failures import unbroken
from app.web.pages import Ctx, Id
from app.web.rights import May, Right
from app.web.tokens import Scope

YAML = "application/yaml"
router = APIRouter(route_class=ApiRoute, tags=["studies"])
_TOLD: dict[str, Any] = opens(Scope.STUDIES_READ, StudyNotFound, numbered=True)
_TOLD["responses"] |= {
    200: {"description": "The study as a file.", "content": {YAML: {"schema": {"type": "object"}}}},
}
_MADE: dict[str, Any] = opens(
    Scope.STUDIES_WRITE, BadStudyFile, BadTitle, StimuliRefused, WrongContentType, TooManyReadings, right=Right.CREATES
)
_MADE["openapi_extra"] |= {
    "requestBody": {
        "required": True,
        "description": f"A study file of at most {LONGEST:,} characters; it cannot name a folder.",
        "content": {YAML: {"schema": {"type": "object"}, "example": {"title": "Which loss restores faces best?"}}},
    }
}


@router.get("/studies/{study_id}/study.yaml", response_class=Response, **_TOLD)
def read_study_file(request: Request, use: Ctx, study_id: Id) -> Response:
    """The study as a YAML file, which makes it again: title, protocol, and where its pictures come from.

    Completion codes and the addresses at the end are left out for whoever does not run the study.
    """
    may: May = request.state.may
    return Response(text_of(as_file.described(use.database, study_id), codes=may.runs), media_type=YAML)


@router.post("/studies/from-file", status_code=201, **_MADE)
async def create_from_file(request: Request, use: Ctx, asking: Asking, reply: Response) -> StudyTold:
    """A new draft, as a YAML file describes it; where anything does not fit there is no draft."""
    require_type(request, YAML)
    data = await unbroken(request.body())

    def made() -> int:
        asked, source = study_file.parse(data, "the study file")
        return from_file.create(use.database, use.media, asked, source, None, asking.actor)

    number = await run_in_threadpool(made)
    reply.headers["Location"] = f"/api/v1/studies/{number}"
    return await run_in_threadpool(as_it_is, use, number)

"""Whole studies as one file over the API: out of this installation, and into it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.archives.export import Wanted
from app.archives.refusals import ArchiveRefused, ImportedAlready, NotAStudyArchive, OtherArchiveFormat
from app.archives.spool import NoRoomForSessions
from app.media import MediaFull, MediaMissing, MediaRefused, MediaUnreachable
from app.studies.measured import OtherDirection, OtherValues
from app.studies.states import StudyNotFound
from app.studies.turns import TooManyIngests
from app.web import study_archives, uploads
from app.web.analysis_turns import PACKAGE_IN_TURN, TooManyAnalyses
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import DIGEST, Told, example
from app.web.api.strict_json import WrongContentType, require_type
from app.web.packages import ZIP
from app.web.pages import Ctx, Id
from app.web.rights import Right
from app.web.tokens import Scope
from app.web.uploads import NoRoomForUpload, TooManyUploads, UploadBrokenOff

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_LOST = (StudyNotFound, MediaMissing, MediaUnreachable, TooManyAnalyses)
_ARCHIVE = {
    200: {
        "description": "The archive; the header `Beholder-Archive` has its digest.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_WHOLE = opens(Scope.RESULTS_READ, *_LOST, numbered=True, right=Right.RUNS)
_PERSONAL = opens(Scope.SUBJECTS_READ, *_LOST, numbered=True, beside=Scope.RESULTS_READ, right=Right.OWNS)
_IMPORT: dict[str, Any] = opens(
    Scope.STUDIES_WRITE, NotAStudyArchive, OtherArchiveFormat, ArchiveRefused, ImportedAlready, OtherValues,
    OtherDirection, WrongContentType, UploadBrokenOff, NoRoomForUpload, TooManyUploads, TooManyIngests,
    NoRoomForSessions, MediaRefused, MediaFull, right=Right.CREATES,
)  # fmt: skip
for _one in (_WHOLE, _PERSONAL):
    _one["responses"] |= _ARCHIVE
_IMPORT["openapi_extra"] |= {
    "requestBody": {
        "required": True,
        "description": "A study's archive, as `GET /api/v1/studies/{study_id}/archive` sends it.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}, "example": "the bytes of the archive"}},
    }
}


class TakenTold(Told):
    """What an archive has become."""

    model_config = example(
        {
            "study_id": 7, "archive": DIGEST, "title": "Which loss restores faces best?", "original": 3,
            "is_design": False, "pictures": 484, "sessions": 24, "votes": 11520,
        }
    )  # fmt: skip

    study_id: int
    archive: str = Field(description="Digest of the archive: sha256 of its manifest.")
    title: str
    original: int = Field(description="Number of the study where the archive was made.")
    is_design: bool = Field(description="A draft without sessions; otherwise the study is closed.")
    pictures: int
    sessions: int
    votes: int


@router.get("/studies/{study_id}/archive", response_class=Response, dependencies=[PACKAGE_IN_TURN], **_WHOLE)
def read_archive(
    use: Ctx,
    who: Asking,
    study_id: Id,
    sessions: Annotated[bool, Query(description="Otherwise the design alone: a template.")] = True,
) -> Response:
    """The whole study as one file, without what is personal; it can be imported elsewhere."""
    return study_archives.archive_reply(use, study_id, Wanted(sessions=sessions), who.actor)


@router.get(
    "/studies/{study_id}/archive/personal", response_class=Response, dependencies=[PACKAGE_IN_TURN], **_PERSONAL
)
def read_personal_archive(use: Ctx, who: Asking, study_id: Id) -> Response:
    """The same with external ids, answers to questionnaires and completion codes."""
    return study_archives.archive_reply(use, study_id, Wanted(personal=True), who.actor)


@router.post("/studies/import", status_code=201, **_IMPORT)
async def import_study(
    request: Request,
    reply: Response,
    use: Ctx,
    who: Asking,
    again: Annotated[bool, Query(description="Also where the same archive is a study here already.")] = False,
) -> TakenTold:
    """A new study of an archive: all of it, after everything in it was verified, or nothing and the reasons."""
    require_type(request, ZIP)
    async with uploads.receive(request, uploads.waiting_room(use.settings)) as file:
        taken = await run_in_threadpool(
            study_archives.taken_in, use, file, "the archive", again=again, by=who.actor
        )  # fmt: skip
    reply.headers["Location"] = f"/api/v1/studies/{taken.study_id}"
    return TakenTold.model_validate(taken)

"""A zip file of pictures, uploaded into a draft."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.db.audit import Actor
from app.errors import AppError
from app.studies import service
from app.studies.entries import printable
from app.studies.stimuli import IngestReport
from app.studies.zipped import ingest_zip
from app.web.admin.study_stimuli import Outcome, stimuli_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Runs, actor
from app.web.upload_form import SentFile, receive_form
from app.web.uploads import waiting_room

router = APIRouter()
_LONGEST_NAME = 120


@router.post("/admin/studies/{study_id}/upload")
async def upload(request: Request, use: Ctx, who: Runs, study_id: Id) -> Response:
    """The pictures of the zip are in the draft, and the page says which; or it lists everything wrong, and none are."""
    ticked = frozenset[str]()
    try:
        await run_in_threadpool(
            service.require_draft, use.database, study_id
        )  # before anything is read: the body may be 1 GB
        async with receive_form(request, waiting_room(use.settings)) as sent:
            ticked = frozenset(name for name, value in sent.fields.items() if value == "yes")
            report = await run_in_threadpool(_taken_in, use, study_id, sent, ticked, actor(who))
    except AppError as error:
        outcome = Outcome(error=error, ticked=ticked)
        return await run_in_threadpool(stimuli_page, request, use, study_id, outcome=outcome, status=error.status)
    return await run_in_threadpool(stimuli_page, request, use, study_id, outcome=Outcome(report=report))


def _taken_in(use: Context, study_id: int, sent: SentFile, ticked: frozenset[str], by: Actor) -> IngestReport:
    name = printable(sent.name[:_LONGEST_NAME])
    return ingest_zip(
        use.database, use.media, study_id, sent.path, replace="replace" in ticked, strip="strip" in ticked,
        source=name, by=by,
    )  # fmt: skip

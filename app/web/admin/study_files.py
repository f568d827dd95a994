"""A study file that somebody sends: a draft is made of it, or what is wrong with it is said."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.db.audit import Actor
from app.errors import AppError
from app.strict_yaml import LONGEST
from app.studies import from_file, study_file
from app.studies.entries import printable
from app.web.admin.studies import new_page
from app.web.pages import Context, Ctx
from app.web.permits import Creates, actor
from app.web.upload_form import SentFile, receive_form
from app.web.uploads import waiting_room

router = APIRouter()
_LONGEST_NAME = 120


@router.post("/admin/studies/from-file")
async def made(request: Request, use: Ctx, who: Creates) -> Response:
    """A new draft, as the file that was sent describes it; otherwise nothing, and what is wrong with it."""
    try:
        async with receive_form(request, waiting_room(use.settings)) as sent:
            number = await run_in_threadpool(_make, use, sent, actor(who))
    except AppError as error:
        return await run_in_threadpool(_refused, request, use, error)
    return RedirectResponse(f"/admin/studies/{number}", 303)


def _make(use: Context, sent: SentFile, by: Actor) -> int:
    with sent.path.open("rb") as file:
        data = file.read(4 * LONGEST + 1)
    asked, source = study_file.parse(data, printable(sent.name[:_LONGEST_NAME]))
    return from_file.create(use.database, use.media, asked, source, None, by)


def _refused(request: Request, use: Context, error: AppError) -> Response:
    return new_page(request, use, error=error, from_file=True)

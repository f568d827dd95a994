"""A study's archive on the desk: what there is to take away in one piece, and a study that somebody brought."""

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.archives import history
from app.archives.export import Wanted
from app.archives.refusals import ArchiveRefused, ImportedAlready
from app.errors import AppError
from app.studies.entries import printable
from app.web import study_archives
from app.web.admin.study_head import head, study_page
from app.web.analysis_turns import PACKAGE_IN_TURN
from app.web.pages import Context, Ctx, Id, render
from app.web.permits import Creates, Owns, Runs, actor, creates, owns, runs
from app.web.study_archives import archive_reply
from app.web.upload_form import SentFile, receive_form
from app.web.uploads import waiting_room

router = APIRouter()
_LONGEST_NAME = 120


@router.get("/admin/studies/import", dependencies=[Depends(creates)])
def import_form(request: Request) -> Response:
    """The form for a study's archive."""
    return render(request, "admin/study_import.html", error=None, problems=(), there=())


@router.post("/admin/studies/import")
async def import_study(request: Request, use: Ctx, who: Creates) -> Response:
    """A new study of the archive; or everything that is wrong with it, and nothing was imported."""
    try:
        async with receive_form(request, waiting_room(use.settings)) as sent:
            taken = await run_in_threadpool(_taken_in, use, sent, who)
    except AppError as error:
        return await run_in_threadpool(_refused, request, error)
    return RedirectResponse(f"/admin/studies/{taken}/export", 303)


@router.get("/admin/studies/{study_id}/export", dependencies=[Depends(runs)])
def archive(request: Request, use: Ctx, study_id: Id) -> Response:
    """What an archive of the study may hold, which were made, and from which the study came."""
    above = head(use, study_id)
    return study_page(
        request, above, "export", template="admin/study_archive.html", problem="",
        made=history.exports(use.database, study_id), origin=history.origin(use.database, study_id),
    )  # fmt: skip


@router.post("/admin/studies/{study_id}/export", dependencies=[Depends(runs), PACKAGE_IN_TURN])
def export_whole(use: Ctx, study_id: Id, who: Runs) -> Response:
    """The whole study as one file, without what is personal."""
    return archive_reply(use, study_id, Wanted(), actor(who))


@router.post("/admin/studies/{study_id}/export/personal", dependencies=[Depends(owns), PACKAGE_IN_TURN])
def export_personal(use: Ctx, study_id: Id, who: Owns) -> Response:
    """The same with external ids, answers to questionnaires and completion codes."""
    return archive_reply(use, study_id, Wanted(personal=True), actor(who))


@router.post("/admin/studies/{study_id}/export/design", dependencies=[Depends(runs), PACKAGE_IN_TURN])
def export_design(use: Ctx, study_id: Id, who: Runs) -> Response:
    """Protocol and pictures without sessions: a template for another study."""
    return archive_reply(use, study_id, Wanted(sessions=False), actor(who))


def _taken_in(use: Context, sent: SentFile, who: Creates) -> int:
    name, again = printable(sent.name[:_LONGEST_NAME]), sent.fields.get("again") == "yes"
    return study_archives.taken_in(use, sent.path, name, again=again, by=actor(who)).study_id


def _refused(request: Request, error: AppError) -> Response:
    problems = error.problems if isinstance(error, ArchiveRefused) else ()
    there = error.study_ids if isinstance(error, ImportedAlready) else ()
    return render(
        request, "admin/study_import.html", status=error.status, error=error, problems=problems, there=there
    )  # fmt: skip

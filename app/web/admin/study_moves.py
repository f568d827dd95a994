"""The moves of a study's life at the desk: each a button, and a typed word where subjects are in the middle of it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import StudyState
from app.errors import AppError, BadInput
from app.sessions import stopping
from app.studies import freezing, moves, trouble
from app.studies.changes import DraftChanged
from app.web.admin.draft_conflict import revision
from app.web.admin.forms import Sent
from app.web.admin.set_up import unready_page
from app.web.admin.study_head import StudyHead, head, study_page
from app.web.pages import Context, Ctx, Id
from app.web.permits import Owns, Runs, actor

router = APIRouter()
Typed = Annotated[str, Form(max_length=20)]


class DeletionNotMeant(BadInput):
    """A draft is deleted by whoever has typed that they mean it."""

    def __init__(self) -> None:
        super().__init__("Nothing was deleted", "type the word delete if you mean it")


@router.post("/admin/studies/{study_id}/open")
def open_study(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """Freezes the draft that was read, and lets subjects in; what is missing is listed where it can be mended."""
    try:
        moves.open_study(use.database, use.media, study_id, revision=revision(form), by=actor(who))
    except DraftChanged as error:
        return unready_page(request, use, study_id, _unread("has not opened", error), error.status)
    except freezing.StudyNotReady as error:
        return unready_page(request, use, study_id, "The study cannot open yet.", error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/links", 303)


@router.post("/admin/studies/{study_id}/pilot")
def start_pilot(request: Request, use: Ctx, who: Runs, study_id: Id, form: Sent) -> Response:
    """Freezes the draft that was read, and lets those in who come by the pilot link; nothing counts."""
    try:
        moves.start_pilot(use.database, use.media, study_id, revision=revision(form), by=actor(who))
    except DraftChanged as error:
        return unready_page(request, use, study_id, _unread("is no pilot yet", error), error.status)
    except freezing.StudyNotReady as error:
        return unready_page(request, use, study_id, "The pilot cannot begin yet.", error.status)
    return RedirectResponse(f"/admin/studies/{study_id}/links", 303)


@router.post("/admin/studies/{study_id}/draft")
def end_pilot(use: Ctx, who: Runs, study_id: Id) -> Response:
    """The pilot is a draft again, as long as nobody has begun it."""
    moves.end_pilot(use.database, study_id, by=actor(who))
    return RedirectResponse(f"/admin/studies/{study_id}/stimuli", 303)


@router.get("/admin/studies/{study_id}/pause")
def ask_to_pause(request: Request, use: Ctx, who: Runs, study_id: Id) -> Response:
    """What pausing means to those who sit at their screens, and the form that does it."""
    return _asked(request, use, study_id, "pause", (StudyState.OPEN,))


@router.post("/admin/studies/{study_id}/pause")
def pause(request: Request, use: Ctx, who: Runs, study_id: Id, typed: Typed = "") -> Response:
    """No new block starts until the study is resumed; while subjects sit, only with the word typed."""
    try:
        stopping.pause(use.database, study_id, anyway=_is_typed(typed, "pause"), by=actor(who))
    except stopping.SubjectsSitting as error:
        return _stop_page(request, head(use, study_id), "pause", _with_word(error, "pause"))
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.post("/admin/studies/{study_id}/resume")
def resume(use: Ctx, who: Runs, study_id: Id) -> Response:
    """Subjects go on; where the study paused itself, its pictures must be back first."""
    trouble.resume(use.database, use.media, study_id, by=actor(who))
    return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)


@router.get("/admin/studies/{study_id}/close")
def ask_to_close(request: Request, use: Ctx, who: Runs, study_id: Id) -> Response:
    """What closing ends, and the form that does it."""
    return _asked(request, use, study_id, "close", (StudyState.PILOT, StudyState.OPEN, StudyState.PAUSED))


@router.post("/admin/studies/{study_id}/close")
def close(request: Request, use: Ctx, who: Runs, study_id: Id, typed: Typed = "") -> Response:
    """The study ends for good; while sessions are unfinished, only with the word typed."""
    try:
        stopping.close(use.database, study_id, anyway=_is_typed(typed, "close"), by=actor(who))
    except stopping.SubjectsSitting as error:
        return _stop_page(request, head(use, study_id), "close", _with_word(error, "close"))
    return RedirectResponse(f"/admin/studies/{study_id}/results", 303)


@router.post("/admin/studies/{study_id}/archive")
def archive(use: Ctx, who: Runs, study_id: Id) -> Response:
    """The closed study is out of the list."""
    moves.archive(use.database, study_id, by=actor(who))
    return RedirectResponse("/admin/studies", 303)


@router.post("/admin/studies/{study_id}/unarchive")
def unarchive(use: Ctx, who: Runs, study_id: Id) -> Response:
    """The archived study is in the list again."""
    moves.unarchive(use.database, study_id, by=actor(who))
    return RedirectResponse(f"/admin/studies/{study_id}/results", 303)


@router.get("/admin/studies/{study_id}/delete")
def ask_to_delete(request: Request, use: Ctx, who: Owns, study_id: Id) -> Response:
    """What goes with the draft, and the form that deletes it."""
    return _asked(request, use, study_id, "delete", (StudyState.DRAFT,))


@router.post("/admin/studies/{study_id}/delete")
def delete(request: Request, use: Ctx, who: Owns, study_id: Id, typed: Typed = "") -> Response:
    """The draft is gone, where the word was typed; what has been open stays."""
    above = head(use, study_id)
    if above.study.state is StudyState.DRAFT and not _is_typed(typed, "delete"):
        return _stop_page(request, above, "delete", DeletionNotMeant())
    moves.delete(use.database, study_id, by=actor(who))
    return RedirectResponse("/admin/studies", 303)


def _with_word(error: stopping.SubjectsSitting, word: str) -> stopping.SubjectsSitting:
    return stopping.SubjectsSitting(error.sitting, f"type the word {word}")


def _is_typed(typed: str, word: str) -> bool:
    return typed.strip().lower() == word


def _unread(still: str, error: DraftChanged) -> str:
    """What became of the draft between reading and freezing it."""
    return (
        f"The study {still}: it was changed after you had loaded this page. {'; '.join(map(str, error.changes))}. "
        "Below is what would be frozen now; look at it, and press again."
    )


def _asked(request: Request, use: Context, study_id: int, word: str, states: tuple[StudyState, ...]) -> Response:
    """The page that asks; the monitor, where the study is in no state in which this can be done."""
    above = head(use, study_id)
    if above.study.state not in states:
        return RedirectResponse(f"/admin/studies/{study_id}/monitor", 303)
    return _stop_page(request, above, word)


def _stop_page(request: Request, above: StudyHead, word: str, error: AppError | None = None) -> Response:
    return study_page(
        request,
        above,
        "" if word == "delete" else "monitor",
        template="admin/study_stop.html",
        problem=error.message if error else "",
        status=error.status if error else 200,
        word=word,
    )

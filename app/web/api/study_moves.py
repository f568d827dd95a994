"""A study's life over the API. A move that was made already is answered as it stands, and changes nothing."""

from fastapi import APIRouter, Response

from app.studies import moves, trouble
from app.studies.changes import DraftChanged
from app.studies.freezing import StudyNotReady
from app.studies.moves import PilotHasSessions, StimuliChanged
from app.studies.states import (
    StudyNotArchived,
    StudyNotClosed,
    StudyNotDraft,
    StudyNotFound,
    StudyNotOpen,
    StudyNotPaused,
    StudyNotPilot,
    StudyNotRunning,
)
from app.studies.trouble import PicturesLost
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import IfMatch, revision
from app.web.api.studies import StudyTold, as_it_is
from app.web.pages import Ctx, Id
from app.web.rights import Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_WRITE = Scope.STUDIES_WRITE


@router.delete(
    "/studies/{study_id}",
    status_code=204,
    response_class=Response,  # without a body there is no type of it to tell
    **opens(_WRITE, StudyNotFound, StudyNotDraft, numbered=True, right=Right.OWNS),
)
def delete_study(use: Ctx, who: Asking, study_id: Id) -> None:
    """A draft is gone, with the links made for it; a study that has been open stays."""
    moves.delete(use.database, study_id, by=who.actor)


@router.post(
    "/studies/{study_id}/open",
    **opens(_WRITE, StudyNotFound, StudyNotDraft, StudyNotReady, StimuliChanged, DraftChanged, numbered=True),
)
def open_study(use: Ctx, who: Asking, study_id: Id, if_match: IfMatch = None) -> StudyTold:
    """The draft or pilot takes subjects; its pictures, pairs and protocol are frozen. A refusal lists `findings`."""
    moves.open_study(use.database, use.media, study_id, revision=revision(if_match), by=who.actor)
    return as_it_is(use, study_id)


@router.post(
    "/studies/{study_id}/pilot",
    **opens(_WRITE, StudyNotFound, StudyNotDraft, StudyNotReady, StimuliChanged, DraftChanged, numbered=True),
)
def start_pilot(use: Ctx, who: Asking, study_id: Id, if_match: IfMatch = None) -> StudyTold:
    """The draft is frozen and takes those who come by its pilot link; nothing counts. A refusal lists `findings`."""
    moves.start_pilot(use.database, use.media, study_id, revision=revision(if_match), by=who.actor)
    return as_it_is(use, study_id)


@router.post(
    "/studies/{study_id}/draft", **opens(_WRITE, StudyNotFound, StudyNotPilot, PilotHasSessions, numbered=True)
)
def end_pilot(use: Ctx, who: Asking, study_id: Id) -> StudyTold:
    """The pilot is a draft again, as long as nobody has begun it."""
    moves.end_pilot(use.database, study_id, by=who.actor)
    return as_it_is(use, study_id)


@router.post("/studies/{study_id}/pause", **opens(_WRITE, StudyNotFound, StudyNotOpen, numbered=True))
def pause_study(use: Ctx, who: Asking, study_id: Id) -> StudyTold:
    """No new block starts; answers to trials already shown are still taken, marked late. Nothing is asked back."""
    moves.pause(use.database, study_id, by=who.actor)
    return as_it_is(use, study_id)


@router.post("/studies/{study_id}/resume", **opens(_WRITE, StudyNotFound, StudyNotPaused, PicturesLost, numbered=True))
def resume_study(use: Ctx, who: Asking, study_id: Id) -> StudyTold:
    """A paused study takes subjects again."""
    trouble.resume(use.database, use.media, study_id, by=who.actor)
    return as_it_is(use, study_id)


@router.post("/studies/{study_id}/close", **opens(_WRITE, StudyNotFound, StudyNotRunning, numbered=True))
def close_study(use: Ctx, who: Asking, study_id: Id) -> StudyTold:
    """The study ends for good; late answers to trials already shown are taken, and marked. Nothing is asked back."""
    moves.close(use.database, study_id, by=who.actor)
    return as_it_is(use, study_id)


@router.post("/studies/{study_id}/archive", **opens(_WRITE, StudyNotFound, StudyNotClosed, numbered=True))
def archive_study(use: Ctx, who: Asking, study_id: Id) -> StudyTold:
    """A closed study is put out of the way; its results stay where they are."""
    moves.archive(use.database, study_id, by=who.actor)
    return as_it_is(use, study_id)


@router.post("/studies/{study_id}/unarchive", **opens(_WRITE, StudyNotFound, StudyNotArchived, numbered=True))
def unarchive_study(use: Ctx, who: Asking, study_id: Id) -> StudyTold:
    """An archived study is closed as it was, and listed with the others."""
    moves.unarchive(use.database, study_id, by=who.actor)
    return as_it_is(use, study_id)

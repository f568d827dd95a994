"""Studies over the API: list, create, rename, delete, and the moves from draft to closed."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import Field

from app.db.models import StudyState
from app.sessions import checks
from app.studies import service, trouble
from app.studies.protocol import Protocol
from app.studies.service import BadTitle, StimuliChanged, StudyNotReady, StudyView
from app.studies.states import StudyNotDraft, StudyNotFound, StudyNotOpen, StudyNotPaused, StudyNotRunning
from app.studies.stimuli import StimuliRefused
from app.studies.trouble import PicturesLost
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import MOMENT, Number, Sent, Told, example
from app.web.pages import Context, Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_READ, _WRITE = Scope.STUDIES_READ, Scope.STUDIES_WRITE
_STUDY = {
    "id": 3, "title": "Which loss restores faces best?", "state": "open", "is_demo": False, "created_at": MOMENT,
    "opened_at": MOMENT, "closed_at": None, "protocol_hash": "9c1185a5c5e9fc54612808977ee8f548b2258d31", "pairs": 120,
    "planned": 125, "target_sessions": 5, "valid_sessions": 2, "trouble": None,
}  # fmt: skip


class StudyTold(Told):
    """A study and how far it has come."""

    model_config = example(_STUDY)

    id: int
    title: str
    state: StudyState
    is_demo: bool = Field(description="A demonstration counts simulated subjects.")
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    protocol_hash: str | None = Field(description="Frozen at opening.")
    pairs: int = Field(description="Test pairs; of a draft, those that its pictures would give.")
    planned: int = Field(description="Trials of a whole session, practice apart.")
    target_sessions: int = Field(description="Valid sessions that the study counts towards.")
    trouble: str | None = Field(description="Why the study has paused itself: a picture is gone.")
    valid_sessions: int = Field(description="Sessions that are complete and count.")


class StudiesTold(Told):
    """All studies."""

    model_config = example({"items": [_STUDY]})

    items: list[StudyTold]


class NewStudy(Sent):
    """A study to be created."""

    model_config = example(
        {"title": "Which loss restores faces best?", "protocol": {"trials_per_session": 60}, "renderings": []}
    )

    title: str = Field(description="Subjects see it.")
    protocol: Protocol = Field(Protocol(), description="What is left out has its default.")
    renderings: list[Number] = Field(
        [], max_length=1000, description="Finished rendering jobs whose pictures the draft shows."
    )


class NewTitle(Sent):
    """Another title for a draft."""

    model_config = example({"title": "Which loss restores faces best? (second run)"})

    title: str


def told(use: Context, study: StudyView) -> StudyTold:
    """The study as the API tells it."""
    valid = checks.valid_sessions(use.database, study.id, simulated=study.is_demo)
    views = {name: getattr(study, name) for name in StudyTold.model_fields if name != "valid_sessions"}
    return StudyTold(**views, valid_sessions=valid)


def _now(use: Context, study_id: int) -> StudyTold:
    return told(use, service.get(use.database, study_id))


@router.get("/studies", **opens(_READ))
def list_studies(use: Ctx) -> StudiesTold:
    """All studies, the newest first."""
    return StudiesTold(items=[told(use, study) for study in service.listing(use.database)])


@router.post("/studies", status_code=201, **opens(_WRITE, BadTitle, StimuliRefused, body="json"))
def create_study(use: Ctx, new: NewStudy, reply: Response) -> StudyTold:
    """A new draft, with the pictures of these renderings; where they do not fit there is no draft."""
    number = service.create(use.database, new.title, new.protocol, renderings=new.renderings)
    reply.headers["Location"] = f"/api/v1/studies/{number}"
    return _now(use, number)


@router.get("/studies/{study_id}", **opens(_READ, StudyNotFound, numbered=True))
def read_study(use: Ctx, study_id: Id) -> StudyTold:
    """One study."""
    return _now(use, study_id)


@router.patch(
    "/studies/{study_id}", **opens(_WRITE, StudyNotFound, StudyNotDraft, BadTitle, body="json", numbered=True)
)
def rename_study(use: Ctx, study_id: Id, new: NewTitle) -> StudyTold:
    """A draft has another title."""
    service.edit(use.database, study_id, title=new.title)
    return _now(use, study_id)


@router.delete(
    "/studies/{study_id}",
    status_code=204,
    response_class=Response,  # without a body there is no type of it to tell
    **opens(_WRITE, StudyNotFound, StudyNotDraft, numbered=True),
)
def delete_study(use: Ctx, study_id: Id) -> None:
    """A draft is gone, with the links made for it; a study that has been open stays."""
    service.delete(use.database, study_id)


@router.post(
    "/studies/{study_id}/open",
    **opens(_WRITE, StudyNotFound, StudyNotDraft, StudyNotReady, StimuliChanged, numbered=True),
)
def open_study(use: Ctx, study_id: Id) -> StudyTold:
    """The draft takes subjects; its pictures, pairs and protocol are frozen. A refusal lists the `findings`."""
    service.open_study(use.database, use.media, study_id)
    return _now(use, study_id)


@router.post("/studies/{study_id}/pause", **opens(_WRITE, StudyNotFound, StudyNotOpen, numbered=True))
def pause_study(use: Ctx, study_id: Id) -> StudyTold:
    """No new block starts; answers to trials already shown are still taken, marked late."""
    service.pause(use.database, study_id)
    return _now(use, study_id)


@router.post("/studies/{study_id}/resume", **opens(_WRITE, StudyNotFound, StudyNotPaused, PicturesLost, numbered=True))
def resume_study(use: Ctx, study_id: Id) -> StudyTold:
    """A paused study takes subjects again."""
    trouble.resume(use.database, use.media, study_id)
    return _now(use, study_id)


@router.post("/studies/{study_id}/close", **opens(_WRITE, StudyNotFound, StudyNotRunning, numbered=True))
def close_study(use: Ctx, study_id: Id) -> StudyTold:
    """The study ends for good; late answers to trials already shown are still taken, and marked."""
    service.close(use.database, study_id)
    return _now(use, study_id)

"""Studies over the API: list, create, rename; ``study_moves`` has the moves from draft to archived."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import Field

from app.db.models import StudyState
from app.sessions import checks
from app.studies import service
from app.studies.changes import DraftChanged
from app.studies.protocol import Protocol
from app.studies.service import StudyView
from app.studies.states import StudyNotDraft, StudyNotFound
from app.studies.survey import StimuliRefused
from app.studies.titles import BadTitle
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import MOMENT, IfMatch, Number, Sent, Told, example, revision
from app.web.pages import Context, Ctx, Id
from app.web.rights import Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_READ, _WRITE = Scope.STUDIES_READ, Scope.STUDIES_WRITE
_STUDY = {
    "id": 3, "title": "Which loss restores faces best?", "state": "open", "revision": 4, "is_demo": False,
    "created_at": MOMENT, "opened_at": MOMENT, "closed_at": None, "archived_at": None, "duplicate_of": None,
    "protocol_hash": "9c1185a5c5e9fc54612808977ee8f548b2258d31", "pairs": 120,
    "planned": 125, "target_sessions": 5, "valid_sessions": 2, "trouble": None,
}  # fmt: skip


class StudyTold(Told):
    """A study and how far it has come."""

    model_config = example(_STUDY)

    id: int
    title: str
    state: StudyState
    revision: int = Field(description="Every change of a draft adds one; send it as `If-Match` with the next.")
    is_demo: bool = Field(description="A demonstration counts simulated subjects.")
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    duplicate_of: int | None = Field(description="The study that it began as a copy of.")
    protocol_hash: str | None = Field(description="Frozen at opening, or when its pilot began.")
    pairs: int = Field(description="Test pairs; of a draft, those that its pictures would give.")
    planned: int = Field(description="Trials of a whole session, practice apart.")
    target_sessions: int = Field(description="Valid sessions that the study counts towards.")
    trouble: str | None = Field(description="Which picture is gone; an open study has paused itself for it.")
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


def as_it_is(use: Context, study_id: int) -> StudyTold:
    """The study of that number; raises ``StudyNotFound``."""
    return told(use, service.get(use.database, study_id))


@router.get("/studies", **opens(_READ))
def list_studies(use: Ctx, who: Asking) -> StudiesTold:
    """The studies in which the token's account has a role, the newest first; all of them for whoever operates."""
    found = service.listing(use.database, account_id=None if who.operates else who.account_id)
    return StudiesTold(items=[told(use, study) for study in found])


@router.post("/studies", status_code=201, **opens(_WRITE, BadTitle, StimuliRefused, body="json", right=Right.CREATES))
def create_study(use: Ctx, who: Asking, new: NewStudy, reply: Response) -> StudyTold:
    """A new draft, with the pictures of these renderings; where they do not fit there is no draft."""
    number = service.create(use.database, new.title, new.protocol, renderings=new.renderings, by=who.actor)
    reply.headers["Location"] = f"/api/v1/studies/{number}"
    return as_it_is(use, number)


@router.get("/studies/{study_id}", **opens(_READ, StudyNotFound, numbered=True))
def read_study(use: Ctx, study_id: Id) -> StudyTold:
    """One study."""
    return as_it_is(use, study_id)


@router.patch(
    "/studies/{study_id}",
    **opens(_WRITE, StudyNotFound, StudyNotDraft, DraftChanged, BadTitle, body="json", numbered=True),
)
def rename_study(use: Ctx, who: Asking, study_id: Id, new: NewTitle, if_match: IfMatch = None) -> StudyTold:
    """A draft has another title."""
    service.edit(use.database, study_id, title=new.title, revision=revision(if_match), by=who.actor)
    return as_it_is(use, study_id)

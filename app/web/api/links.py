"""The links into a study over the API: one for everybody, one for trying it, and one for each invited subject."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from app.sessions import invitations, links
from app.sessions.enrol import StudyClosed
from app.sessions.invitations import BadLabel, Invitation
from app.studies import service
from app.studies.states import StudyNotFound
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Sent, Told, example
from app.web.pages import Context, Ctx, Id, outside
from app.web.rights import Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["subjects"])
_PERSONAL = {"label": "ada", "link": "https://lab.example/p/17.…", "started": False, "completed": False}


class LinksTold(Told):
    """The links that lead anybody into the study."""

    model_config = example({"public": "https://lab.example/join/3.…", "pilot": "https://lab.example/join/3.…"})

    public: str = Field(description="For everybody; each visit is a new subject.")
    pilot: str = Field(description="For trying the study: what is answered is kept, and never counted.")


class InvitationTold(Told):
    """A subject and their personal link."""

    model_config = example(_PERSONAL)

    label: str
    link: str = Field(description="Resumes on any device; whoever has it answers as this subject.")
    started: bool
    completed: bool


class InvitationsTold(Told):
    """Subjects and their personal links."""

    model_config = example({"items": [_PERSONAL]})

    items: list[InvitationTold]


class Invite(Sent):
    """Who is to have a personal link."""

    model_config = example({"labels": ["ada", "grace"]})

    labels: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        min_length=1, max_length=1000, description="A label that the study knows already keeps the link it has."
    )


@router.get("/studies/{study_id}/links", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True, right=Right.RUNS))
def read_links(request: Request, use: Ctx, study_id: Id) -> LinksTold:
    """The public link and the pilot link."""
    base, study = outside(request, use), service.get(use.database, study_id).id
    return LinksTold(public=links.public_link(use.secret, study, base), pilot=links.pilot_link(use.secret, study, base))


@router.get(
    "/studies/{study_id}/invitations", **opens(Scope.SUBJECTS_READ, StudyNotFound, numbered=True, right=Right.RUNS)
)
def list_invitations(request: Request, use: Ctx, study_id: Id) -> InvitationsTold:
    """Every person of the study with their personal link."""
    service.get(use.database, study_id)
    return _told(request, use, invitations.invitations(use.database, use.secret, study_id))


@router.post(
    "/studies/{study_id}/invitations",
    **opens(Scope.SUBJECTS_WRITE, StudyNotFound, StudyClosed, BadLabel, body="json", numbered=True),
)
def invite(request: Request, use: Ctx, study_id: Id, wanted: Invite) -> InvitationsTold:
    """A personal link for every label; the same again makes nothing new."""
    return _told(request, use, invitations.invite(use.database, use.secret, study_id, wanted.labels))


def _told(request: Request, use: Context, invited: list[Invitation]) -> InvitationsTold:
    base = outside(request, use)
    return InvitationsTold(
        items=[
            InvitationTold(label=one.label, link=f"{base}/p/{one.token}", started=one.started, completed=one.completed)
            for one in invited
        ]
    )

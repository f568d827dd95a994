"""The links into a study over the API: one for everybody, one for trying it, and one for each invited subject."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from app.db.models import Service
from app.errors import AppError
from app.sessions import invitations, links, quota
from app.sessions.enrol import StudyClosed
from app.sessions.invitations import BadLabel, BegunAlready, Invitation, NotInvited
from app.sessions.recruiting import set_ups
from app.studies import service
from app.studies.states import StudyNotFound
from app.web import link_lists
from app.web.analysis_turns import IN_TURN, TooManyAnalyses
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import Sent, Told, example
from app.web.link_cards import Paper
from app.web.link_lists import NoCards, Whom
from app.web.pages import Context, Ctx, Id, outside
from app.web.rights import Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["subjects"])
_Whom = Annotated[Whom, Query(description="All who were invited, or only those who have not begun.")]
_Paper = Annotated[Paper, Query(description="What the cards are printed on.")]
Part = Annotated[int, Query(ge=1, le=10_000, description="Which file of 200 cards.")]
_SERVICE = {
    "service": "sona", "paste": "https://lab.example/join/3.…?survey_code=%SURVEY_CODE%", "missing": [],
}  # fmt: skip
_PERSONAL = {"label": "ada", "link": "https://lab.example/p/17.…", "started": False, "completed": False}


class ServiceTold(Told):
    """What a recruiting service needs."""

    model_config = example(_SERVICE)

    service: Service
    paste: str = Field(description="The study's address with the service's placeholders, or what makes it in a page.")
    missing: list[str] = Field(description="What the protocol lacks for it, in sentences.")


class LinksTold(Told):
    """The links that lead anybody into the study, and how many places the public one has."""

    model_config = example({
        "public": "https://lab.example/join/3.…", "pilot": "https://lab.example/join/3.…", "quota": 40, "taken": 12,
        "services": [_SERVICE],
    })  # fmt: skip

    public: str = Field(description="For everybody; each visit is a new subject.")
    pilot: str = Field(description="For trying the study: what is answered is kept, and never counted.")
    quota: int | None = Field(description="How many sessions the public link takes; null where nothing bounds them.")
    taken: int = Field(description="Its sessions that count or are under way.")
    services: list[ServiceTold]


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


class TakeBack(Sent):
    """Whose link leads nowhere from now on."""

    model_config = example({"label": "ada"})

    label: str = Field(description="A label that was invited and has not begun.")


def _file(kind: str, *errors: type[AppError]) -> dict[str, Any]:
    declared = opens(Scope.SUBJECTS_READ, *errors, numbered=True, right=Right.RUNS)
    schema = {"type": "string"} if kind == "text/csv" else {"type": "string", "format": "binary"}
    declared["responses"] |= {200: {"description": "The file.", "content": {kind: {"schema": schema}}}}
    return declared


@router.get("/studies/{study_id}/links", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True, right=Right.RUNS))
def read_links(request: Request, use: Ctx, study_id: Id) -> LinksTold:
    """The public link with its places and what recruiting services need, and the pilot link."""
    base, study = outside(request, use), service.get(use.database, study_id)
    public = links.public_link(use.database, use.secret, study.id, base)
    return LinksTold(
        public=public,
        pilot=links.pilot_link(use.database, use.secret, study.id, base),
        quota=study.protocol.public_quota,
        taken=quota.places_taken(use.database, study.id),
        services=[ServiceTold.model_validate(one) for one in set_ups(study.protocol, public)],
    )


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
def invite(request: Request, use: Ctx, who: Asking, study_id: Id, wanted: Invite) -> InvitationsTold:
    """A personal link for every label; the same again makes nothing new."""
    return _told(request, use, invitations.invite(use.database, use.secret, study_id, wanted.labels, by=who.actor))


@router.post(
    "/studies/{study_id}/invitations/take-back",
    **opens(Scope.SUBJECTS_WRITE, StudyNotFound, NotInvited, BegunAlready, body="json", numbered=True),
)
def take_back(request: Request, use: Ctx, who: Asking, study_id: Id, said: TakeBack) -> InvitationsTold:
    """The link of a subject who has not begun leads nowhere any more; those who are left."""
    invitations.take_back(use.database, study_id, said.label, by=who.actor)
    return _told(request, use, invitations.invitations(use.database, use.secret, study_id))


@router.get("/studies/{study_id}/links.csv", response_class=Response, **_file("text/csv", StudyNotFound))
def read_links_csv(request: Request, use: Ctx, study_id: Id, whom: _Whom = Whom.ALL) -> Response:
    """The personal links of those who were invited, as CSV."""
    found = link_lists.wanted(use.database, use.secret, study_id, whom)
    return Response(link_lists.links_csv(found, outside(request, use)), media_type="text/csv; charset=utf-8")


@router.get(
    "/studies/{study_id}/links.pdf", response_class=Response, dependencies=[IN_TURN],
    **_file("application/pdf", StudyNotFound, NoCards, TooManyAnalyses),
)  # fmt: skip
def read_links_pdf(
    request: Request, use: Ctx, study_id: Id, whom: _Whom = Whom.ALL, paper: _Paper = Paper.A4, part: Part = 1
) -> Response:
    """The personal links as cards to cut, each with a QR code; a file holds 200."""
    found = link_lists.wanted(use.database, use.secret, study_id, whom)
    drawn = link_lists.links_pdf(use.database, study_id, found, outside(request, use), paper, part)
    return Response(drawn, media_type="application/pdf")


def _told(request: Request, use: Context, invited: list[Invitation]) -> InvitationsTold:
    base = outside(request, use)
    return InvitationsTold(
        items=[
            InvitationTold(label=one.label, link=f"{base}/p/{one.token}", started=one.started, completed=one.completed)
            for one in invited
        ]
    )

"""Who takes part in a study over the API, for its owners: roles, and invitations into them."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field

from app.db.models import Role
from app.studies import members, service
from app.studies.members import LastOwner, NoSuchMember
from app.studies.states import StudyNotFound
from app.web import account_invitations
from app.web.account_invitations import BadInvitation, NoSuchInvitation
from app.web.api.accounts import ColleagueInvitationsTold, Name, NewLink, Whom, Whose, invitations_told
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import MOMENT, Sent, Told, example
from app.web.pages import Context, Ctx, Id, outside
from app.web.rights import Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["people"])
_READ, _WRITE = Scope.ACCOUNTS_READ, Scope.ACCOUNTS_WRITE
_MEMBER = {"name": "rosa", "role": "analyst", "added_at": MOMENT}


class MemberTold(Told):
    """An account that takes part in a study."""

    model_config = example(_MEMBER)

    name: str
    role: Role
    added_at: datetime


class MembersTold(Told):
    """Who takes part in a study, owners first, then by name."""

    model_config = example({"items": [_MEMBER]})

    items: list[MemberTold]


class GiveRole(Sent):
    """An account, and its role in the study."""

    model_config = example({"name": "rosa", "role": "analyst"})

    name: Name
    role: Role


class InviteIntoStudy(Sent):
    """For whom a role in the study is."""

    model_config = example({"whom": "Kim", "role": "viewer"})

    whom: Whom = Field(description="1 to 200 characters, by which the list of invitations tells it.")
    role: Role


@router.get("/studies/{study_id}/members", **opens(_READ, StudyNotFound, numbered=True, right=Right.OWNS))
def list_members(use: Ctx, study_id: Id) -> MembersTold:
    """Who takes part in the study, and in which role."""
    return _told(use, study_id)


@router.put(
    "/studies/{study_id}/members",
    **opens(_WRITE, StudyNotFound, NoSuchMember, LastOwner, body="json", numbered=True, right=Right.OWNS),
)
def give_role(use: Ctx, who: Asking, study_id: Id, wanted: GiveRole) -> MembersTold:
    """The account has this role in the study, whatever it had before; all who take part now."""
    members.give(use.database, study_id, wanted.name, wanted.role, by=who.actor)
    return _told(use, study_id)


@router.post(
    "/studies/{study_id}/members/remove",
    **opens(_WRITE, StudyNotFound, NoSuchMember, LastOwner, body="json", numbered=True, right=Right.OWNS),
)
def remove_member(use: Ctx, who: Asking, study_id: Id, whose: Whose) -> MembersTold:
    """The account takes part in the study no longer; all who still do."""
    members.remove(use.database, study_id, whose.name, by=who.actor)
    return _told(use, study_id)


@router.get("/studies/{study_id}/members/invitations", **opens(_READ, StudyNotFound, numbered=True, right=Right.OWNS))
def list_study_invitations(use: Ctx, study_id: Id) -> ColleagueInvitationsTold:
    """Invitations into the study, the newest first."""
    service.get(use.database, study_id)
    return invitations_told(use, study_id)


@router.post(
    "/studies/{study_id}/members/invitations",
    status_code=201,
    **opens(_WRITE, StudyNotFound, BadInvitation, body="json", numbered=True, right=Right.OWNS),
)
def invite_into_study(request: Request, use: Ctx, who: Asking, study_id: Id, wanted: InviteIntoStudy) -> NewLink:
    """A link by which somebody takes this role, with an account or a new one; each request makes another one."""
    made = account_invitations.make(use.database, wanted.whom, study_id=study_id, role=wanted.role, by=who.actor)
    return NewLink(link=f"{outside(request, use)}/invitation/{made}")


@router.post(
    "/studies/{study_id}/members/invitations/{number}/revoke",
    **opens(_WRITE, StudyNotFound, NoSuchInvitation, numbered=True, right=Right.OWNS),
)
def revoke_study_invitation(use: Ctx, who: Asking, study_id: Id, number: Id) -> ColleagueInvitationsTold:
    """An open invitation into the study opens nothing any more; all of them, as they stand."""
    service.get(use.database, study_id)
    account_invitations.revoke(use.database, number, study_id=study_id, by=who.actor)
    return invitations_told(use, study_id)


def _told(use: Context, study_id: int) -> MembersTold:
    service.get(use.database, study_id)
    return MembersTold(items=[MemberTold.model_validate(one) for one in members.listing(use.database, study_id)])

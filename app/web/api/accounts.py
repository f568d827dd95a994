"""Accounts over the API, for those who operate the program: rights, logins, invitations, and an account's end."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from app.db.models import Role
from app.web import account_invitations, accounts, login
from app.web.account_invitations import BadInvitation, NoSuchInvitation
from app.web.accounts import LastOperator, OwnsStudies, Person
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import LATER, MOMENT, Sent, Told, example
from app.web.login import NoSuchAccount
from app.web.pages import Context, Ctx, Id, outside
from app.web.rights import NotByToken, Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["people"])
_READ, _WRITE = Scope.ACCOUNTS_READ, Scope.ACCOUNTS_WRITE
_STUDY = {"study_id": 3, "title": "Which loss denoises best?", "role": "analyst"}
_ACCOUNT = {
    "name": "rosa", "operates": False, "creates": True, "launches": False, "has_password": True, "logins": 1,
    "seen_at": MOMENT, "studies": [_STUDY],
}  # fmt: skip
_INVITATION = {
    "id": 7, "note": "Kim", "study_id": 3, "role": "viewer", "creates": False, "launches": False, "made_by": "ada",
    "expires_at": LATER, "state": "used", "used_by": "kim",
}  # fmt: skip
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]  # of an account
Whom = Annotated[str, StringConstraints(max_length=1000)]


class RoleInStudy(Told):
    """A study in which an account takes part."""

    model_config = example(_STUDY)

    study_id: int
    title: str
    role: Role


class AccountTold(Told):
    """An account, what it may do, and where it takes part."""

    model_config = example(_ACCOUNT)

    name: str
    operates: bool = Field(description="Accounts, and everything in every study.")
    creates: bool = Field(description="Begins studies of its own.")
    launches: bool = Field(description="Starts jobs, and keeps photographs.")
    has_password: bool
    logins: int = Field(description="Browsers that are signed in.")
    seen_at: datetime | None = Field(description="The latest sign-in; null: never.")
    studies: list[RoleInStudy]


class AccountsTold(Told):
    """All accounts, in the order of their names."""

    model_config = example({"items": [_ACCOUNT]})

    items: list[AccountTold]


class ColleagueInvitationTold(Told):
    """An invitation to the desk, without its link."""

    model_config = example(_INVITATION)

    id: int
    note: str = Field(description="For whom it is.")
    study_id: int | None = Field(description="The study in which it gives a role; null: it gives an account alone.")
    role: Role | None
    creates: bool
    launches: bool
    made_by: str = Field(description="Empty: at the machine itself.")
    expires_at: datetime
    state: str = Field(description="`open`, `used`, `revoked` or `expired`.")
    used_by: str | None


class ColleagueInvitationsTold(Told):
    """Invitations to the desk, the newest first."""

    model_config = example({"items": [_INVITATION]})

    items: list[ColleagueInvitationTold]


class NewLink(Told):
    """A link that is told this once: only its hash is kept."""

    model_config = example({"link": "https://lab.example/invitation/x3…"})

    link: str = Field(description="Opens once; whoever has it first has what it gives.")


class Whose(Sent):
    """Which account is meant."""

    model_config = example({"name": "rosa"})

    name: Name


class Rights(Sent):
    """What an account may do from now on, whole."""

    model_config = example({"name": "rosa", "operates": False, "creates": True, "launches": True})

    name: Name
    operates: bool
    creates: bool
    launches: bool


class InviteColleague(Sent):
    """For whom an account is, and what it may do."""

    model_config = example({"whom": "Kim", "creates": True, "launches": False})

    whom: Whom = Field(description="1 to 200 characters, by which the list of invitations tells it.")
    creates: bool = False
    launches: bool = False


@router.get("/accounts", **opens(_READ, right=Right.OPERATES))
def list_accounts(use: Ctx) -> AccountsTold:
    """Every account with its rights, its latest sign-in and its studies."""
    return AccountsTold(items=[_told(one) for one in accounts.people(use.database)])


@router.put(
    "/accounts/rights", **opens(_WRITE, NoSuchAccount, NotByToken, LastOperator, body="json", right=Right.OPERATES)
)
def set_rights(use: Ctx, who: Asking, wanted: Rights) -> AccountTold:
    """The account has exactly these rights, from its next request on; no script makes it operate."""
    accounts.set_rights(
        use.database, wanted.name, operates=wanted.operates, creates=wanted.creates, launches=wanted.launches,
        by=who.actor,
    )  # fmt: skip
    return _one(use, wanted.name)


@router.post("/accounts/sign-out", **opens(_WRITE, NoSuchAccount, body="json", right=Right.OPERATES))
def end_logins(use: Ctx, who: Asking, whose: Whose) -> AccountTold:
    """Every browser of the account is signed out, and no sign-in link of it opens any more; its tokens hold."""
    accounts.end_logins(use.database, whose.name, by=who.actor)
    return _one(use, whose.name)


@router.post(
    "/accounts/link", status_code=201, **opens(_WRITE, NoSuchAccount, NotByToken, body="json", right=Right.OPERATES)
)
def make_link(request: Request, use: Ctx, who: Asking, whose: Whose) -> NewLink:
    """A link that signs the account in once, within a day, unless it operates; each request makes another one."""
    made = login.one_time_link(use.database, whose.name, by=who.actor)
    return NewLink(link=f"{outside(request, use)}/login/once/{made}")


@router.post(
    "/accounts/delete",
    status_code=204,
    response_class=Response,  # without a body there is no type of it to tell
    **opens(_WRITE, NoSuchAccount, OwnsStudies, LastOperator, body="json", right=Right.OPERATES),
)
def delete_account(use: Ctx, who: Asking, whose: Whose) -> None:
    """The account is gone, with its logins, tokens and roles; what it did stays in the log under its name."""
    accounts.delete(use.database, whose.name, whose.name, by=who.actor)


@router.get("/accounts/invitations", **opens(_READ, right=Right.OPERATES))
def list_colleague_invitations(use: Ctx) -> ColleagueInvitationsTold:
    """All invitations to the desk, also those into studies, the newest first."""
    return invitations_told(use, None)


@router.post(
    "/accounts/invitations", status_code=201, **opens(_WRITE, BadInvitation, body="json", right=Right.OPERATES)
)
def invite_colleague(request: Request, use: Ctx, who: Asking, wanted: InviteColleague) -> NewLink:
    """A link by which somebody makes an account of their own, within a week; each request makes another one."""
    made = account_invitations.make(
        use.database, wanted.whom, creates=wanted.creates, launches=wanted.launches, by=who.actor
    )
    return NewLink(link=f"{outside(request, use)}/invitation/{made}")


@router.post(
    "/accounts/invitations/{number}/revoke", **opens(_WRITE, NoSuchInvitation, numbered=True, right=Right.OPERATES)
)
def revoke_colleague_invitation(use: Ctx, who: Asking, number: Id) -> ColleagueInvitationsTold:
    """An open invitation opens nothing any more; all of them, as they stand."""
    account_invitations.revoke(use.database, number, by=who.actor)
    return invitations_told(use, None)


def invitations_told(use: Context, study_id: int | None) -> ColleagueInvitationsTold:
    """All invitations, or those into one study."""
    found = account_invitations.listing(use.database, study_id)
    return ColleagueInvitationsTold(items=[ColleagueInvitationTold.model_validate(one) for one in found])


def _one(use: Context, name: str) -> AccountTold:
    return next(_told(one) for one in accounts.people(use.database) if one.name == name)


def _told(one: Person) -> AccountTold:
    studies = [RoleInStudy(study_id=number, title=title, role=role) for number, title, role in one.studies]
    return AccountTold(
        name=one.name, operates=one.operates, creates=one.creates, launches=one.launches,
        has_password=one.has_password, logins=one.logins, seen_at=one.seen_at, studies=studies,
    )  # fmt: skip

"""Accounts as those see them who operate the program: their rights, their studies, and their end."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Account, AccountInvitation, AuditEntry, Login, LoginLink, Membership, Role, Study
from app.errors import BadInput, Conflict
from app.studies import members
from app.studies.states import hold
from app.web.login import LINK_LASTS, LINK_MADE, NoSuchAccount, end_links
from app.web.rights import require_no_script


class LastOperator(Conflict):
    """Somebody must be able to operate the program."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} alone operates this installation", "give somebody else that right first")


class OwnsStudies(Conflict):
    """The account is the only owner of studies."""

    def __init__(self, name: str, studies: list[tuple[int, str]]) -> None:
        self.studies = studies
        listed = "\n".join(f"- No. {number}: {title}" for number, title in studies)
        super().__init__(
            f"{name} is the only owner of these studies:\n{listed}", "make somebody else an owner of each first"
        )


class NameNotTyped(BadInput):
    """An account is deleted by whoever types its name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"To delete the account, its name has to be typed: {name}", "type it as it stands in the list")


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account, and whether anybody can come in by it."""

    name: str
    opens_again: bool  # by a password or by an issuer
    is_open: bool  # by a login or a link that still holds


@dataclass(frozen=True, slots=True)
class Person:
    """An account, what it may do, and where it takes part."""

    name: str
    operates: bool
    creates: bool
    launches: bool
    has_password: bool
    has_issuer: bool  # one vouches for them
    logins: int  # that still hold
    seen_at: datetime | None  # the latest sign-in
    studies: tuple[tuple[int, str, Role], ...]  # number, title and role


def openings(database: Database) -> list[AccountView]:
    """All accounts in the order of their names."""
    now = clock.now()
    with database.read() as db:
        logins = select(Login.account_id).where(Login.revoked_at.is_(None), Login.expires_at > now)
        links = select(LoginLink.account_id).where(LoginLink.used_at.is_(None), LoginLink.expires_at > now)
        held = set(db.scalars(logins)) | set(db.scalars(links))
        found = db.scalars(select(Account).order_by(Account.name))
        return [
            AccountView(row.name, (row.password_hash or row.oidc_subject) is not None, row.id in held) for row in found
        ]


def people(database: Database) -> list[Person]:
    """All accounts in the order of their names."""
    holding = (Login.revoked_at.is_(None), Login.expires_at > clock.now())
    with database.read() as db:
        held, seen = dict[int, int](), dict[int, datetime]()
        for account_id, count in db.execute(_by_account(func.count()).where(*holding)):
            held[account_id] = count
        for account_id, at in db.execute(_by_account(func.max(Login.created_at))):
            seen[account_id] = at
        roles = defaultdict[int, list[tuple[int, str, Role]]](list)
        query = select(Membership.account_id, Study.id, Study.title, Membership.role)
        of_account = query.join(Study, Study.id == Membership.study_id).where(Study.rehearsal_of.is_(None))
        for account_id, number, title, role in db.execute(of_account.order_by(Study.id)):
            roles[account_id].append((number, title, role))
        return [
            Person(
                row.name, row.operates, row.creates, row.launches, row.password_hash is not None,
                row.oidc_subject is not None, held.get(row.id, 0), seen.get(row.id), tuple(roles[row.id]),
            )
            for row in db.scalars(select(Account).order_by(Account.name))
        ]  # fmt: skip


def set_rights(
    database: Database, name: str, *, operates: bool, creates: bool, launches: bool, by: Actor = AT_THE_MACHINE
) -> None:
    """The account has these rights from its next request on.

    Raises ``LastOperator``, and ``NotByToken`` where a script makes it operate.
    """
    with database.write() as db:
        account = _held(db, name)
        if account.operates and not operates:
            _keep_an_operator(db, account)
            _take_back_what_operators_give(db, account)
        if operates and not account.operates:
            require_no_script(by, account, operates=True)
        wanted = {"operates": operates, "creates": creates, "launches": launches}
        changed = {right: value for right, value in wanted.items() if getattr(account, right) is not value}
        if changed:
            note(db, by, "rights changed", of=name, **changed)  # first: it may be their own
        for right, value in changed.items():
            setattr(account, right, value)


def end_logins(database: Database, name: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """Every browser of the account is signed out, and no link that was made for it opens any more."""
    with database.write() as db:
        account = _held(db, name)
        note(db, by, "logins ended", of=name)  # first: it may be their own
        end_links(db, account.id)  # whoever comes in by one at this moment is waited for, and their login found below
        live = (Login.account_id == account.id, Login.revoked_at.is_(None))
        db.execute(update(Login).where(*live).values(revoked_at=clock.now()))


def delete(database: Database, name: str, typed: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """The account is gone, with its logins, tokens and roles; what it did stays in the log under its name.

    ``typed`` is the name once more. Raises ``NameNotTyped``, ``OwnsStudies`` while it is the only owner of one, and
    ``LastOperator``.
    """
    if typed.strip() != name:
        raise NameNotTyped(name)
    theirs = select(Membership.study_id).join(Account).where(Account.name == name).order_by(Membership.study_id)
    with database.write() as db:
        for study_id in db.scalars(theirs).all():
            hold(db, study_id)  # nobody else stops owning one meanwhile; before accounts, as every change does
        account = _held(db, name)
        if alone := members.owned_alone(db, account.id):
            raise OwnsStudies(name, alone)
        if account.operates:
            _keep_an_operator(db, account)
            _end_links_by(db, account)
        note(db, by, "account deleted", of=name)  # first: it may be their own
        members.lapse(db, AccountInvitation.made_by == name)
        db.delete(account)  # and with it, by the database's own rule, all that is the account's


def _by_account(what: Any) -> Select[int, Any]:
    return select(Login.account_id, what).group_by(Login.account_id)


def _held(db: Session, name: str) -> Account:
    """The account, held with all that operate the program, in one order: two who end each other meet in no circle."""
    wanted = select(Account).where(or_(Account.name == name, Account.operates)).order_by(Account.id)
    # rows that point to an account do not wait for it: whoever gives it a role holds the study that is wanted next
    held = db.scalars(wanted.with_for_update(key_share=True)).all()
    account = next((one for one in held if one.name == name), None)
    if account is None:
        raise NoSuchAccount(name)
    return account


def _take_back_what_operators_give(db: Session, account: Account) -> None:
    """The account operates no longer: of its invitations those alone are left that the owner of a study may make."""
    owned = select(Membership.study_id).where(Membership.account_id == account.id, Membership.role == Role.OWNER)
    elsewhere = or_(AccountInvitation.study_id.is_(None), AccountInvitation.study_id.not_in(owned))
    members.lapse(db, AccountInvitation.made_by == account.name, elsewhere)
    _end_links_by(db, account)


def _end_links_by(db: Session, account: Account) -> None:
    """No link opens any more that the account has made for others: whoever kept one would come in as they."""
    made = select(AuditEntry.details).where(
        AuditEntry.account_id == account.id, AuditEntry.deed == LINK_MADE, AuditEntry.at > clock.now() - LINK_LASTS
    )
    names = {details["of"] for details in db.scalars(made)}
    theirs = select(Account.id).where(Account.name.in_(names))
    unused = (LoginLink.account_id.in_(theirs), LoginLink.used_at.is_(None))
    db.execute(update(LoginLink).where(*unused).values(used_at=clock.now()))


def _keep_an_operator(db: Session, account: Account) -> None:
    operators = set(db.scalars(select(Account.id).where(Account.operates)))  # held already
    if operators <= {account.id}:
        raise LastOperator(account.name)

"""Links by which colleagues come to the desk: each makes one account, or gives one a role in a study, once.

Like every key it is 256 random bits, of which the table keeps the sha256: it is shown when it is made and never again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Account, AccountInvitation, Role, Study, Through
from app.errors import BadInput, Gone, NotFound
from app.studies import members
from app.studies.plain import PLAIN, is_plain
from app.studies.states import hold
from app.web.login import add_account, new_login, token_digest
from app.web.passwords import hashed

LIVES_FOR = timedelta(days=7)


class InvitationOver(Gone):
    """The invitation was used or revoked, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__("This invitation has been used or has expired", "ask whoever sent it for another one")


class BadInvitation(BadInput):
    """The invitation cannot be made as it was asked for."""


class NoSuchInvitation(NotFound):
    """No open invitation has this number here."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no open invitation {number} here", "see the list of invitations")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation without its key."""

    id: int
    note: str
    study_id: int | None
    study: str | None  # the study's title
    role: Role | None
    creates: bool
    launches: bool
    made_by: str
    expires_at: datetime
    used_by: str | None
    state: str  # open, used, revoked or expired


def make(
    database: Database,
    remark: str,
    *,
    study_id: int | None = None,
    role: Role | None = None,
    creates: bool = False,
    launches: bool = False,
    by: Actor = AT_THE_MACHINE,
) -> str:
    """The token of a new invitation; ``/invitation/<token>`` is its page for a week."""
    remark = " ".join(remark.split())
    if not 1 <= len(remark) <= 200 or not is_plain(remark):
        raise BadInvitation(f"An invitation says for whom it is, in 1 to 200 characters, {PLAIN}", "write a name")
    if (study_id is None) is not (role is None):
        raise BadInvitation("An invitation names a study together with a role in it", "choose both or neither")
    token, at = secrets.token_urlsafe(32), clock.now()
    with database.write() as db:
        if study_id is not None:
            hold(db, study_id)
        row = AccountInvitation(
            token_digest=token_digest(token), note=remark, study_id=study_id, role=role, creates=creates,
            launches=launches, made_by=by.name, created_at=at, expires_at=at + LIVES_FOR, used_at=None, used_by=None,
            revoked_at=None,
        )  # fmt: skip
        db.add(row)
        db.flush()
        given = role.value if role else None
        note(db, by, "colleague invited", study_id=study_id, invitation=row.id, role=given)
    return token


def listing(database: Database, study_id: int | None = None) -> list[Invitation]:
    """All invitations, or those into one study, the newest first."""
    query = select(AccountInvitation, Study.title).outerjoin(Study, Study.id == AccountInvitation.study_id)
    if study_id is not None:
        query = query.where(AccountInvitation.study_id == study_id)
    with database.read() as db:
        return [_view(row, title) for row, title in db.execute(query.order_by(AccountInvitation.id.desc()))]


def revoke(database: Database, number: int, *, study_id: int | None = None, by: Actor = AT_THE_MACHINE) -> None:
    """The invitation opens nothing any more; raises ``NoSuchInvitation``, also for one into another study."""
    live = [AccountInvitation.id == number, AccountInvitation.used_at.is_(None), AccountInvitation.revoked_at.is_(None)]
    if study_id is not None:
        live.append(AccountInvitation.study_id == study_id)
    with database.write() as db:
        row = db.scalar(select(AccountInvitation).where(*live))
        if row is None:
            raise NoSuchInvitation(number)
        note(db, by, "invitation revoked", study_id=row.study_id, invitation=row.id)
        row.revoked_at = clock.now()


def check(database: Database, token: str) -> Invitation:
    """What the invitation gives; nothing is used up. Raises ``InvitationOver``."""
    with database.read() as db:
        row = _open(db, token)
        return _view(row, db.scalar(select(Study.title).where(Study.id == row.study_id)))


def join(database: Database, token: str, name: str, password: str, hours: float) -> str:
    """A login's token, of a new account with what the invitation gives; the invitation is used up with it."""
    check(database, token)  # a password costs a tenth of a second and more to hash: not for whoever has no invitation
    kept = hashed(password)
    with database.write() as db:
        return new_login(db, add_invited(db, token, name, kept), hours)


def add_invited(db: Session, token: str, name: str, password_hash: str | None) -> Account:
    """The invited person's new account, in the caller's transaction; the invitation is used up in it."""
    row = _open(db, token)
    account = add_account(db, name, password_hash, operates=False, creates=row.creates, launches=row.launches)
    by = Actor(account.id, account.name, Through.DESK)
    _take(db, row, account, by)
    note(db, by, "account created", of=account.name, invitation=row.id, invited_by=row.made_by)
    return account


def accept(database: Database, token: str, by: Actor) -> int | None:
    """The number of the study that whoever is signed in has a role in now; the invitation is used up."""
    with database.write() as db:
        return give_invited(db, token, db.get_one(Account, by.account_id), by)


def give_invited(db: Session, token: str, account: Account, by: Actor) -> int | None:
    """The same for an account in the caller's transaction."""
    row = _open(db, token)
    account.creates, account.launches = account.creates or row.creates, account.launches or row.launches
    _take(db, row, account, by)
    note(db, by, "invitation accepted", study_id=row.study_id, invitation=row.id, invited_by=row.made_by)
    return row.study_id


def _take(db: Session, row: AccountInvitation, account: Account, by: Actor) -> None:
    if row.study_id is not None:
        hold(db, row.study_id)  # first, as whoever takes roles away does, and with them their invitations
    unused = (AccountInvitation.id == row.id, AccountInvitation.used_at.is_(None))
    taken = update(AccountInvitation).where(*unused).values(used_at=clock.now(), used_by=account.name)
    if db.scalar(taken.returning(AccountInvitation.id)) is None:
        raise InvitationOver
    if row.study_id is not None and row.role is not None:
        had = db.scalar(members.role_of(row.study_id, account.id))
        if had is None or list(Role).index(row.role) < list(Role).index(had):  # never less than before
            members.assign(db, row.study_id, account.id, account.name, row.role, by)


def _open(db: Session, token: str) -> AccountInvitation:
    row = db.scalar(select(AccountInvitation).where(AccountInvitation.token_digest == token_digest(token)))
    if row is None or _state(row) != "open":
        raise InvitationOver
    return row


def _state(row: AccountInvitation) -> str:
    if row.used_at is not None:
        return "used"
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= clock.now() else "open"


def _view(row: AccountInvitation, title: str | None) -> Invitation:
    return Invitation(
        row.id, row.note, row.study_id, title, row.role, row.creates, row.launches, row.made_by, row.expires_at,
        row.used_by, _state(row),
    )  # fmt: skip

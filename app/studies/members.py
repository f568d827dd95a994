"""Who takes part in a study, and in which role."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true, update
from sqlalchemy.orm import Session, aliased

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Account, AccountInvitation, Membership, Role, Study
from app.errors import Conflict, NotFound
from app.studies.states import hold

_RUN = (Role.OWNER, Role.EXPERIMENTER)  # the roles that have the right ``runs``


class LastOwner(Conflict):
    """A study keeps at least one owner."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the only owner of this study", "make somebody else an owner first")


class NoSuchMember(NotFound):
    """No account of that name takes part, or there is none."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Nobody called {name!r} can take part in this study", "invite them by a link, or check the name"
        )


@dataclass(frozen=True, slots=True)
class Member:
    """An account that takes part in a study."""

    name: str
    role: Role
    added_at: datetime


def begun(db: Session, study_id: int, by: Actor) -> None:
    """Whoever begins a study owns it; one that begins at the machine belongs to those who operate the program."""
    if by.account_id is not None:
        db.add(Membership(study_id=study_id, account_id=by.account_id, role=Role.OWNER, added_at=now()))


def is_rehearsal(database: Database, study_id: int) -> bool:
    """Whether the number is that of a rehearsal, which is no study of its own: its subjects' pages alone know it."""
    with database.read() as db:
        return db.scalar(select(Study.rehearsal_of).where(Study.id == study_id)) is not None


def role_of(study_id: int, account_id: int) -> Select[Role]:
    """The question for the account's role in the study: none for none, and where there is no such study.

    Who takes part in a study takes part in its rehearsals.
    """
    return (
        select(Membership.role)
        .join(Study, Membership.study_id == func.coalesce(Study.rehearsal_of, Study.id))
        .where(Study.id == study_id, Membership.account_id == account_id)
    )


def takes_part(account_id: int) -> ColumnElement[bool]:
    """The condition on ``Study`` that leaves the studies in which the account has a role."""
    own = select(Membership.study_id).where(Membership.account_id == account_id)
    return func.coalesce(Study.rehearsal_of, Study.id).in_(own)


def seen_by(db: Session, by: Actor) -> ColumnElement[bool]:
    """The condition on ``Study`` that leaves what is there for the actor: at the machine and for operators, all."""
    if by.account_id is None or db.scalar(select(Account.operates).where(Account.id == by.account_id)):
        return true()
    return takes_part(by.account_id)


def not_run_by(db: Session, by: Actor, studies: Collection[int]) -> set[int]:
    """Those of these studies that the actor does not run; which they do run is held until the transaction ends.

    At the machine, and for whoever operates the program, there are none.
    """
    if by.account_id is None or db.scalar(select(Account.operates).where(Account.id == by.account_id)):
        return set()
    roles = select(Membership).where(Membership.account_id == by.account_id, Membership.role.in_(_RUN))
    held = db.scalars(roles.order_by(Membership.study_id).with_for_update(read=True))
    return set(studies) - {one.study_id for one in held}


def listing(database: Database, study_id: int) -> list[Member]:
    """Who takes part, owners first, then by name."""
    query = select(Account.name, Membership).join(Account, Account.id == Membership.account_id)
    with database.read() as db:
        rows = db.execute(query.where(Membership.study_id == study_id))
        found = [Member(name, row.role, row.added_at) for name, row in rows]
    return sorted(found, key=lambda one: (list(Role).index(one.role), one.name))


def give(database: Database, study_id: int, name: str, role: Role, *, by: Actor = AT_THE_MACHINE) -> None:
    """The account has this role in the study, whatever it had; raises ``NoSuchMember`` and ``LastOwner``."""
    with database.write() as db:
        hold(db, study_id)
        whose = select(Account.id).where(Account.name == name.strip())
        account_id = db.scalar(whose.with_for_update(read=True, key_share=True))  # nobody deletes it meanwhile
        if account_id is None:
            raise NoSuchMember(name)
        assign(db, study_id, account_id, name.strip(), role, by)


def assign(db: Session, study_id: int, account_id: int, name: str, role: Role, by: Actor) -> None:
    """Gives the role in the caller's transaction, which holds the study."""
    row = db.get(Membership, (study_id, account_id))
    before = row.role if row else None
    if before is role:
        return
    told: dict[str, Any] = {"to": name, "role": role.value, "before": before.value if before else None}
    note(db, by, "role given", study_id=study_id, **told)  # first: it may be their own
    if row is None:
        db.add(Membership(study_id=study_id, account_id=account_id, role=role, added_at=now()))
    else:
        _keep_an_owner(db, row, name)
        row.role = role
        if before is Role.OWNER:
            lapse(db, AccountInvitation.made_by == name, AccountInvitation.study_id == study_id)


def remove(database: Database, study_id: int, name: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """The account takes part no longer; raises ``NoSuchMember`` and ``LastOwner``."""
    of_name = select(Membership).join(Account, Account.id == Membership.account_id).where(Account.name == name)
    with database.write() as db:
        hold(db, study_id)
        row = db.scalar(of_name.where(Membership.study_id == study_id))
        if row is None:
            raise NoSuchMember(name)
        _keep_an_owner(db, row, name)
        note(db, by, "role taken away", study_id=study_id, to=name, before=row.role.value)  # first: it may be their own
        db.delete(row)
        lapse(db, AccountInvitation.made_by == name, AccountInvitation.study_id == study_id)


def lapse(db: Session, *which: ColumnElement[bool]) -> None:
    """These invitations open nothing any more: whoever made them may not invite any longer."""
    live = (AccountInvitation.used_at.is_(None), AccountInvitation.revoked_at.is_(None))
    db.execute(update(AccountInvitation).where(*which, *live).values(revoked_at=now()))


def owned_alone(db: Session, account_id: int) -> list[tuple[int, str]]:
    """Number and title of the studies that nobody but this account owns."""
    others = aliased(Membership)
    owners = select(func.count()).where(others.study_id == Membership.study_id, others.role == Role.OWNER)
    query = (
        select(Study.id, Study.title)
        .join(Membership, Membership.study_id == Study.id)
        .where(Membership.account_id == account_id, Membership.role == Role.OWNER)
        .where(owners.correlate(Membership).scalar_subquery() == 1)
        .order_by(Study.id)
    )
    return [(number, title) for number, title in db.execute(query)]


def _keep_an_owner(db: Session, row: Membership, name: str) -> None:
    others = select(func.count()).where(
        Membership.study_id == row.study_id, Membership.role == Role.OWNER, Membership.account_id != row.account_id
    )
    if row.role is Role.OWNER and not db.scalar(others):
        raise LastOwner(name)

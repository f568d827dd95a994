"""Who takes part in a study, and in which role."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Database
from app.db.audit import Actor
from app.db.models import Membership, Role, Study


def begun(db: Session, study_id: int, by: Actor) -> None:
    """Whoever begins a study owns it; one that begins at the machine belongs to those who operate the program."""
    if by.account_id is not None:
        db.add(Membership(study_id=study_id, account_id=by.account_id, role=Role.OWNER, added_at=now()))


def role_in(database: Database, study_id: int, account_id: int) -> Role | None:
    """The account's role in the study; None for none, and where there is no such study.

    Who takes part in a study takes part in its rehearsals.
    """
    query = (
        select(Membership.role)
        .join(Study, Membership.study_id == func.coalesce(Study.rehearsal_of, Study.id))
        .where(Study.id == study_id, Membership.account_id == account_id)
    )
    with database.read() as db:
        return db.scalar(query)


def takes_part(account_id: int) -> ColumnElement[bool]:
    """The condition on ``Study`` that leaves the studies in which the account has a role."""
    own = select(Membership.study_id).where(Membership.account_id == account_id)
    return func.coalesce(Study.rehearsal_of, Study.id).in_(own)

"""What an account may do, in one study and in the whole program: one rule for the desk and the API.

docs/permissions.md lists every address with what it asks for.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.db.audit import Actor
from app.db.models import Account, Membership, Role, Through
from app.errors import Forbidden
from app.studies import members
from app.studies.states import StudyNotFound


class Right(StrEnum):
    """What an address asks for, besides an account."""

    # in one study, each with those after it
    OWNS = "owns"  # who takes part, deleting it
    RUNS = "runs"  # pictures, protocol, links, subjects, states
    ANALYSES = "analyses"  # results
    SEES = "sees"  # how far it is
    # in the whole program
    OPERATES = "operates"  # accounts, and every study
    CREATES = "creates"  # studies of their own
    LAUNCHES = "launches"  # jobs and photographs

    @property
    def role(self) -> Role | None:
        """The least role in the study that has this right; None for a right in the whole program."""
        return _ROLES.get(self)


_ROLES = {
    Right.OWNS: Role.OWNER, Right.RUNS: Role.EXPERIMENTER, Right.ANALYSES: Role.ANALYST, Right.SEES: Role.VIEWER,
}  # fmt: skip
_RANK = {role: rank for rank, role in enumerate(reversed(Role))}
_IN_WORDS = {
    Right.OPERATES: "to operate this installation", Right.CREATES: "to begin studies",
    Right.LAUNCHES: "to start jobs or keep photographs",
}  # fmt: skip


class RoleTooSmall(Forbidden):
    """The account takes part in the study, in a role that does not allow this."""

    def __init__(self, role: Role, least: Role) -> None:
        super().__init__(
            f"Your role in this study is {role}, and this is for {_and_above(least)}",
            "ask an owner of the study for another role",
        )


class RightMissing(Forbidden):
    """The account may not do this in this installation."""

    def __init__(self, right: Right) -> None:
        super().__init__(
            f"Your account has not the right {_IN_WORDS[right]}", "ask somebody who operates this installation for it"
        )


class NotByToken(Forbidden):
    """A script can do much, but makes nobody operate this installation, nor opens the desk to such an account."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No token opens the desk to {name!r} as to somebody who operates this installation",
            "do it at the desk, or at the machine itself with `beholder account`",
        )


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that asks for something, and its rights in the whole program."""

    account_id: int
    name: str
    operates: bool
    creates: bool
    launches: bool


@dataclass(frozen=True, slots=True)
class Entrant(Holder, ABC):
    """An account that came in by a key of its own: a login, or a token."""

    # every right that was asked for at the door and found, with the study of those that hold in one
    asked: list[tuple[Right, int | None]] = field(default_factory=list, kw_only=True, compare=False, repr=False)

    @abstractmethod
    def let_in(self, db: Session) -> None:
        """Nothing, where the key still holds by which they came, which stays so until the transaction ends."""

    def still(self, db: Session) -> None:
        """Nothing, where they may still do, in the transaction of a change, all that they were let in for.

        On PostgreSQL the rows that say so are held FOR SHARE, the account's first: what takes a right, a role, a login
        or a token away writes one of them, and so comes wholly before the change or wholly after it.
        """
        rights = select(Account.operates, Account.creates, Account.launches).where(Account.id == self.account_id)
        found = db.execute(rights.with_for_update(read=True)).one_or_none()
        self.let_in(db)  # keys go with their account
        assert found is not None
        now = Holder(self.account_id, self.name, *found)
        for right, study_id in self.asked:
            _allowed(db, now, right, study_id, held=True)


@dataclass(frozen=True, slots=True)
class May:
    """What somebody may do at the address they are at; pages show no button that would be refused."""

    operates: bool = False
    creates: bool = False
    launches: bool = False
    role: Role | None = None  # in the study of the address

    @classmethod
    def of(cls, who: Holder, role: Role | None = None) -> "May":
        """Whoever operates may do everything, everywhere."""
        if who.operates:
            return cls(operates=True, creates=True, launches=True, role=Role.OWNER)
        return cls(creates=who.creates, launches=who.launches, role=role)

    @property
    def owns(self) -> bool:
        """Whether they may say who takes part in the study."""
        return self.has(Right.OWNS)

    @property
    def runs(self) -> bool:
        """Whether they may change the study."""
        return self.has(Right.RUNS)

    @property
    def analyses(self) -> bool:
        """Whether they may read the study's results."""
        return self.has(Right.ANALYSES)

    def has(self, right: Right) -> bool:
        """Whether this is allowed."""
        if right.role is None:
            return bool(getattr(self, right.value))
        return self.role is not None and _RANK[self.role] >= _RANK[right.role]


def require(database: Database, who: Entrant, right: Right, study_id: int | None = None) -> May:
    """What the account may do at an address that asks for ``right``, in the study of that number if it names one.

    Raises ``StudyNotFound`` where the account has no role in the study, as for a study that does not exist: neither
    its title nor its being there is told. A rehearsal is there for nobody, whoever asks: opened or paused by its number
    it would be a study that no list shows. Raises ``RoleTooSmall`` and ``RightMissing``.
    """
    if study_id is not None and members.is_rehearsal(database, study_id):
        raise StudyNotFound(study_id)
    with database.read() as db:
        may = _allowed(db, who, right, study_id)
    who.asked.append((right, study_id))
    return may


def require_no_script(by: Actor, account: Account, *, operates: bool = False) -> None:
    """Nothing, unless a script is about to open the desk to an account that operates, or will; ``NotByToken`` then.

    A token lies in files and in environments of machines; whoever finds it would have all of the desk by it.
    """
    if by.through is Through.API and (account.operates or operates):
        raise NotByToken(account.name)


def _allowed(db: Session, who: Holder, right: Right, study_id: int | None, *, held: bool = False) -> May:
    role = None
    if study_id is not None and not who.operates:
        query = members.role_of(study_id, who.account_id)
        role = db.scalar(query.with_for_update(read=True, of=Membership) if held else query)
        if role is None:
            raise StudyNotFound(study_id)
    may = May.of(who, role)
    if may.has(right):
        return may
    if right.role is None or may.role is None:
        raise RightMissing(right)
    raise RoleTooSmall(may.role, right.role)


def _and_above(least: Role) -> str:
    *others, last = [f"{role}s" for role in Role if _RANK[role] >= _RANK[least]]
    return f"{', '.join(others)} and {last}" if others else last

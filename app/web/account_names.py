"""What an account may be called: nothing that a person would read as somebody else's name, or as nobody's."""

import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Account
from app.errors import BadInput, Conflict

_NAMES = 5_071_966  # the lock's number; any would do that nothing else in the database takes
# By these a decision about a session is told that no account made: in the tables, and in the log that vouches for it.
_NOBODYS = frozenset({"protocol", "subject"})


class AccountExists(Conflict):
    """There is an account of that name already, or of one that differs in its spelling alone."""

    def __init__(self, name: str, there: str) -> None:
        alike = "" if there == name else f", which reads like {name!r}"
        super().__init__(f"There is already an account {there!r}{alike}", "choose another name")


class BadAccount(BadInput):
    """The name cannot be used for an account."""


def free_name(db: Session, name: str) -> str:
    """The name without what surrounds it; raises ``BadAccount`` and ``AccountExists``.

    On PostgreSQL others who come with a name wait until the transaction ends: no constraint knows which read alike.
    """
    name = name.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadAccount("An account's name has 1 to 80 printable characters", "choose such a name")
    if _read(name) in _NOBODYS:
        raise BadAccount(f"By {name!r} decisions are told that no account made", "choose another name")
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_NAMES)))
    for there in db.scalars(select(Account.name)):
        if _read(there) == _read(name):
            raise AccountExists(name, there)
    return name


def _read(name: str) -> str:
    """What is the same for names that differ in case, or in how Unicode writes their letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())

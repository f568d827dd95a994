"""The keys with which scripts act for an account: made once, shown once, kept as digests, within written scopes.

A token has 256 random bits, so nobody finds one by trying; what is counted at this door (``throttle``) are tokens that
nobody has, and a token that holds is never kept waiting by them.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Account, ApiToken, Through
from app.errors import BadInput, Conflict, Forbidden, NotFound, NotSignedIn
from app.studies.plain import PLAIN, is_plain
from app.web import throttle
from app.web.login import NoSuchAccount, token_digest
from app.web.rights import Entrant

PREFIX = "bh_"  # by which people and scanners of repositories recognize one
LONGEST_LIFE = 3650  # days
_DOOR, _WHO = "token", "a token that nobody has"


class Scope(StrEnum):
    """What a token allows."""

    STUDIES_READ = "studies:read"
    STUDIES_WRITE = "studies:write"
    SUBJECTS_READ = "subjects:read"
    SUBJECTS_WRITE = "subjects:write"
    RESULTS_READ = "results:read"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    AUDIT_READ = "audit:read"

    @property
    def allows(self) -> str:
        """In a few words, what somebody with this scope may do."""
        return _ALLOWS[self]


_ALLOWS = {
    Scope.STUDIES_READ: "read studies, their protocols, pictures and public links",
    Scope.STUDIES_WRITE: "create, change, open, pause, close and delete studies",
    Scope.SUBJECTS_READ: "read sessions, their progress, personal links, and who came from a recruiting service",
    Scope.SUBJECTS_WRITE: "invite subjects, exclude and readmit sessions, carry out withdrawals",
    Scope.RESULTS_READ: "read rankings and every single vote",
    Scope.JOBS_READ: "read trainings, workers and sets of photographs",
    Scope.JOBS_WRITE: "launch, cancel and retry trainings, scores and recoveries",
    Scope.ACCOUNTS_READ: "read accounts, who takes part in studies, and invitations to the desk",
    Scope.ACCOUNTS_WRITE: "give rights and roles, invite colleagues, make sign-in links and delete accounts",
    Scope.AUDIT_READ: "read the log of changes",
}


class TokenNeeded(NotSignedIn):
    """The API was asked for something without a token."""

    headers = MappingProxyType({"WWW-Authenticate": 'Bearer realm="Beholder"'})

    def __init__(self) -> None:
        super().__init__(
            "The API needs a token, and this request brought none.",
            "make a token on the account page or with `beholder token create`, and send it as "
            "`Authorization: Bearer bh_…`",
        )


class TokenUnknown(NotSignedIn):
    """There is no such token here."""

    headers = MappingProxyType({"WWW-Authenticate": 'Bearer realm="Beholder", error="invalid_token"'})

    def __init__(self) -> None:
        super().__init__(
            "This token is not one of this installation, or its account is gone.",
            "copy the whole token again, or make a new one on the account page",
        )


class TokenExpired(NotSignedIn):
    """The time of the token is over."""

    headers = TokenUnknown.headers

    def __init__(self, name: str, when: datetime) -> None:
        super().__init__(f"The token {name!r} expired on {when:%Y-%m-%d}.", "make a new one on the account page")


class TokenRevoked(NotSignedIn):
    """The owner of the token has revoked it."""

    headers = TokenUnknown.headers

    def __init__(self, name: str, when: datetime) -> None:
        super().__init__(f"The token {name!r} was revoked on {when:%Y-%m-%d}.", "make a new one on the account page")


class ScopeMissing(Forbidden):
    """The token does not allow this."""

    def __init__(self, name: str, scope: Scope) -> None:
        self.scope = scope
        self.headers = {
            "WWW-Authenticate": f'Bearer realm="Beholder", error="insufficient_scope", scope="{scope.value}"'
        }
        super().__init__(
            f"The token {name!r} does not have the scope {scope.value}.",
            "make a token with this scope on the account page",
        )

    def extras(self) -> dict[str, str]:
        """The scope that is missing."""
        return {"scope": self.scope.value}


class BadToken(BadInput):
    """The token cannot be made as it was asked for."""


class TokenExists(Conflict):
    """The account has a live token of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a live token {name!r} already, and it cannot be shown again.",
            "revoke it first, or give this one another name",
        )


class NoSuchToken(NotFound):
    """The token belongs to another account, or there is none."""

    def __init__(self, token_id: int) -> None:
        super().__init__(f"This account has no token {token_id}.", "see the list of its tokens")


@dataclass(frozen=True, slots=True)
class Caller(Entrant):
    """Who asks the API: an account, by one of its tokens, which allows no more than the account may."""

    token: "TokenView"

    @property
    def actor(self) -> Actor:
        """In whose name a change is written into the audit log."""
        return Actor(self.account_id, self.name, Through.API, self.still)

    def let_in(self, db: Session) -> None:
        """Nothing, where the token has not been revoked meanwhile; one that expired during its last request is none."""
        row = db.execute(
            select(ApiToken.revoked_at).where(ApiToken.id == self.token.id).with_for_update(read=True)
        ).one_or_none()
        if row is None:
            raise TokenUnknown
        if row.revoked_at is not None:
            raise TokenRevoked(self.token.name, row.revoked_at)

    def require(self, scope: Scope) -> None:
        """Nothing, where the token has the scope; raises ``ScopeMissing`` otherwise."""
        if scope not in self.token.scopes:
            raise ScopeMissing(self.token.name, scope)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its owner sees it; the token itself is not kept."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @property
    def state(self) -> str:
        """``live``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= clock.now() else "live"


def make(
    database: Database, account: str, name: str, scopes: Iterable[str], *, days: int | None, by: Actor = AT_THE_MACHINE
) -> str:
    """A new token of the account, told this once; ``days`` is its life, None for one that only revoking ends.

    Raises ``TokenExists`` where the account has a live one of this name.
    """
    name, wanted = " ".join(name.split()), _scopes(scopes)
    if not 1 <= len(name) <= 80 or not is_plain(name):
        raise BadToken(f"A token needs a name of 1 to 80 characters, {PLAIN}.", "say what it is for")
    if days is not None and not 1 <= days <= LONGEST_LIFE:
        raise BadToken(
            f"A token cannot live for {days} days.", f"choose 1 to {LONGEST_LIFE} days, or one that does not expire"
        )
    token, at = PREFIX + secrets.token_urlsafe(32), clock.now()
    with database.write() as db:
        owner = db.scalar(select(Account.id).where(Account.name == account).with_for_update())
        if owner is None:
            raise NoSuchAccount(account)
        named = db.scalars(select(ApiToken).where(ApiToken.account_id == owner, ApiToken.name == name))
        if any(_view(row).state == "live" for row in named):
            raise TokenExists(name)  # also where a page with a new token is loaded again
        db.add(
            ApiToken(
                account_id=owner, name=name, token_digest=token_digest(token), scopes=[scope.value for scope in wanted],
                created_at=at, expires_at=None if days is None else at + timedelta(days=days), revoked_at=None,
            )
        )  # fmt: skip
        note(db, by, "token made", of=account, token=name, scopes=[scope.value for scope in wanted], days=days)
    return token


def listing(database: Database, account: str) -> list[TokenView]:
    """The account's tokens, the newest first; also those that no longer hold."""
    query = select(ApiToken).join(Account, Account.id == ApiToken.account_id).where(Account.name == account)
    with database.read() as db:
        if db.scalar(select(Account.id).where(Account.name == account)) is None:
            raise NoSuchAccount(account)
        return [_view(row) for row in db.scalars(query.order_by(ApiToken.id.desc()))]


def revoke(database: Database, account: str, token_id: int, *, by: Actor = AT_THE_MACHINE) -> None:
    """The account's token holds no longer; revoking it again changes nothing. Raises ``NoSuchToken``."""
    owner = select(Account.id).where(Account.name == account).with_for_update(read=True)
    with database.write() as db:
        owned = (ApiToken.id == token_id, ApiToken.account_id == db.scalar(owner))
        row = db.scalar(select(ApiToken).where(*owned).with_for_update())
        if row is None:
            raise NoSuchToken(token_id)
        if row.revoked_at is None:
            note(db, by, "token revoked", of=account, token=row.name)  # by itself, too
            row.revoked_at = clock.now()


def revoke_all(db: Session, account_id: int) -> list[str]:
    """No token of the account holds any longer, in the caller's transaction; the names of those that did."""
    rows = db.scalars(select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id).with_for_update())
    live = [row for row in rows if _view(row).state == "live"]
    for row in live:
        row.revoked_at = clock.now()
    return [row.name for row in live]


def check(database: Database, secret: bytes, header: str, origin: str = "") -> Caller:
    """Who the ``Authorization`` header speaks for; raises one of the errors above where its token does not hold."""
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise TokenNeeded
    query = select(ApiToken, Account).join(Account, Account.id == ApiToken.account_id)
    with database.read() as db:
        found = db.execute(query.where(ApiToken.token_digest == token_digest(token))).one_or_none()
    if found is None:
        throttle.require_calm(database, secret, _DOOR, _WHO, origin)
        throttle.note_failure(database, secret, _DOOR, _WHO, origin)
        raise TokenUnknown
    row, whose = found
    view = _view(row)
    if row.revoked_at is not None:
        raise TokenRevoked(row.name, row.revoked_at)
    if row.expires_at is not None and view.state == "expired":
        raise TokenExpired(row.name, row.expires_at)
    return Caller(whose.id, whose.name, whose.operates, whose.creates, whose.launches, view)


def _scopes(names: Iterable[str]) -> list[Scope]:
    wanted, known = set(names), {scope.value for scope in Scope}
    if not wanted:
        raise BadToken("A token without any scope opens nothing.", "give it at least one")
    if unknown := sorted(wanted - known):
        raise BadToken(f"There is no scope {unknown[0][:80]!r}.", f"the scopes are {', '.join(Scope)}")
    return [scope for scope in Scope if scope.value in wanted]


def _view(row: ApiToken) -> TokenView:
    return TokenView(row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at, row.revoked_at)

"""Who may sit at the desk: accounts, logins that can be revoked, and links that sign in once.

The browser keeps a signed random token, the table its sha256: neither a stolen table nor a guessed cookie opens the
desk.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Account, Login, LoginLink, Through
from app.errors import Gone, NotFound, NotSignedIn
from app.web import passwords
from app.web.account_names import free_name
from app.web.rights import Entrant, require_no_script

LINK_LASTS = timedelta(hours=24)
_LINK_SPEAKS = timedelta(hours=1)  # in which whoever came by a link need not know the password that they forgot
LINK_MADE = "sign-in link made"  # in the log of changes


class WrongPassword(NotSignedIn):
    """The name and the password do not belong together."""  # which of the two does not fit is not said

    def __init__(self) -> None:
        super().__init__("This name and password do not belong together", "check both and try again")


class LoginNeeded(NotSignedIn):
    """The desk was asked for without a login that holds."""

    def __init__(self) -> None:
        super().__init__("The desk is for experimenters", "sign in first")


class NoSuchAccount(NotFound):
    """There is no account of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {name!r}", f"create it with `beholder account create {name}`")


class LinkUsedUp(Gone):
    """The sign-in link was used, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__(
            "This sign-in link has been used or has expired",
            "sign in with your password, or have a new link made with `beholder account link`",
        )


@dataclass(frozen=True, slots=True)
class SignedIn(Entrant):
    """Who sits at the desk, and by which login."""

    login_id: int
    has_password: bool
    has_issuer: bool = False  # one vouches for them
    by_link: bool = False  # came in by one that signs in once, a short time ago

    @property
    def must_confirm(self) -> bool:
        """Whether what locks others out asks for the present password first."""
        return self.has_password and not self.by_link

    @property
    def actor(self) -> Actor:
        """In whose name a change at the desk is written into the audit log."""
        return Actor(self.account_id, self.name, Through.DESK, self.still)

    def let_in(self, db: Session) -> None:
        """Nothing, where the login has not ended meanwhile; one that expired during its last request is none."""
        holds = select(Login.id).where(Login.id == self.login_id, Login.revoked_at.is_(None))
        if db.scalar(holds.with_for_update(read=True)) is None:
            raise LoginNeeded


def create_account(
    database: Database,
    name: str,
    password: str | None,
    *,
    operates: bool | None = None,
    creates: bool | None = None,
    launches: bool | None = None,
    by: Actor = AT_THE_MACHINE,
) -> int:
    """The new account's id; without a password only a one-time link opens it.

    The first account may do everything, and later ones may begin studies, unless something else is said.
    """
    hashed = None if password is None else passwords.hashed(password)
    with database.write() as db:
        first = db.scalar(select(Account.id).limit(1)) is None
        account = add_account(
            db, name, hashed,
            operates=first if operates is None else operates,
            creates=True if creates is None else creates,
            launches=first if launches is None else launches,
        )  # fmt: skip
        note(db, by, "account created", of=account.name)
        return account.id


def add_account(
    db: Session, name: str, password_hash: str | None, *, operates: bool, creates: bool, launches: bool
) -> Account:
    """The new account's row, in the caller's transaction; raises ``BadAccount`` and ``AccountExists``."""
    account = Account(
        name=free_name(db, name), password_hash=password_hash, created_at=clock.now(), operates=operates,
        creates=creates, launches=launches,
    )  # fmt: skip
    db.add(account)
    db.flush()
    return account


def one_time_link(database: Database, name: str, *, lasts: timedelta = LINK_LASTS, by: Actor = AT_THE_MACHINE) -> str:
    """The token of a new link that signs the account in once; ``/login/once/<token>`` is its page.

    Raises ``NoSuchAccount``, and ``NotByToken`` where a script asks for one to an account that operates.
    """
    token = secrets.token_urlsafe(32)
    with database.write() as db:
        account = db.scalar(select(Account).where(Account.name == name))
        if account is None:
            raise NoSuchAccount(name)
        require_no_script(by, account)
        note(db, by, LINK_MADE, of=name)
        expires = clock.now() + lasts
        db.add(LoginLink(account_id=account.id, token_digest=token_digest(token), expires_at=expires))
    return token


def check_link(database: Database, token: str) -> str:
    """The name of the account that the link would sign in; nothing is used up."""
    with database.read() as db:
        return _open_link(db, token)[1].name


def sign_in_once(database: Database, token: str, hours: float) -> str:
    """A new login's token, for the link's account; the link is used up in the same transaction."""
    with database.write() as db:
        return new_login(db, take_link(db, token), hours, by_link=True)


def take_link(db: Session, token: str) -> Account:
    """The link's account, in the caller's transaction; the link is used up in it. Raises ``LinkUsedUp``."""
    link, account = _open_link(db, token)
    _use_up(db, link)
    return account


def sign_in(database: Database, name: str, password: str, hours: float) -> str:
    """A new login's token; raises ``WrongPassword``, after the same time whether or not the name is known."""
    passwords.decoy()  # made before the name is looked at, so that the first sign-in tells nothing either
    with database.read() as db:
        account = db.scalar(select(Account).where(Account.name == name.strip()))
    fits = passwords.fits(account.password_hash if account else None, password)
    if account is None or not fits:
        raise WrongPassword
    with database.write() as db:
        kept = db.scalar(select(Account.password_hash).where(Account.id == account.id).with_for_update())
        if kept != account.password_hash:  # changed while this one was checked, so this login would outlive the change
            raise WrongPassword
        return new_login(db, account, hours)


def sign_out(database: Database, token: str) -> None:
    """The login has ended; a token that never held is no mistake."""
    with database.write() as db:
        _revoke(db, Login.token_digest == token_digest(token))


def signed_in(database: Database, token: str | None) -> SignedIn:
    """Who the token belongs to; raises ``LoginNeeded`` where it is missing, revoked or expired."""
    if not token:
        raise LoginNeeded
    query = (
        select(Login, Account)
        .join(Account, Account.id == Login.account_id)
        .where(
            Login.token_digest == token_digest(token),
            Login.revoked_at.is_(None),
            Login.expires_at > clock.now(),
        )
    )
    with database.read() as db:
        row = db.execute(query).one_or_none()
    if row is None:
        raise LoginNeeded
    whose: Account = row.Account
    came: Login = row.Login
    link_speaks = came.by_link and clock.now() < came.created_at + _LINK_SPEAKS
    return SignedIn(
        whose.id, whose.name, whose.operates, whose.creates, whose.launches, came.id, whose.password_hash is not None,
        whose.oidc_subject is not None, link_speaks,
    )  # fmt: skip


def token_digest(token: str) -> str:
    """What the table keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def seal(secret: bytes, token: str) -> str:
    """The cookie for a token."""
    return _serializer(secret).dumps(token)


def unseal(secret: bytes, cookie: str | None) -> str | None:
    """The token in a cookie of ours; None for any other cookie."""
    try:
        token = _serializer(secret).loads(cookie) if cookie else None
    except BadSignature:
        return None
    return token if isinstance(token, str) else None


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="beholder.login", signer_kwargs={"digest_method": hashlib.sha256})


def _open_link(db: Session, token: str) -> tuple[LoginLink, Account]:
    query = (
        select(LoginLink, Account)
        .join(Account, Account.id == LoginLink.account_id)
        .where(
            LoginLink.token_digest == token_digest(token),
            LoginLink.used_at.is_(None),
            LoginLink.expires_at > clock.now(),
        )
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise LinkUsedUp
    return row.LoginLink, row.Account


def new_login(db: Session, account: Account, hours: float, token: str = "", *, by_link: bool = False) -> str:
    """The token of a new login, in the caller's transaction; a random one unless the caller has one."""
    token, at = token or secrets.token_urlsafe(32), clock.now()
    expires, digest = at + timedelta(hours=hours), token_digest(token)
    db.add(Login(account_id=account.id, token_digest=digest, created_at=at, expires_at=expires, by_link=by_link))
    return token


def _use_up(db: Session, link: LoginLink) -> None:
    """The link is used; raises ``LinkUsedUp`` where another request has used it since it was read."""
    unused = (LoginLink.id == link.id, LoginLink.used_at.is_(None))
    used = db.scalars(update(LoginLink).where(*unused).values(used_at=clock.now()).returning(LoginLink.id))
    if used.one_or_none() is None:
        raise LinkUsedUp


def end_links(db: Session, account_id: int) -> None:
    """No link that was made for the account opens it; before its logins end, so that whoever comes by one is found."""
    unused = (LoginLink.account_id == account_id, LoginLink.used_at.is_(None))
    db.execute(update(LoginLink).where(*unused).values(used_at=clock.now()))


def revoke_elsewhere(db: Session, who: SignedIn) -> None:
    """Every login of the account but this one has ended, with the links that were made for it."""
    end_links(db, who.account_id)
    _revoke(db, (Login.account_id == who.account_id) & (Login.id != who.login_id))


def _revoke(db: Session, which: ColumnElement[bool]) -> None:
    db.execute(update(Login).where(which, Login.revoked_at.is_(None)).values(revoked_at=clock.now()))

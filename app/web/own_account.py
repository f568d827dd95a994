"""What somebody changes about their own account: its password, and which keys open it besides.

Whoever finds a browser signed in must not be able to keep the account: they know no password, and what they have left
there, such as a token, ends when its owner sets another one.
"""

from sqlalchemy import select, update

from app.db import Database
from app.db.audit import note
from app.db.models import Account, Login
from app.errors import Forbidden
from app.web import login, passwords, tokens
from app.web.login import SignedIn


class WrongPresentPassword(Forbidden):
    """The password that the account has now was not the one that was typed."""

    def __init__(self) -> None:
        super().__init__(
            "That is not the password that this account has now",
            "type that one; if nobody knows it any more, have somebody who operates this installation make you a "
            "sign-in link, and set a new one within an hour of signing in by it",
        )


def require_owner(database: Database, who: SignedIn, present: str) -> str | None:
    """The hash of the present password, where ``present`` is that one, or where nobody has to type it.

    Nobody has to where the account has none, and within an hour of coming in by a link that signs in once: whoever has
    forgotten their password is given one. Raises ``WrongPresentPassword``.
    """
    with database.read() as db:
        kept = db.scalar(select(Account.password_hash).where(Account.id == who.account_id))
    if kept is not None and not who.by_link and not passwords.fits(kept, present):
        raise WrongPresentPassword
    return kept


def set_password(
    database: Database, who: SignedIn, password: str, *, present: str = "", keep_tokens: bool = False
) -> None:
    """The account has this password, and every other login of it has ended, with its links and, unless kept, tokens.

    Raises ``WrongPresentPassword`` as ``require_owner`` does, and where another one was set in the meantime.
    """
    hashed = passwords.hashed(password)
    shown = require_owner(database, who, present)
    with database.write() as db:
        # First the account: its row is locked from here on, and whoever is signing in waits and finds another hash.
        kept = db.scalar(select(Account.password_hash).where(Account.id == who.account_id).with_for_update())
        if kept != shown:
            raise WrongPresentPassword
        db.execute(update(Account).where(Account.id == who.account_id).values(password_hash=hashed))
        login.revoke_elsewhere(db, who)
        db.execute(update(Login).where(Login.id == who.login_id).values(by_link=False))  # the link has done its work
        ended = [] if keep_tokens else tokens.revoke_all(db, who.account_id)
        note(db, who.actor, "password set", of=who.name, tokens_revoked=ended)


def sign_out_elsewhere(database: Database, who: SignedIn, *, end_tokens: bool = False) -> None:
    """Every login of the account but this one has ended, with the links that were made for it and, if asked, tokens."""
    with database.write() as db:
        ended = tokens.revoke_all(db, who.account_id) if end_tokens else []
        note(db, who.actor, "logins ended", of=who.name, but="the one that did it", tokens_revoked=ended)
        login.revoke_elsewhere(db, who)

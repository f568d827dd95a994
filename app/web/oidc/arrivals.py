"""Whose account it is that an issuer vouches for: one that was bound to the person, is bound now, or is made now."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Account, Through
from app.errors import BadInput, Conflict, Forbidden
from app.settings import Settings
from app.web import account_invitations
from app.web.account_names import AccountExists
from app.web.login import NoSuchAccount, SignedIn, add_account, new_login, take_link
from app.web.oidc.identity import Identity
from app.web.oidc.visits import Visit, VisitOver


class UnknownPerson(Forbidden):
    """The issuer vouches for somebody who has no account here."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} says who you are, and no account here is yours",
            "ask whoever runs this server for an invitation, open it, and sign in from its page",
        )


class AccountTaken(Conflict):
    """An account of that name is there, and nobody has said that it belongs to this person."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"There is an account {account!r} already, and it is not yours by this way of signing in",
            "choose another name on the invitation's page, or have whoever runs this server make you a sign-in link to "
            "that account and sign in from its page",
        )


class AlreadyBound(Conflict):
    """An account belongs to one person of an issuer, and a person to one account."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The account {account!r} is bound to a person whom the issuer vouches for already",
            "sign in as that person, and undo it on the account's page, or have whoever runs this server do so with "
            "`beholder account unbind`",
        )


class NoOtherWayIn(Conflict):
    """Nothing would open the account any more."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The account {account!r} has no password, and without the issuer nothing would open it",
            "set a password first",
        )


class NoIssuer(BadInput):
    """No issuer is set up."""

    def __init__(self) -> None:
        super().__init__("Nobody signs in here by an issuer", "set it up as docs/sign-in.md says")


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who is signed in now."""

    token: str  # of the new login
    name: str  # of the account


def arrive(
    database: Database, settings: Settings, issuer_name: str, who: Identity, visit: Visit, login_token: str
) -> Arrived:
    """The login of the person's account, which may be made or bound now; all in one transaction.

    An account is theirs because they were bound to it before, because they hold an invitation or a sign-in link, or
    because their e-mail, which the issuer has verified, is of a domain that the settings name.
    """
    with database.write() as db:
        account = _theirs(db, settings, issuer_name, who, visit)
        try:
            with db.begin_nested():
                new_login(db, account, settings.login_hours, login_token, by_link=bool(visit.link))
        except IntegrityError:  # this visit has had its login
            raise VisitOver from None
        return Arrived(login_token, account.name)


def bind(database: Database, name: str, issuer: str, subject: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """The account is opened by this person of the issuer from now on; raises ``AlreadyBound`` and ``NoIssuer``."""
    if not issuer:
        raise NoIssuer
    with database.write() as db:
        _bind(db, _named(db, name), Identity(issuer, subject, ""), by)


def bind_own(database: Database, who: SignedIn, person: Identity) -> None:
    """Whoever is signed in comes in as this person too from now on; raises ``AlreadyBound``."""
    theirs = select(Account.name).where(
        Account.oidc_issuer == person.issuer, Account.oidc_subject == person.subject, Account.id != who.account_id
    )
    with database.write() as db:
        if (other := db.scalar(theirs)) is not None:
            raise AlreadyBound(other)
        _bind(db, _named(db, who.name), person, who.actor)


def unbind(database: Database, name: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """No issuer opens the account any more; logins that hold go on.

    Raises ``NoOtherWayIn`` where it is somebody's own, and has no password. Whoever unbinds another's can make them a
    link to sign in by.
    """
    with database.write() as db:
        account = _named(db, name)
        if account.oidc_subject is None:
            return
        if account.id == by.account_id and account.password_hash is None:
            raise NoOtherWayIn(name)
        note(db, by, "account unbound", of=name)
        account.oidc_issuer = account.oidc_subject = None


def _theirs(db: Session, settings: Settings, issuer_name: str, who: Identity, visit: Visit) -> Account:
    theirs = (Account.oidc_issuer == who.issuer, Account.oidc_subject == who.subject)
    # held, so that no login is made of a binding that is undone, nor left by whoever signs the account out
    bound = db.scalar(select(Account).where(*theirs).with_for_update(read=True))
    if visit.link:
        linked = take_link(db, visit.link)
        if bound is not None and bound is not linked:
            raise AlreadyBound(bound.name)
        return _bind(db, linked, who, _self(linked))
    if bound is not None:
        if visit.invitation:
            account_invitations.give_invited(db, visit.invitation, bound, _self(bound))
        return bound
    name = visit.name.strip() or who.email
    try:
        if visit.invitation:
            made = account_invitations.add_invited(db, visit.invitation, name, None)
        elif who.email.rpartition("@")[2] in settings.oidc_domains:
            made = _add_of_domain(db, settings, who.email)
        else:
            raise UnknownPerson(issuer_name)
    except AccountExists:
        raise AccountTaken(name) from None
    return _bind(db, made, who, _self(made))


def _add_of_domain(db: Session, settings: Settings, email: str) -> Account:
    rights = settings.oidc_rights
    made = add_account(db, email, None, operates=False, creates="creates" in rights, launches="launches" in rights)
    note(db, _self(made), "account created", of=made.name, domain=email.rpartition("@")[2])
    return made


def _bind(db: Session, account: Account, who: Identity, by: Actor) -> Account:
    if (account.oidc_issuer, account.oidc_subject) == (who.issuer, who.subject):
        return account
    if account.oidc_subject is not None:
        raise AlreadyBound(account.name)
    try:
        with db.begin_nested():
            account.oidc_issuer, account.oidc_subject = who.issuer, who.subject
    except IntegrityError:  # another account is theirs
        db.refresh(account)
        raise AlreadyBound(account.name) from None
    note(db, by, "account bound", of=account.name, issuer=who.issuer, person=who.digest)
    return account


def _named(db: Session, name: str) -> Account:
    account = db.scalar(select(Account).where(Account.name == name).with_for_update())
    if account is None:
        raise NoSuchAccount(name)
    return account


def _self(account: Account) -> Actor:
    return Actor(account.id, account.name, Through.DESK)

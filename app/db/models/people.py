"""Those who sign in at the desk. Subjects never do: see ``sessions.py``."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, word


class Role(StrEnum):
    """What somebody may do in one study; each may do what those after it may."""

    OWNER = "owner"  # also who else takes part, and deleting it
    EXPERIMENTER = "experimenter"  # also its pictures and protocol, its links, its subjects, and its states
    ANALYST = "analyst"  # also its results
    VIEWER = "viewer"  # how far it is


class Through(StrEnum):
    """Where a change came from."""

    DESK = "desk"
    API = "api"
    CLI = "cli"  # typed at the machine itself
    PROGRAM = "program"  # nobody: a rule of the program's own


class Account(Base):
    """A person who may sign in at the desk."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2; None until a one-time link set one
    created_at: Mapped[datetime]
    operates: Mapped[bool] = mapped_column(default=True)  # may do everything: accounts, and every study
    creates: Mapped[bool] = mapped_column(default=True)  # may begin studies of their own
    launches: Mapped[bool] = mapped_column(default=True)  # may start jobs and register photographs
    oidc_issuer: Mapped[str | None] = mapped_column(String(300))  # who vouches for them besides a password
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_subject"),)


class Membership(Base):
    """What an account may do in one study."""

    __tablename__ = "memberships"

    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    added_at: Mapped[datetime]


class AccountInvitation(Base):
    """A link by which a colleague gets an account, or a role in a study, once."""

    __tablename__ = "account_invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    note: Mapped[str] = mapped_column(String(200))  # for whom, in the words of whoever made it
    study_id: Mapped[int | None] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role | None] = mapped_column(word(Role))  # in that study
    creates: Mapped[bool]
    launches: Mapped[bool]
    made_by: Mapped[str] = mapped_column(String(80))  # the name of an account
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(80))
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """A change that somebody made: who, when, to what; written once, changed never (a trigger sees to it).

    Its numbers are no references: what they name may be gone, and the entry stays.
    """

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    account: Mapped[str] = mapped_column(String(80))  # the name at the time; empty where it was nobody's account
    through: Mapped[Through] = mapped_column(word(Through))
    deed: Mapped[str] = mapped_column(String(60))  # "study opened", "session excluded"
    study_id: Mapped[int | None]
    job_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_audit_entries_study_id_at", "study_id", "at"),)


class Login(Base):
    """One signed-in browser; revocable, because the cookie is only its key."""

    __tablename__ = "logins"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)  # sha256 of the cookie's token
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    # by a link that signs in once, with no password set since
    by_link: Mapped[bool] = mapped_column(default=False, server_default=false())


class LoginLink(Base):
    """A link that signs in once, for the first account and for forgotten passwords."""

    __tablename__ = "login_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A key with which a script acts for an account, within the scopes written on it; shown once, kept as a digest."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))  # what it is for, in its owner's words
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedAttempt(Base):
    """A wrong password or token. Only failures are counted: a whole lab shares one address and signs in at nine."""

    __tablename__ = "failed_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(String(40))  # which lock was tried: "login", "token"
    who: Mapped[str] = mapped_column(String(64))  # a keyed digest: neither names typed wrongly nor addresses are kept
    at: Mapped[datetime]
    __table_args__ = (Index("ix_failed_attempts_door_who_at", "door", "who", "at"),)

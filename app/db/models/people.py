"""Those who sign in at the desk. Subjects never do: see ``sessions.py``."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class Account(Base):
    """A person who may sign in at the desk."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2; None until a one-time link set one
    created_at: Mapped[datetime]


class Login(Base):
    """One signed-in browser; revocable, because the cookie is only its key."""

    __tablename__ = "logins"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)  # sha256 of the cookie's token
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


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

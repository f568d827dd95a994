"""Links and cookies, derived from the installation's secret: shown again at any time, and stored nowhere.

A link names a number, and numbers are given again after a backup was restored. So what a link proves is the key of the
row, too, which is drawn when the row is written.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TypeVar

from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.models import Study, Subject
from app.errors import NotFound
from app.studies import states

_MAC_CHARACTERS = 22  # 132 bits
_LARGEST_ID = 2**31 - 1  # what every database takes as a number

Row = TypeVar("Row", Study, Subject)


class BadLink(NotFound):
    """This installation never made the link, or its subject is gone."""

    def __init__(self) -> None:
        super().__init__(
            "This link does not lead to a study. Links break when they are cut short",
            "copy the whole link again, or ask the person who sent it to you for a new one",
        )


def public_token(database: Database, secret: bytes, study_id: int) -> str:
    """The token of the link that anybody may join the study with; raises ``StudyNotFound``."""
    return _token(secret, "public", study_id, _key_of(database, study_id))


def pilot_token(database: Database, secret: bytes, study_id: int) -> str:
    """The token of the link for trying the study: what is answered behind it is kept, and never counted.

    Raises ``StudyNotFound``.
    """
    return _token(secret, "pilot", study_id, _key_of(database, study_id))


def personal_token(secret: bytes, subject_id: int, link_key: str | None) -> str:
    """The token of one subject's own link, which resumes on any device."""
    return _token(secret, "personal", subject_id, link_key)


def public_link(database: Database, secret: bytes, study_id: int, address: str) -> str:
    """The link with which anybody may join the study, on the server at that address; raises ``StudyNotFound``."""
    return f"{address}/join/{public_token(database, secret, study_id)}"


def pilot_link(database: Database, secret: bytes, study_id: int, address: str) -> str:
    """The link for trying the study, on the server at that address; raises ``StudyNotFound``."""
    return f"{address}/join/{pilot_token(database, secret, study_id)}"


def read_public(db: OrmSession, secret: bytes, token: str) -> Study:
    """The study that a public link leads to; raises ``BadLink``."""
    return _proved(secret, "public", db.get(Study, _number(token)), token)


def read_pilot(db: OrmSession, secret: bytes, token: str) -> Study:
    """The study that a pilot link leads to; raises ``BadLink``."""
    return _proved(secret, "pilot", db.get(Study, _number(token)), token)


def read_personal(db: OrmSession, secret: bytes, token: str) -> Subject:
    """The subject whom a personal link belongs to; raises ``BadLink``."""
    return _proved(secret, "personal", db.get(Subject, _number(token)), token)


def cookie_value(secret: bytes, session_token: str) -> str:
    """What the browser that holds a session must present beside its address."""
    return _mac(secret, f"cookie:{session_token}")


def cookie_agrees(secret: bytes, session_token: str, cookie: str | None) -> bool:
    """Whether the cookie is the one of this session; on a shared computer it may be another subject's."""
    return cookie is not None and hmac.compare_digest(cookie_value(secret, session_token).encode(), cookie.encode())


def _key_of(database: Database, study_id: int) -> str | None:
    with database.read() as db:
        return states.find(db, study_id).link_key


def _token(secret: bytes, purpose: str, number: int, key: str | None) -> str:
    """Rows without a key were written before there were any; the links to them that are out hold."""
    said = f"{purpose}:{number}" if key is None else f"{purpose}:{number}:{key}"
    return f"{number}.{_mac(secret, said)[:_MAC_CHARACTERS]}"


def _number(token: str) -> int:
    digits, _, _ = token.partition(".")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(_LARGEST_ID))):
        raise BadLink
    number = int(digits)
    if number > _LARGEST_ID:
        raise BadLink
    return number


def _proved(secret: bytes, purpose: str, row: Row | None, token: str) -> Row:
    if row is None:
        raise BadLink
    if not hmac.compare_digest(
        _token(secret, purpose, row.id, row.link_key).encode(), token.encode(errors="replace")
    ):  # fmt: skip
        raise BadLink
    return row


def _mac(secret: bytes, message: str) -> str:
    return urlsafe_b64encode(hmac.new(secret, message.encode(errors="replace"), sha256).digest()).decode().rstrip("=")

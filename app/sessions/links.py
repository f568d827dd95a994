"""Links and cookies, derived from the installation's secret: shown again at any time, and stored nowhere."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from app.errors import NotFound

_MAC_CHARACTERS = 22  # 132 bits
_LONGEST_ID = 18  # digits


class BadLink(NotFound):
    """This installation never made the link, or its subject is gone."""

    def __init__(self) -> None:
        super().__init__(
            "This link does not lead to a study. Links break when they are cut short",
            "copy the whole link again, or ask the person who sent it to you for a new one",
        )


def public_token(secret: bytes, study_id: int) -> str:
    """The token of the link that anybody may join the study with."""
    return _token(secret, "public", study_id)


def pilot_token(secret: bytes, study_id: int) -> str:
    """The token of the link for trying the study: what is answered behind it is kept, and never counted."""
    return _token(secret, "pilot", study_id)


def personal_token(secret: bytes, subject_id: int) -> str:
    """The token of one subject's own link, which resumes on any device."""
    return _token(secret, "personal", subject_id)


def public_link(secret: bytes, study_id: int, address: str) -> str:
    """The link with which anybody may join the study, on the server at that address."""
    return f"{address}/join/{public_token(secret, study_id)}"


def pilot_link(secret: bytes, study_id: int, address: str) -> str:
    """The link for trying the study, on the server at that address."""
    return f"{address}/join/{pilot_token(secret, study_id)}"


def read_public(secret: bytes, token: str) -> int:
    """The study that a public link leads to; raises ``BadLink``."""
    return _read(secret, "public", token)


def read_pilot(secret: bytes, token: str) -> int:
    """The study that a pilot link leads to; raises ``BadLink``."""
    return _read(secret, "pilot", token)


def read_personal(secret: bytes, token: str) -> int:
    """The subject whom a personal link belongs to; raises ``BadLink``."""
    return _read(secret, "personal", token)


def cookie_value(secret: bytes, session_token: str) -> str:
    """What the browser that holds a session must present beside its address."""
    return _mac(secret, f"cookie:{session_token}")


def cookie_agrees(secret: bytes, session_token: str, cookie: str | None) -> bool:
    """Whether the cookie is the one of this session; on a shared computer it may be another subject's."""
    return cookie is not None and hmac.compare_digest(cookie_value(secret, session_token).encode(), cookie.encode())


def _token(secret: bytes, purpose: str, number: int) -> str:
    return f"{number}.{_mac(secret, f'{purpose}:{number}')[:_MAC_CHARACTERS]}"


def _read(secret: bytes, purpose: str, token: str) -> int:
    digits, _, _ = token.partition(".")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID):
        raise BadLink
    if not hmac.compare_digest(_token(secret, purpose, int(digits)).encode(), token.encode(errors="replace")):
        raise BadLink
    return int(digits)


def _mac(secret: bytes, message: str) -> str:
    return urlsafe_b64encode(hmac.new(secret, message.encode(errors="replace"), sha256).digest()).decode().rstrip("=")

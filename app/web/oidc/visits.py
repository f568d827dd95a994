"""A browser on its way to the issuer and back: what it has to bring along stands in a cookie of its own.

The cookie is signed and lives for ten minutes. Whoever comes back without it, with that of another browser or of an
earlier visit is not let in, whatever code they bring: so nobody is signed in by another's link.
"""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from app import clock
from app.errors import Forbidden

COOKIE = "beholder_oidc"
LIVES_FOR = timedelta(minutes=10)


class VisitOver(Forbidden):
    """The sign-in was not begun in this browser, or too long ago, or is through."""

    def __init__(self) -> None:
        super().__init__(
            "This sign-in was not begun in this browser, was begun more than ten minutes ago, or has been used",
            "begin again here",
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """One way to the issuer and back."""

    state: str  # comes back in the address
    nonce: str  # comes back in what the issuer signs
    verifier: str  # shown with the code alone (PKCE)
    at: float  # seconds since 1970
    target: str  # the desk's page to go on to
    invitation: str = ""  # the key of one, where the visit began at its page
    link: str = ""  # the key of a link that signs in once, likewise
    name: str = ""  # that an account is to have which the visit makes
    binds: int = 0  # the login at the desk that binds its own account to whoever is vouched for; 0 for none

    @classmethod
    def begun(cls, target: str, *, invitation: str = "", link: str = "", name: str = "", binds: int = 0) -> "Visit":
        """A new visit with new keys."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, clock.now().timestamp(), target, invitation, link, name, binds)

    def login_token(self, secret: bytes) -> str:
        """The one token that this visit's login can have: the table takes it once, and so the visit is used once."""
        return hmac.new(secret, f"login of a visit: {self.verifier}".encode(), hashlib.sha256).hexdigest()


def sealed(secret: bytes, visit: Visit) -> str:
    """The cookie for a visit."""
    return _serializer(secret).dumps(asdict(visit))


def unsealed(secret: bytes, cookie: str | None, state: str) -> Visit:
    """The visit that the cookie is of, and the address too; raises ``VisitOver``."""
    try:
        visit = Visit(**_serializer(secret).loads(cookie or ""))
    except (BadSignature, TypeError):
        raise VisitOver from None
    age = clock.now().timestamp() - visit.at
    if not hmac.compare_digest(visit.state.encode(), state.encode("utf-8", "replace")):
        raise VisitOver
    if not 0 <= age < LIVES_FOR.total_seconds():
        raise VisitOver
    return visit


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="beholder.oidc", signer_kwargs={"digest_method": hashlib.sha256})

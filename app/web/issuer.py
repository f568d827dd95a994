"""What the issuer answers: its description, its keys, and tokens for a code; nothing else here asks a stranger."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import from_json

from app import clock
from app.errors import AppError, Forbidden
from app.issuer_settings import is_private
from app.settings import Settings
from app.turns import Turns

LARGEST = 500_000  # bytes of a reply
PATIENCE = 5.0  # seconds for each step of a reply
WHOLE_PATIENCE = 10.0  # seconds for all of it
_KEPT = timedelta(hours=1)  # a description and its keys
_KEYS_KEPT = timedelta(seconds=30)  # at least, however many tokens name a key that is not among them


class AuthlibMissing(AppError):
    """Signing in by an issuer is set up, and what verifies its tokens is not installed."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "BEHOLDER_OIDC_ISSUER is set, and Authlib, which verifies what an issuer says, is not installed",
            "run `pip install '.[oidc]'` in Beholder's checkout, or unset the variables that begin with BEHOLDER_OIDC",
        )


class BadIssuerSecret(AppError):
    """The file of the issuer's secret cannot be used."""

    status = 503

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"The secret in BEHOLDER_OIDC_SECRET_FILE ({path}) cannot be used: {why}.",
            "write the secret that the issuer gave into it, in one line that this program may read",
        )


class IssuerSilent(AppError):
    """The issuer does not answer as an issuer does."""

    status = 503

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} does not answer as it should", "try again in a minute, or sign in another way")


class IssuerBusy(AppError):
    """More people sign in by the issuer at once than it is asked about."""

    status = 429

    def __init__(self) -> None:
        super().__init__("Too many people are signing in at this moment", "try again in a few seconds")


class NotVouchedFor(Forbidden):
    """The issuer vouches for nobody with this code."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} did not vouch for you, or not in a way that can be believed", "sign in again")


@dataclass(frozen=True, slots=True)
class Registered:
    """How the issuer knows this server, and what its people are called here."""

    issuer: str
    client: str
    secret: str
    name: str  # of the issuer, as people know it


class Description(BaseModel):
    """What an issuer tells of itself (OpenID Connect Discovery)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    @field_validator("authorization_endpoint", "token_endpoint", "jwks_uri")
    @classmethod
    def _private(cls, value: str) -> str:
        if not is_private(value.partition("?")[0]):
            raise ValueError("must be https")
        return value


class Tokens(BaseModel):
    """What a code is exchanged for; of the rest nothing is read."""

    model_config = ConfigDict(frozen=True)

    id_token: str = Field(repr=False)
    access_token: str = Field("", repr=False)


class Issuer:
    """The issuer that the settings name, with what it said last."""

    def __init__(self, registered: Registered) -> None:
        self.registered = registered
        self.name = registered.name
        # Whoever waits for the issuer holds a thread that votes need: two ask, and four wait half a second.
        self._turns = Turns(at_once=2, waiting=4, patience=0.5, refusal=IssuerBusy)
        self._described: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, dict[str, Any]] | None = None

    def description(self) -> Description:
        """Where the issuer is asked for what; raises ``IssuerSilent`` and ``IssuerBusy``, as all that asks it."""
        if self._described is None or not _fresh(self._described[0], _KEPT):
            address = self.registered.issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                told = Description.model_validate(self._asked(address))
            except ValidationError:
                raise IssuerSilent(self.name) from None
            if told.issuer != self.registered.issuer:  # it would vouch in another's name
                raise IssuerSilent(self.name)
            self._described = (clock.now(), told)
        return self._described[1]

    def keys(self, *, again: bool = False) -> dict[str, Any]:
        """The issuer's key set; ``again`` asks anew, because a token names a key that is not in it."""
        if self._keys is None or not _fresh(self._keys[0], _KEYS_KEPT if again else _KEPT):
            self._keys = (clock.now(), self._asked(self.description().jwks_uri))
        return self._keys[1]

    def tokens(self, code: str, verifier: str, back: str) -> Tokens:
        """What the issuer gives for the code, once; raises ``NotVouchedFor`` where it gives nothing."""
        told, known = self.description(), self.registered
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": back}
        auth = None
        if "client_secret_basic" in told.token_endpoint_auth_methods_supported:
            auth = (quote(known.client, safe=""), quote(known.secret, safe=""))  # so encoded by RFC 6749, section 2.3.1
        else:
            form |= {"client_id": known.client, "client_secret": known.secret}
        try:
            return Tokens.model_validate(self._asked(told.token_endpoint, form, auth))
        except ValidationError:  # also says what was given, which nobody may read
            raise NotVouchedFor(self.name) from None

    def _asked(
        self, address: str, form: dict[str, str] | None = None, auth: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}  # a small reply that unpacks to a large
        until = time.monotonic() + WHOLE_PATIENCE
        try:
            with self._turns.take(), httpx2.Client(timeout=PATIENCE, follow_redirects=False) as http:
                asked = http.build_request("POST" if form else "GET", address, data=form, headers=headers)
                reply = http.send(asked, auth=auth, stream=True)
                try:
                    told = from_json(b"".join(self._pieces(reply, until)))
                finally:
                    reply.close()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            raise IssuerSilent(self.name) from None
        if form and reply.status_code in (400, 401, 403):
            raise NotVouchedFor(self.name)
        if reply.status_code != 200 or not isinstance(told, dict):
            raise IssuerSilent(self.name)
        return told

    def _pieces(self, reply: httpx2.Response, until: float) -> Iterator[bytes]:
        size = 0
        for piece in reply.iter_raw():
            size += len(piece)
            if size > LARGEST or time.monotonic() > until:
                raise IssuerSilent(self.name)
            yield piece


def configured(settings: Settings) -> Issuer | None:
    """The issuer of the settings, where they name one; raises ``AuthlibMissing`` and ``BadIssuerSecret``."""
    if not settings.oidc_issuer:
        return None
    if find_spec("authlib") is None:
        raise AuthlibMissing
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or settings.oidc_issuer
    return Issuer(Registered(settings.oidc_issuer, settings.oidc_client, _secret(settings), name))


def _secret(settings: Settings) -> str:
    if settings.oidc_secret:
        return settings.oidc_secret
    path = settings.oidc_secret_file
    try:
        kept = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise BadIssuerSecret(path, "it is no text") from None
    except OSError as error:
        raise BadIssuerSecret(path, error.strerror or str(error)) from None
    if not kept or not kept.isprintable():
        raise BadIssuerSecret(path, "it holds no single line" if kept else "it is empty")
    return kept


def _fresh(at: datetime, lasts: timedelta) -> bool:
    return at <= clock.now() < at + lasts

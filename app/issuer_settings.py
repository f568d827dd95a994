"""What an operator may set about signing in by an OpenID Connect issuer: the accounts that a university has anyhow."""

from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

_NEEDED = {"oidc_issuer": "BEHOLDER_OIDC_ISSUER", "oidc_client": "BEHOLDER_OIDC_CLIENT"}
_SECRETS = "BEHOLDER_OIDC_SECRET or BEHOLDER_OIDC_SECRET_FILE"


class IssuerSettings(BaseSettings):
    """The part of the settings that docs/sign-in.md explains; all of it is empty where nobody signs in that way."""

    oidc_issuer: str = Field(
        "", description="Address of an OpenID Connect issuer that people may sign in by; empty means by none."
    )
    oidc_client: str = Field("", description="The id under which that issuer knows this server.")
    oidc_secret: str = Field("", repr=False, description="The secret that the issuer gave with that id.")
    oidc_secret_file: str = Field("", description="File that holds this secret, so that no environment does.")
    oidc_name: str = Field("", description="What the button calls the issuer; empty means its host.")
    oidc_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="E-mail domains, separated by commas, whose people need no invitation; empty means that all do."
    )
    oidc_rights: Annotated[tuple[Literal["creates", "launches"], ...], NoDecode] = Field(
        (), description="Rights that their accounts begin with: creates, launches, or both with a comma between."
    )

    @field_validator("oidc_domains", "oidc_rights", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(one.strip() for one in value.split(",") if one.strip()) if isinstance(value, str) else value

    @field_validator("oidc_issuer")
    @classmethod
    def _vouches_in_private(cls, value: str) -> str:
        if value and not is_private(value):
            raise ValueError(
                "must begin with https:// and a name (http:// only on this machine), without user and query"
            )
        return value

    @field_validator("oidc_domains")
    @classmethod
    def _are_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if "." not in name.strip(".") or not name.isascii() or set(name) & set("@*/: "):
                raise ValueError(f"must hold domains such as lab.example, each in full: {name!r} is none")
        return tuple(name.lower() for name in value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not any(getattr(self, name) for name in IssuerSettings.model_fields):
            return self
        missing = [variable for name, variable in _NEEDED.items() if not getattr(self, name)]
        if not (self.oidc_secret or self.oidc_secret_file):
            missing.append(_SECRETS)
        if missing:
            raise ValueError(f"Signing in by an issuer also needs {' and '.join(missing)}")
        if self.oidc_secret and self.oidc_secret_file:
            raise ValueError(f"Either of {_SECRETS} says the secret, and both are set")
        return self


def parts_of(address: str) -> SplitResult:
    """Scheme, host and path of an address; raises ``ValueError`` where it is none."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - read only here, because it raises where it is no number
    except ValueError:
        raise ValueError("is no address: see that its brackets close and its port is a number") from None
    return parts


def is_private(address: str) -> bool:
    """Whether what is sent to this address of an issuer can be read by nobody on the way."""
    try:
        parts = parts_of(address)
    except ValueError:
        return False
    plain = parts.username is None and not parts.fragment and "?" not in address and address.isprintable()
    return (
        plain and bool(parts.hostname) and (parts.scheme == "https" or _on_this_machine(parts.scheme, parts.hostname))
    )


def _on_this_machine(scheme: str, host: str | None) -> bool:
    try:
        return scheme == "http" and (host == "localhost" or ip_address(host or "").is_loopback)
    except ValueError:
        return False

"""What an operator may set; built once by each command and passed in, never imported as a global."""

import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from app.errors import AppError
from app.issuer_settings import IssuerSettings, parts_of

PREFIX = "BEHOLDER_"
_SECRET = re.compile(r"[0-9a-fA-F]{64}")
_DAY = 86_400
_MOST = {
    "threads": (4096, "no machine has more cores"),
    "cpu_jobs": (4096, "no machine has more cores"),
    "lease_seconds": (_DAY, "a job whose worker is gone waits that long"),
    "heartbeat_seconds": (_DAY / 2, "a lease lasts at least two heartbeats, and at most a day"),
    "checkpoint_seconds": (_DAY, "a power cut costs the work of that time"),
    "login_hours": (8760, "that is a year, and browsers forget a login soon after"),
}
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_GPUS = re.compile(r"auto|none|[0-9]+(\s*[,+]\s*[0-9]+)*")
_DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg", "postgres")
_STORES = ("file", "memory", "s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss", "http", "https")


class BadSecret(AppError):
    """The file of the secret does not hold what was written into it."""

    status = 503

    def __init__(self, path: Path, why: str = "it is not the 64 hexadecimal digits that were written") -> None:
        super().__init__(
            f"The secret in {path} cannot be used ({why})",
            "put it back from the backup; without one, move the file away: the next start makes another secret, and "
            "links that were handed out hold no longer",
        )


class Settings(IssuerSettings):
    """Every setting, each from the environment variable ``BEHOLDER_<NAME>``; docs/settings.md lists them.

    What a validator says follows the variable's name in a sentence (``BadSettings``); it repeats no URL of a database
    or a store, because those hold passwords.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, str_strip_whitespace=True
    )

    data_dir: Path = Field(Path("data"), description="Folder of the database, the pictures, the runs and the secret.")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite inside the data folder.")
    media_url: str = Field(
        "", description="Where pictures and checkpoints are kept; empty means inside the data folder."
    )
    weights: str = Field(
        "", description="Folder of the weights of learned measures; empty means inside the data folder."
    )
    host: str = Field("127.0.0.1", description="Address the server binds to; loopback unless told otherwise.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server binds to; 0 takes a free one.")
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names, separated by commas, under which the server may be addressed, besides loopback."
    )
    base_url: str = Field("", description="Address printed in links; empty means the address the server binds to.")
    gpus: str = Field(
        "auto", description="Devices the worker uses: auto, none, or indices such as 0,1; 0+1 are two for one job."
    )
    threads: int = Field(
        0, ge=0, description="CPU threads of one job without a GPU; 0 means as many as its network keeps busy."
    )
    cpu_jobs: int = Field(
        1, ge=1, description="Jobs that a worker without a GPU does at once; they share the cores evenly."
    )
    lease_seconds: float = Field(
        90.0, gt=0, allow_inf_nan=False, description="How long a worker may be silent before its job is taken up again."
    )
    heartbeat_seconds: float = Field(
        15.0, gt=0, allow_inf_nan=False, description="How often a worker renews the lease of a running job."
    )
    checkpoint_seconds: float = Field(
        300.0, ge=0, allow_inf_nan=False, description="How often a running training saves a checkpoint."
    )
    login_hours: float = Field(12.0, gt=0, allow_inf_nan=False, description="How long an admin login lasts.")
    log_form: Literal["console", "json"] = Field("console", description="Log lines for a person or for a machine.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The quietest level that is written."
    )

    @field_validator("hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_host(name) for name in value)

    @field_validator("host")
    @classmethod
    def _bindable(cls, value: str) -> str:
        return _host(value)

    @field_validator("data_dir")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        path = value.expanduser().resolve()
        there = next(part for part in (path, *path.parents) if part.exists())
        if not there.is_dir():
            raise ValueError(f"must name a folder, but {there} is a file")
        return path

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = parts_of(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None):
            raise ValueError("must begin with http:// or https:// and a name, such as https://lab.example")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must end with the name and the port: Beholder's pages lie at the top of their address")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        parts = parts_of(value)
        if value and parts.scheme not in _DATABASES:
            raise ValueError("must begin with postgresql:// or sqlite:///, or be empty for SQLite in the data folder")
        if parts.scheme.startswith("sqlite") and (parts.netloc or not parts.path.strip("/")):
            raise ValueError("must name a file after three slashes (sqlite:///folder/file), or four from the root")
        return value

    @field_validator("media_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        parts = parts_of(value)
        if value and parts.scheme not in _STORES:
            raise ValueError("must begin with file:///, s3://, gs:// or az://, or be empty for the data folder")
        if parts.scheme == "file" and (parts.netloc or not parts.path.strip("/")):
            raise ValueError("must name a folder from the root, after three slashes: file:///srv/beholder/media")
        if value and parts.scheme not in ("file", "memory") and not parts.netloc:
            raise ValueError(f"must name a bucket after {parts.scheme}://")
        return value

    @field_validator("gpus")
    @classmethod
    def _devices(cls, value: str) -> str:
        if not _GPUS.fullmatch(value):
            raise ValueError("must be auto, none, or indices such as 0,1 or 0+1")
        return value

    @field_validator(*_MOST)
    @classmethod
    def _sensible(cls, value: float, told: ValidationInfo) -> float:
        most, because = _MOST[told.field_name or ""]
        if value > most:
            raise ValueError(f"is {value:g}, and must be at most {most:g}: {because}")
        return value

    @field_validator("heartbeat_seconds")
    @classmethod
    def _beats_twice(cls, value: float, told: ValidationInfo) -> float:
        lease = told.data.get("lease_seconds", 2 * value)
        if lease < 2 * value:
            raise ValueError(
                f"is {value:g}, and BEHOLDER_LEASE_SECONDS is {lease:g}: a lease lasts at least two heartbeats, "
                "or a job is taken from a worker that is well"
            )
        return value

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{quote(str(self.data_dir / 'beholder.sqlite3'))}"

    @property
    def media(self) -> str:
        """The URL of the content-addressed store."""
        return self.media_url or (self.data_dir / "media").as_uri()

    @property
    def public_media(self) -> str:
        """The store's URL as it may be shown: without what could be a key."""
        parts = urlsplit(self.media)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()

    @property
    def runs(self) -> Path:
        """The folder in which each attempt at a job has a folder of its own."""
        return self.data_dir / "runs"

    @property
    def weights_folder(self) -> Path:
        """The folder in which weights of measures are looked for first, and kept when they are fetched."""
        return Path(self.weights).expanduser().resolve() if self.weights else self.data_dir / "weights"

    @property
    def address(self) -> str:
        """The address that printed links begin with, without a slash at the end."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in ("127.0.0.1", "0.0.0.0", "::"):  # loopback, and every address of either family
            name = "localhost"
        return (self.base_url or f"http://{name}:{self.port}").rstrip("/")

    def make_data_dir(self) -> None:
        """The data folder is there; where it was not, it is its owner's alone, because the votes are in it."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    def kept_secret(self) -> bytes | None:
        """The installation's secret; None where none was made yet. Raises ``BadSecret``."""
        path = self.data_dir / "secret"
        try:
            kept = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise BadSecret(path) from None
        except OSError as error:
            raise BadSecret(path, error.strerror or str(error)) from error
        if not _SECRET.fullmatch(kept):
            raise BadSecret(path)  # links made of an empty one could be forged by everybody
        return bytes.fromhex(kept)

    def secret(self) -> bytes:
        """The installation's secret, made at first use in ``data_dir/secret`` and readable by its owner alone.

        Links, picture addresses and login cookies are derived from it: whoever loses it invalidates them all.
        """
        kept = self.kept_secret()
        if kept is not None:
            return kept
        self.make_data_dir()
        path = self.data_dir / "secret"
        aside = path.with_name(f"secret.{secrets.token_hex(8)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)  # fails where another process was first: its secret stands
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        return self.secret()


def _host(name: str) -> str:
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        if _NAME.fullmatch(name):
            return name
    raise ValueError(f"must hold names or addresses alone, without scheme, port or path: {name!r} is none")

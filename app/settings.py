"""What an operator may set; built once by each command and passed in, never imported as a global."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, each from the environment variable ``BEHOLDER_<NAME>``; docs/settings.md lists them."""

    model_config = SettingsConfigDict(env_prefix="BEHOLDER_", frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data"), description="Folder of the database, the pictures, the runs and the secret.")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite inside the data folder.")
    media_url: str = Field(
        "", description="Where pictures and checkpoints are kept; empty means inside the data folder."
    )
    host: str = Field("127.0.0.1", description="Address the server binds to; loopback unless told otherwise.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server binds to; 0 takes a free one.")
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names, separated by commas, under which the server may be addressed, besides loopback."
    )
    base_url: str = Field("", description="Address printed in links; empty means the address the server binds to.")
    gpus: str = Field("auto", description="Devices the worker uses: auto, none, or indices such as 0,1.")
    threads: int = Field(
        0, ge=0, description="CPU threads of one job without a GPU; 0 means as many as its network keeps busy."
    )
    lease_seconds: float = Field(
        90.0, gt=0, description="How long a worker may be silent before its job is taken up again."
    )
    heartbeat_seconds: float = Field(15.0, gt=0, description="How often a worker renews the lease of a running job.")
    checkpoint_seconds: float = Field(300.0, ge=0, description="How often a running training saves a checkpoint.")
    login_hours: float = Field(12.0, gt=0, description="How long an admin login lasts.")
    log_form: Literal["console", "json"] = Field("console", description="Log lines for a person or for a machine.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The quietest level that is written."
    )

    @field_validator("hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{quote(str(self.data_dir / 'beholder.sqlite3'))}"

    @property
    def media(self) -> str:
        """The URL of the content-addressed store."""
        return self.media_url or (self.data_dir / "media").as_uri()

    @property
    def runs(self) -> Path:
        """The folder in which each attempt at a job has a folder of its own."""
        return self.data_dir / "runs"

    @property
    def address(self) -> str:
        """The address that printed links begin with, without a slash at the end."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in ("127.0.0.1", "0.0.0.0", "::"):  # loopback, and every address of either family
            name = "localhost"
        return (self.base_url or f"http://{name}:{self.port}").rstrip("/")

    def secret(self) -> bytes:
        """The installation's secret, made at first use in ``data_dir/secret`` and readable by its owner alone.

        Links, picture addresses and login cookies are derived from it: whoever loses it invalidates them all.
        """
        path = self.data_dir / "secret"
        try:
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            self.data_dir.mkdir(parents=True, exist_ok=True)
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

"""Commands run as a person runs them."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from app.settings import Settings

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The environment of a command: an installation of its own, on the CPU."""
    where = {"BEHOLDER_DATA_DIR": str(settings.data_dir), "BEHOLDER_DATABASE_URL": settings.database_url}
    return os.environ | where | {"BEHOLDER_GPUS": "none"}


@pytest.fixture
def beholder(environment: dict[str, str]) -> Run:
    """``beholder`` with these arguments and settings, to its end."""

    def run(*arguments: str, text: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            env=environment | {f"BEHOLDER_{name}": value for name, value in variables.items()},
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run

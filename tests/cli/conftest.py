"""Commands run as a person runs them."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from app.settings import Settings
from tests.warm import Commands

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The environment of a command: an installation of its own, on the CPU."""
    where = {"BEHOLDER_DATA_DIR": str(settings.data_dir), "BEHOLDER_DATABASE_URL": settings.database_url}
    return os.environ | where | {"BEHOLDER_GPUS": "none"}


@pytest.fixture
def beholder(environment: dict[str, str], commands: Commands) -> Run:
    """``beholder`` with these arguments and settings, to its end, in a process of its own that need not load much."""

    def run(*arguments: str, text: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        more = {f"BEHOLDER_{name}": value for name, value in variables.items()}
        return commands.run(arguments, environment | more, text=text)

    return run


@pytest.fixture
def from_nothing(environment: dict[str, str]) -> Run:
    """The same as ``beholder``, in a Python that a person would have started."""

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

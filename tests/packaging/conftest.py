"""The wheel that several files look at, built once."""

import fcntl
import os
from pathlib import Path

import pytest

from tests.packaging import elsewhere


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout; of several xdist workers the first builds it, and the others wait for it."""
    ours = tmp_path_factory.getbasetemp()
    folder = (ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / "wheel"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = list(folder.glob("*.whl"))
        return found[0] if found else elsewhere.wheel(folder)

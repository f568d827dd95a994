"""Folders of pictures, right and wrong."""

from pathlib import Path

import pytest

from app.db import Database
from app.studies import service
from app.studies.protocol import Protocol
from tests.studies.pictures import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tasks, three conditions, three scenes, references and degraded inputs: nothing wrong with it."""
    return fill(tmp_path / "stimuli")


@pytest.fixture
def draft(database: Database) -> int:
    """The number of an empty draft whose protocol suits the folder."""
    return service.create(database, "Restoration", Protocol(catch_trials=3), seed=7)

"""An installation that ``beholder doctor`` looks at."""

from pathlib import Path

import pytest

from app.cli._doctor import machine
from app.db import Database
from app.db.models import Side
from app.media import Media
from app.sessions.enrol import begin
from app.sessions.links import public_token
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.votes import Answer, record_vote
from app.settings import Settings
from app.studies import moves, service, stimuli
from app.studies.fields import Gate
from app.studies.protocol import Protocol
from tests.studies.pictures import fill


@pytest.fixture
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose processes are not started: that takes seconds, and has tests of its own."""
    monkeypatch.setattr(machine, "_child", lambda argv: ('["2.0", 0, 1]', ""))


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch, quiet_machine: None) -> Settings:
    """The environment names the installation of this test."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("BEHOLDER_GPUS", "none")
    return settings


@pytest.fixture
def study(here: Settings, database: Database, media: Media, tmp_path: Path) -> int:
    here.data_dir.chmod(0o700)
    number = service.create(
        database, "Looked at", Protocol(catch_trials=2, questionnaire=(), display_gate=Gate.OFF), seed=1
    )
    stimuli.ingest_folder(database, media, number, fill(tmp_path / "stimuli"))
    moves.open_study(database, media, number)
    token = begin(database, here.secret(), public_token(database, here.secret(), number))
    consent(database, token, view(database, token).consent_hash)
    start_block(database, token)
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 900))
    return number

"""``beholder doctor`` finds what is wrong, and says so by its exit code."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import program
from app.db import Database
from app.db.models import Side
from app.media import Media
from app.sessions.enrol import begin
from app.sessions.links import public_token
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.votes import Answer, record_vote
from app.settings import Settings
from app.studies import inventory, service, stimuli
from app.studies.protocol import Protocol
from tests.db.triggers import allow_changes
from tests.studies.pictures import fill


@pytest.fixture
def study(settings: Settings, database: Database, media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    number = service.create(database, "Looked at", Protocol(catch_trials=2), seed=1)
    stimuli.ingest_folder(database, media, number, fill(tmp_path / "stimuli"))
    service.open_study(database, media, number)
    token = begin(database, settings.secret(), public_token(settings.secret(), number))
    consent(database, token, view(database, token).consent_hash)
    start_block(database, token)
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 900))
    return number


@pytest.mark.usefixtures("study")
def test_a_healthy_installation_is_called_well() -> None:
    result = CliRunner().invoke(program(), ["doctor", "--verify"])
    assert result.exit_code == 0, result.output
    assert "ill" not in [line.split()[0] for line in result.output.splitlines()]
    assert "1 sessions and their votes are as written" in result.output


def test_a_lost_picture_is_named(study: int, settings: Settings, database: Database) -> None:
    with database.read() as db:
        digest = inventory.load(db, study)[0].pairs(inventory.load(db, study)[0].scenes[0])[0][0].digest
    (settings.data_dir / "media" / digest[:2] / digest[2:]).unlink()
    result = CliRunner().invoke(program(), ["doctor"])
    assert result.exit_code == 1
    assert digest in result.output


@pytest.mark.usefixtures("study")
def test_an_edited_vote_is_found(database: Database) -> None:
    with database.write() as db:
        allow_changes(db)
        db.execute(text("UPDATE votes SET side = 'right' WHERE id = 1"))
    result = CliRunner().invoke(program(), ["doctor", "--verify"])
    assert result.exit_code == 1
    assert "vote 1 was edited" in result.output

"""docs/keeping-it-well.md is followed on an installation at work, and what it brings back is what there was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli._doctor import contents
from app.db import Database
from app.db.models import Side
from app.db.upkeep import Health
from app.media import Media
from app.sessions.enrol import begin
from app.sessions.links import public_token
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.votes import Answer, record_vote
from app.settings import Settings
from app.studies import moves, service, stimuli
from app.studies.fields import Gate
from app.studies.protocol import Protocol
from tests.docs import blocks, pages
from tests.studies.pictures import fill
from tests.warm import Commands


@pytest.fixture
def at_work(settings: Settings, database: Database, media: Media, tmp_path: Path) -> int:
    """A study with a session in it; the database stays open, as a server's does."""
    number = service.create(database, "Kept", Protocol(catch_trials=2, questionnaire=(), display_gate=Gate.OFF), seed=1)
    stimuli.ingest_folder(database, media, number, fill(tmp_path / "pictures"))
    moves.open_study(database, media, number)
    token = begin(database, settings.secret(), public_token(database, settings.secret(), number))
    consent(database, token, view(database, token).consent_hash)
    start_block(database, token)
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 900))
    return number


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        lines = sorted(connection.iterdump())
        later = ('INTO "accounts"', 'INTO "login_links"', "'account created'", "'sign-in link made'")
        return [line for line in lines if not any(one in line for one in later)]


@pytest.mark.sqlite_only
def test_an_installation_is_looked_at_backed_up_and_brought_back(
    at_work: int, settings: Settings, tmp_path: Path, commands: Commands
) -> None:
    came = blocks.follow(pages.read("keeping-it-well.md"), tmp_path, seconds=240, commands=commands)
    assert came.code == 0, came.complaint()
    assert dump(tmp_path / "restored" / "beholder.sqlite3") == dump(settings.data_dir / "beholder.sqlite3")
    restored = settings.model_copy(update={"data_dir": tmp_path / "restored"})
    assert restored.secret() == settings.secret()
    again = Database(restored.database)
    found = [*contents.pictures(again, Media(restored.media), verify=True), *contents.logs(again)]
    again.close()
    assert found
    assert {finding.state for finding in found} == {Health.WELL}


def test_the_page_names_every_check() -> None:
    judges = (*(pages.ROOT / "app/cli/_doctor").glob("*.py"), pages.ROOT / "app/jobs/attendance.py")
    source = "".join(path.read_text(encoding="utf-8") for path in judges)
    text = pages.read("keeping-it-well.md")
    checks = ("settings", "data folder", "secret", "disk", "database", "migrations", "store", "pictures", "photographs")
    checks += ("studies",)
    checks += ("votes", "backups", "clock", "login", "workers", "leases", "weights", "device", "engine")
    for check in checks:
        assert f'"{check}"' in source
        assert f"`{check}`" in text

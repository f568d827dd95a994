"""A picture that is deleted under a running study: the study pauses and says so, and no subject loses anything."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import Study, StudyState, Vote
from app.media import Media, MediaUnreachable
from app.sessions import links
from app.settings import Settings
from app.studies import moves, service, trouble
from tests.web import small_study
from tests.web.test_subject import begun, first_trial


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


@pytest.fixture
def subject(anonymous: TestClient) -> TestClient:
    anonymous.follow_redirects = True
    return anonymous


@pytest.fixture
def session(subject: TestClient, database: Database, settings: Settings, study: int) -> str:
    return begun(subject, f"/join/{links.public_token(database, settings.secret(), study)}")


def _files(settings: Settings) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in (settings.data_dir / "media").rglob("*") if file.is_file()}


def _row(database: Database, study: int) -> Study:
    with database.read() as db:
        return db.get_one(Study, study)


@pytest.mark.parametrize("damage", ["deleted", "cut short"])
def test_the_study_pauses_itself_and_names_the_picture(
    subject: TestClient, session: str, desk: TestClient, database: Database, settings: Settings, study: int,
    damage: str,
) -> None:  # fmt: skip
    trial: Any = first_trial(subject, session)
    for file, content in _files(settings).items():
        file.unlink()
        if damage == "cut short":
            file.write_bytes(content[:-1])
    for pane in ("left", "right", "reference"):  # as a page asks, and its row is written once
        assert subject.get(trial["pictures"][pane]).status_code == 503
    row = _row(database, study)
    assert row.state is StudyState.PAUSED
    assert row.trouble is not None
    assert row.trouble.endswith(f"in task {small_study.TASK} is gone from the store, or damaged.")
    for tab in ("monitor", "links", "stimuli"):
        page = desk.get(f"/admin/studies/{study}/{tab}").text
        assert "The study has paused itself." in page
        assert row.trouble in page
    stopped = subject.get(session).text
    assert small_study.TASK not in stopped
    assert "The study is paused" in stopped


def test_what_was_answered_already_is_taken_late(
    subject: TestClient, session: str, database: Database, settings: Settings
) -> None:
    trial: Any = first_trial(subject, session)
    for file in _files(settings):
        file.unlink()
    subject.get(trial["pictures"]["left"])
    assert subject.put(trial["vote"], json={"side": "left"}).status_code == 201
    with database.read() as db:
        assert db.scalars(select(Vote.late)).all() == [True]


def test_it_is_resumed_once_the_files_are_back_and_not_before(
    subject: TestClient, session: str, desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    trial: Any = first_trial(subject, session)
    files = _files(settings)
    for file in files:
        file.unlink()
    subject.get(trial["pictures"]["left"])
    refused = desk.post(f"/admin/studies/{study}/resume")
    assert refused.status_code == 409
    assert "Put the files back" in refused.text
    assert _row(database, study).state is StudyState.PAUSED
    for file, content in files.items():
        file.write_bytes(content[::-1])
    with pytest.raises(trouble.PicturesLost, match="and 7 more are gone"):  # as many bytes, and others
        trouble.resume(database, Media(settings.media), study)
    for file, content in files.items():
        file.write_bytes(content)
    assert desk.post(f"/admin/studies/{study}/resume").status_code == 200
    row = _row(database, study)
    assert (row.state, row.trouble) == (StudyState.OPEN, None)
    assert subject.get(trial["pictures"]["left"]).status_code == 200


def test_a_store_that_is_away_pauses_nothing(
    subject: TestClient, session: str, database: Database, media: Media, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial: Any = first_trial(subject, session)

    def away(self: Media, digest: str) -> None:
        raise MediaUnreachable(OSError("the disk is away"))

    monkeypatch.setattr(Media, "stream", away)
    assert subject.get(trial["pictures"]["left"]).status_code == 503
    assert _row(database, study).state is StudyState.OPEN


def test_a_study_that_was_paused_by_hand_is_resumed_without_a_look(
    database: Database, settings: Settings, study: int
) -> None:
    moves.pause(database, study)
    trouble.resume(database, Media("memory:///"), study)
    assert service.get(database, study).state is StudyState.OPEN

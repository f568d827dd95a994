"""The pages between two sittings, and of practice that is not passed."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from app.web.app import create_app
from tests.web import small_study
from tests.web.test_subject import begun, press, stage

pytestmark = pytest.mark.one_database


def _answer(client: TestClient, session: str, milliseconds: int) -> None:
    for trial in client.get(f"{session}/trials").json()["trials"]:
        client.put(trial["vote"], json={"side": "left", "elapsed_ms": milliseconds})


def test_a_sitting_ends_on_a_page_that_says_when_to_come_back(
    settings: Settings, database: Database, media: Media, tmp_path: Path
) -> None:
    folder = small_study.paint(tmp_path / "pictures")
    study = small_study.create(database, media, folder, practice_trials=0, sitting_minutes=5, rest_hours=12)
    join = f"/join/{links.public_token(database, settings.secret(), study)}"
    with TestClient(create_app(settings, database, media), base_url="http://localhost") as client:
        session = begun(client, join)
        told = client.get(f"{session}/trials").json()
        assert told["rest_after_ms"] == 300_000
        _answer(client, session, 300_000)
        page = client.get(session)
        assert stage(page) == "resting"
        assert "come back in 12 hours" in page.text
        assert not [form for form in read_page(page.text)[1] if form.step]
        assert client.get(f"{session}/trials").json()["trials"] == []
        refused = client.post(f"{session}/start")
        assert refused.status_code == 409
        assert "for as long as this study allows" in refused.text


def test_practice_is_tried_again_or_ends_the_session(
    settings: Settings, database: Database, media: Media, tmp_path: Path
) -> None:
    folder = small_study.paint(tmp_path / "pictures")
    study = small_study.create(database, media, folder, practice_pass=2, practice_attempts=2, allow_tie=True)
    join = f"/join/{links.public_token(database, settings.secret(), study)}"
    with TestClient(create_app(settings, database, media), base_url="http://localhost") as client:
        session = begun(client, join)
        for attempt in (1, 2):
            for trial in client.get(f"{session}/trials").json()["trials"]:
                client.put(trial["vote"], json={"side": "tie"})
            page = client.get(session)
            assert stage(page) == "practice_done"
            assert ("Practise again" in page.text) is (attempt == 1)
            after = press(client, page)
        assert stage(after) == "end"

"""The monitor over the API and on the command line tell the same numbers."""

from pathlib import Path

from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from tests.web import small_study
from tests.web.test_monitor import sit


def test_a_script_reads_the_numbers_and_the_alarms(
    api: TestClient, database: Database, media: Media, settings: Settings, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures)
    sit(database, settings, study, answers=4)
    told = api.get(f"/api/v1/studies/{study}/monitor").json()
    assert (told["started"], told["under_way"], told["valid"], told["answers"]) == (1, 1, 0, 2)
    assert all(alarm["kind"] == "disk nearly full" for alarm in told["alarms"])
    assert api.get("/api/v1/studies/99/monitor").status_code == 404

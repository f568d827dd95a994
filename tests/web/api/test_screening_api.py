"""The screening of subjects, as a script reads it."""

import csv
import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from tests.web import small_study
from tests.web.test_monitor import sit

pytestmark = pytest.mark.one_database


def test_scripts_are_told_the_same_as_the_table_says(
    api: TestClient, database: Database, media: Media, settings: Settings, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures)
    for _ in range(3):
        sit(database, settings, study)
    home = f"/api/v1/studies/{study}/results"
    told = api.get(f"{home}/subjects").json()
    rows = list(csv.DictReader(io.StringIO(api.get(f"{home}/subjects.csv").text)))
    assert len(rows) == 3
    assert [row["subject"] for row in rows] == [one["subject"] for one in told["subjects"]]
    for row, one in zip(rows, told["subjects"], strict=True):
        assert int(row["catch_failed"]) == one["catch_failed"]
        assert row["flags"].split() == one["flags"]
        assert (row["slope"] == "") == (one["slope"] is None)
        assert row["proposed"] == ("yes" if one["proposed"] else "no")
    assert {rule["flag"] for rule in told["rules"]} == {"slope", "likelihood", "catch", "side", "repeats", "times"}
    assert {(tau["one"], tau["other"]) for tau in told["kendall_tau"]} >= {("with all", "without excluded")}
    assert api.get(f"{home}?flagged=out").json()["flagged"] == "out"
    assert api.get(f"{home}?flagged=all").status_code == 422

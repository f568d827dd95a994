"""The part of the results about subjects: who is flagged, why, and what leaving them out would change."""

import csv
import io
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import checks
from app.settings import Settings
from tests.actors import somebody
from tests.web import small_study
from tests.web.test_monitor import looked_at, sit

pytestmark = pytest.mark.one_database


@pytest.fixture
def study(desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path) -> int:
    study = small_study.create(database, media, pictures)
    for _ in range(4):
        sit(database, settings, study)
    looked_at(desk, study)
    return study


def test_every_subject_stands_there_with_flags_in_words_and_a_way_to_exclude(
    desk: TestClient, database: Database, study: int
) -> None:
    home = f"/admin/studies/{study}"
    page = desk.get(f"{home}/results/subjects").text
    assert "subjects whose votes count" in page
    assert "Nobody is excluded by this page." in page
    assert "a random clicker passes with a probability of" in page
    assert "Kendall’s τ: with all and without excluded" in page
    sessions = checks.session_summaries(database, study)
    for session in sessions:
        assert f'href="{home}/sessions/{session.id}"' in page
        assert f'action="{home}/sessions/{session.id}/' in desk.get(f"{home}/sessions/{session.id}").text


def test_the_order_can_be_chosen_and_who_is_excluded_is_shown_as_such(
    desk: TestClient, database: Database, study: int
) -> None:
    session = checks.session_summaries(database, study)[0]
    if not session.excluded:
        checks.exclude(database, session.id, "A test.", somebody("ada"))
    pages = [desk.get(f"/admin/studies/{study}/results/subjects{query}") for query in ("", "?order=name")]
    names = [re.findall(r'<th scope="row">(\d+)', page.text.split('id="slopes"')[0]) for page in pages]
    assert names[1] == sorted(names[0])
    assert desk.get(f"/admin/studies/{study}/results/subjects?order=best").status_code == 422
    assert "excluded already" in pages[0].text
    assert re.search(rf'<th scope="row">{session.label}<span class="help">excluded: \w+</span>', pages[0].text)


def test_leaving_flagged_subjects_out_stands_in_every_link_and_file_name(desk: TestClient, study: int) -> None:
    page = desk.get(f"/admin/studies/{study}/results?flagged=out").text
    assert '<option value="out" selected>' in page
    assert re.search(r"rankings\.csv\?[^\"]*flagged=out", page)
    reply = desk.get(f"/admin/studies/{study}/results/rankings.csv?flagged=out")
    assert f'"study-{study}-without-flagged-rankings.csv"' in reply.headers["content-disposition"]
    assert desk.get(f"/admin/studies/{study}/results/subjects?flagged=maybe").status_code == 422


def test_tables_and_figure_can_be_taken_away(desk: TestClient, study: int) -> None:
    for name in ("subjects", "subject_agreement", "screening"):
        reply = desk.get(f"/admin/studies/{study}/results/{name}.csv?excluded=1")
        assert reply.status_code == 200
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        assert name != "subjects" or len(rows) == 4
    assert "results/slopes.svg" in desk.get(f"/admin/studies/{study}/results/subjects?excluded=1").text
    reply = desk.get(f"/admin/studies/{study}/results/slopes.svg?excluded=1")
    assert reply.status_code == 200
    assert reply.content.startswith(b"<?xml")


def test_a_study_nobody_answered_says_so(desk: TestClient, database: Database, media: Media, pictures: Path) -> None:
    study = small_study.create(database, media, pictures)
    looked_at(desk, study)
    page = desk.get(f"/admin/studies/{study}/results/subjects")
    assert page.status_code == 200
    assert "Nobody has answered yet." in page.text
    assert desk.get(f"/admin/studies/{study}/results/slopes.svg").status_code == 404

"""The part "Planning" of a study's results."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from tests.web import small_study
from tests.web.test_monitor import looked_at, sit

pytestmark = pytest.mark.one_database


@pytest.fixture
def address(desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path) -> str:
    study = small_study.create(database, media, pictures, is_demo=True)
    for _ in range(3):
        sit(database, settings, study, simulated=True)
    looked_at(desk, study)
    return f"/admin/studies/{study}/results/planning"


def test_wishes_stand_in_the_form_and_the_choice_of_the_switches_is_kept(desk: TestClient, address: str) -> None:
    page = desk.get(f"{address}?half_width=0.4&difference=0.7&alpha=0.01&correction=holm").text
    assert 'id="half_width" name="half_width" type="number" min="0.001" max="100" step="any" value="0.4"' in page
    assert 'value="0.7"' in page
    assert '<input type="hidden" name="alpha" value="0.01">' in page
    assert '<input type="hidden" name="correction" value="holm">' in page
    assert 'aria-current="page">Planning</a>' in page


def test_what_cannot_be_planned_says_why_and_what_joins_the_conditions_is_told(desk: TestClient, address: str) -> None:
    page = desk.get(address).text  # two scenes
    assert "that takes three scenes" in page
    assert "Votes" in page or "votes" in page
    assert '<table class="coverage">' in page
    assert " wanted of each pair</caption>" in page
    assert desk.get(address.replace("planning", "planning.csv")).text.count("\n") == 1


@pytest.mark.parametrize("query", ["half_width=0", "half_width=-1", "difference=0", "half_width=nan", "difference=x"])
def test_wishes_that_mean_nothing_are_refused_with_a_sentence(desk: TestClient, address: str, query: str) -> None:
    reply = desk.get(f"{address}?{query}")
    assert reply.status_code == 422
    assert "half" in reply.text or "difference" in reply.text


def test_a_draft_says_on_its_protocol_what_to_expect(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures, opened=False)
    page = desk.get(f"/admin/studies/{study}/protocol").text
    assert "What to expect" in page
    assert "Under three scenes or three subjects" in page

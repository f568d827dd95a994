"""Results are worked out for a few at a time, so that subjects' votes do not wait for readers."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.turns import Turns
from app.web.analysis_turns import ANALYSES, PACKAGES
from tests.web import small_study
from tests.web.test_monitor import looked_at, sit

pytestmark = pytest.mark.one_database
AT_ONCE = 2
PARTS = (
    "results", "results/scenes", "results/looks", "results/certainty", "results/agreement", "results/subjects",
    "results/planning", "results/methods", "results/methods.md", "results/rankings.csv", "results/rankings.parquet",
    f"results/{small_study.TASK}/rankings.svg",
)  # fmt: skip


@pytest.fixture
def home(desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path) -> str:
    study = small_study.create(database, media, pictures, is_demo=True)
    for _ in range(3):
        sit(database, settings, study, simulated=True)
    looked_at(desk, study)
    return f"/admin/studies/{study}"


def _refused(desk: TestClient, address: str, turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "patience", 0.01)
    with ExitStack() as taken:
        for _ in range(AT_ONCE):
            taken.enter_context(turns.take())
        reply = desk.get(address)
        assert reply.status_code == 503, address
        assert reply.headers["retry-after"] == "60"
        assert "Try again in a minute" in reply.text


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_results_waits_for_its_turn_and_gives_it_back(
    desk: TestClient, home: str, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    address = f"{home}/{part}"
    _refused(desk, address, ANALYSES, monkeypatch)
    for _ in range(AT_ONCE + 1):  # a turn that is not given back would be missed here
        assert desk.get(address).status_code == 200
    assert desk.get(f"{address}?alpha=7").status_code == 422
    assert desk.get(address).status_code == 200


@pytest.mark.usefixtures("blank_figures")
def test_zips_take_turns_of_their_own_because_a_slow_line_holds_them(
    desk: TestClient, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refused(desk, f"{home}/results.zip", PACKAGES, monkeypatch)
    with ExitStack() as taken:
        for _ in range(AT_ONCE):
            taken.enter_context(PACKAGES.take())
        assert desk.get(f"{home}/results").status_code == 200
    monkeypatch.setattr(PACKAGES, "patience", 30)
    assert desk.get(f"{home}/results.zip").status_code == 200

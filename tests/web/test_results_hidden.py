"""Results of a study that runs: hidden behind a button that is written down, and what leaves them is written down."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from app.clock import now
from app.db import Database, audit
from app.db.models import AuditEntry, Role, Study, StudyState
from app.media import Media
from app.results import peeks
from app.results.plan import plan_of
from app.settings import Settings
from app.studies import members
from app.web import login, tokens
from app.web.sign_in import COOKIE
from app.web.tokens import Scope
from tests.web import small_study
from tests.web.test_monitor import sit

pytestmark = pytest.mark.usefixtures("blank_figures")
HIDDEN = "Hidden until the study is closed"
PARTS = ("", "/scenes", "/certainty", "/agreement", "/subjects", "/planning", "/methods", "/looks")
FILES = ("results/rankings.csv", "results/votes.csv", "results.zip", f"results/{small_study.TASK}/rankings.svg")


@pytest.fixture
def study(database: Database, media: Media, settings: Settings, pictures: Path) -> int:
    number = small_study.create(database, media, pictures)
    sit(database, settings, number)
    return number


@pytest.fixture
def script(web: FastAPI, database: Database, desk: TestClient) -> Iterator[TestClient]:
    """A script of the account that sits at the desk."""
    token = tokens.make(database, "marlene", "a script", [Scope.RESULTS_READ], days=1)
    with TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def looks(database: Database, study: int) -> list[tuple[str, str, float]]:
    return [(one.by, one.what, one.votes) for one in peeks.peeks(database, study)]


def moved(database: Database, study: int, state: StudyState) -> None:
    closed = now() if state is StudyState.CLOSED else None
    with database.write() as db:
        db.execute(update(Study).where(Study.id == study).values(state=state, closed_at=closed))


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    moment = now() + timedelta(hours=hours)
    for room in (peeks, audit):
        monkeypatch.setattr(room, "now", lambda: moment)


@pytest.mark.parametrize("state", [StudyState.OPEN, StudyState.PAUSED])
def test_every_part_and_file_of_a_study_that_runs_leads_to_the_one_button_and_writes_nothing(
    desk: TestClient, database: Database, study: int, state: StudyState
) -> None:
    moved(database, study, state)
    home = f"/admin/studies/{study}"
    for path in (*(f"results{part}" for part in PARTS), *FILES):
        page = desk.get(f"{home}/{path}")
        assert (page.status_code, page.url.path) == (200, f"{home}/results/hidden"), path
        assert HIDDEN in page.text
        assert not [name for name in small_study.CONDITIONS if name in page.text], path
    assert page.text.count("Show, and log that I looked") == 1
    assert "looking now is a deviation" in page.text
    assert looks(database, study) == []


def test_the_button_writes_one_look_and_leads_to_what_was_asked_for_and_shows_it_for_some_hours(
    desk: TestClient, database: Database, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = f"/admin/studies/{study}/results/scenes?alpha=0.01"
    gate = desk.get(asked)
    (action,) = [part.split('"')[0] for part in gate.text.split('action="')[1:] if "/results/hidden" in part]
    shown = desk.post(action)
    assert str(shown.url).endswith(asked)
    assert small_study.CONDITIONS[0] in shown.text
    for part in PARTS:
        assert HIDDEN not in desk.get(f"/admin/studies/{study}/results{part}").text, part
    desk.post(action)  # pressed again, as from another tab
    assert looks(database, study) == [("marlene", "results", 6)]
    later(monkeypatch, peeks.SHOWN_HOURS - 0.1)
    assert HIDDEN not in desk.get(asked).text
    later(monkeypatch, peeks.SHOWN_HOURS + 0.1)
    assert HIDDEN in desk.get(asked).text
    desk.post(action)
    assert len(looks(database, study)) == 2


def test_a_look_is_shown_to_whoever_made_it_and_to_nobody_else(
    web: FastAPI, desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    desk.post(f"/admin/studies/{study}/monitor")  # the ranking on the monitor is a look like any other
    assert HIDDEN not in desk.get(f"/admin/studies/{study}/results").text
    login.create_account(database, "rosa", None)
    members.give(database, study, "rosa", Role.ANALYST)
    token = login.sign_in_once(database, login.one_time_link(database, "rosa"), hours=1)
    with TestClient(web, base_url="http://localhost") as other:
        other.cookies.set(COOKIE, login.seal(settings.secret(), token))
        assert HIDDEN in other.get(f"/admin/studies/{study}/results").text
        other.cookies.set("shown", str(study))
        assert HIDDEN in other.get(f"/admin/studies/{study}/results").text
    assert looks(database, study) == [("marlene", "ranking", 6)]


def test_the_button_leads_nowhere_but_to_results_of_its_study(desk: TestClient, study: int) -> None:
    home = f"/admin/studies/{study}/results"
    for target in ("//evil.test", "/admin/accounts", f"{home}/../people", f"{home}/hidden", "https://evil.test", ""):
        reply = desk.post(f"{home}/hidden", params={"next": target}, follow_redirects=False)
        assert (reply.status_code, reply.headers["location"]) == (303, home), target


def test_files_taken_from_a_study_that_runs_are_looks_once_an_hour_and_figures_of_a_page_are_part_of_it(
    desk: TestClient, database: Database, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = f"/admin/studies/{study}"
    desk.post(f"{home}/results/hidden")
    desk.get(f"{home}/results/votes.csv")
    assert looks(database, study) == [("marlene", "results", 6)]  # of the same sitting
    later(monkeypatch, 1.1)
    assert desk.get(f"{home}/results/{small_study.TASK}/rankings.svg").status_code == 200
    assert desk.get(f"{home}/results/no_such_table.csv").status_code == 404
    assert len(looks(database, study)) == 1
    for path in ("results/votes.csv", "results.zip"):
        assert desk.get(f"{home}/{path}").status_code == 200
    assert looks(database, study) == [("marlene", "results", 6), ("marlene", "results/votes.csv", 6)]


def test_what_scripts_read_of_a_study_that_runs_is_a_look_and_a_refusal_is_none(
    script: TestClient, desk: TestClient, database: Database, study: int
) -> None:
    address = f"/api/v1/studies/{study}/results"
    assert script.get(f"{address}/no_such_table.csv").status_code == 404
    assert script.get(address, params={"alpha": "7"}).status_code == 422
    assert looks(database, study) == []
    for path in ("/votes.csv", "", "/certainty", "/subjects", "/agreement", "/methods.md", ".zip"):
        assert script.get(f"{address}{path}").status_code == 200, path
    assert looks(database, study) == [("marlene", "results/votes.csv", 6)]
    with database.read() as db:
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.deed == peeks.DEED))
    assert (entry.through.value, entry.details) == ("api", {"votes": 6, "what": "results/votes.csv"})


@pytest.mark.parametrize("path", ["", "/rankings.csv", "/rankings.parquet", "/certainty", "/subjects", "/agreement"])
def test_each_address_of_results_for_scripts_writes_its_own_look(
    script: TestClient, database: Database, study: int, path: str
) -> None:
    assert script.get(f"/api/v1/studies/{study}/results{path}").status_code == 200
    assert looks(database, study) == [("marlene", f"results{path}", 6)]


def test_an_archive_of_a_study_that_runs_is_a_look_and_its_design_is_none(
    desk: TestClient, database: Database, study: int
) -> None:
    for what, seen in (("/design", []), ("", [("marlene", "archive", 6)])):
        assert desk.post(f"/admin/studies/{study}/export{what}").status_code == 200
        assert looks(database, study) == seen


def test_what_was_seen_before_the_end_is_a_deviation_for_good_and_afterwards_nothing_is_hidden_or_written(
    desk: TestClient, script: TestClient, database: Database, study: int
) -> None:
    home = f"/admin/studies/{study}"
    script.get(f"/api/v1/studies/{study}/results")
    moved(database, study, StudyState.CLOSED)
    told = "looked at before the study was closed, once, first after 6 votes"
    page = desk.get(f"{home}/results")
    assert page.url.path == f"{home}/results"
    assert told in page.text
    assert told in desk.get(f"{home}/results/methods").text
    desk.get(f"{home}/results.zip")
    script.get(f"/api/v1/studies/{study}/results/votes.csv")
    assert len(looks(database, study)) == 1
    assert desk.get(f"{home}/results/hidden").url.path == f"{home}/results"


def test_a_look_at_a_pilot_deviates_from_nothing(desk: TestClient, database: Database, study: int) -> None:
    desk.post(f"/admin/studies/{study}/monitor")
    with database.write() as db:
        db.execute(update(Study).values(opened_at=now() + timedelta(minutes=1)))
    moved(database, study, StudyState.CLOSED)
    assert plan_of(database, study).peeks == ()


def test_a_study_that_has_all_its_sessions_is_to_be_closed_before_its_results_are_read(
    desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures, target_sessions=1, catch_trials=0)
    sit(database, settings, study)
    for state in (StudyState.OPEN, StudyState.PAUSED):
        moved(database, study, state)
        page = desk.get(f"/admin/studies/{study}")
        assert page.url.path == f"/admin/studies/{study}/monitor"
        assert "close it, then read the results" in page.text
    moved(database, study, StudyState.CLOSED)
    assert desk.get(f"/admin/studies/{study}").url.path == f"/admin/studies/{study}/results"


def test_values_of_measures_come_in_without_a_look(desk: TestClient, database: Database, study: int) -> None:
    address = f"/admin/studies/{study}/results/agreement"
    gate = desk.get(address).text
    assert f'action="{address}#outcome"' in gate
    lines = f"task,scene,condition,measure,value\n{small_study.TASK},{small_study.SCENES[0]},"
    for name, status, told in ((small_study.CONDITIONS[0], 200, "1 value"), ("nobody", 422, "Nothing was imported")):
        reply = desk.post(address, files={"file": ("values.csv", f"{lines}{name},mae,0.1\n".encode())})
        assert (reply.status_code, HIDDEN in reply.text, told in reply.text) == (status, True, True), reply.text[-3000:]
    assert looks(database, study) == []

"""The part Agreement of the results, and the values of measures that come in by its form and over the API."""

from itertools import product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.db import Database
from app.db.models import MeasureValue
from app.media import Media
from app.settings import Settings
from app.web.guard import MEASURES_LIMIT
from app.web.uploads import waiting_room
from tests.web import small_study
from tests.web.test_monitor import looked_at, sit

HEADER = "task,scene,condition,measure,value,better"
TASK, CONDITIONS, SCENES = small_study.TASK, small_study.CONDITIONS, small_study.SCENES


@pytest.fixture
def study(desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path) -> int:
    made = small_study.create(database, media, pictures, is_demo=True)
    for _ in range(3):
        sit(database, settings, made, simulated=True)
    looked_at(desk, made)
    return made


def values_csv(measure: str = "mae", add: float = 0.0, rows: int = 100) -> str:
    lines = [
        f"{TASK},{scene},{name},{measure},{0.1 * (1 + place) + add:g},{'' if measure == 'mae' else 'higher'}"
        for place, (scene, name) in enumerate(product(SCENES, CONDITIONS))
    ]
    return "\n".join((HEADER, *lines[:rows])) + "\n"


def _send(desk: TestClient, study: int, text: str, name: str = "m.csv", **ticks: str):  # type: ignore[no-untyped-def]
    files = {"values": (name, text.encode(), "text/csv")}
    return desk.post(f"/admin/studies/{study}/results/agreement", files=files, data=ticks)


def _values(database: Database) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(MeasureValue)).one()


def test_without_values_the_page_says_what_is_missing_and_how_to_bring_it(desk: TestClient, study: int) -> None:
    page = desk.get(f"/admin/studies/{study}/results/agreement").text
    assert "No values of measures yet" in page
    assert "<code>task,scene,condition,measure,value</code>" in page
    assert f"beholder measures {study} FILE.csv" in page
    assert "one other person" in page  # how far people get needs no values


def test_values_come_in_by_the_form_and_stand_beside_the_subjects(
    desk: TestClient, study: int, database: Database, settings: Settings
) -> None:
    sent = _send(desk, study, values_csv())
    assert sent.status_code == 200
    assert "6 values of m.csv are new." in sent.text
    assert _values(database) == 6
    assert list(waiting_room(settings).iterdir()) == []
    again = _send(desk, study, values_csv())
    assert "0 values of m.csv are new, 6 were here already." in again.text
    page = desk.get(f"/admin/studies/{study}/results/agreement").text
    assert "No values of measures yet" not in page
    for name, figure in (("agreement", "agreement"), ("rank_matrix", "matrix")):
        assert f"results/{TASK}/{figure}.svg?" in page
        assert desk.get(f"/admin/studies/{study}/results/{TASK}/{figure}.svg").status_code == 200
        assert f"/results/{name}.csv?" in page
    assert "an interval needs 3 scenes" in page
    assert "Of m.csv" in page
    table = desk.get(f"/admin/studies/{study}/results/measures.csv").text
    assert table.splitlines()[1].endswith(",m.csv")


def test_what_is_wrong_is_listed_and_nothing_comes_in(desk: TestClient, study: int, database: Database) -> None:
    sent = _send(
        desk, study, values_csv() + f"{TASK},nowhere,okapi_mae,mae,0.1,\n{TASK},{SCENES[0]},okapi_mae,mae,x,\n"
    )
    assert sent.status_code == 422
    assert "Nothing was imported." in sent.text
    assert "line 9: value is &#39;x&#39;" in sent.text
    nowhere = _send(desk, study, values_csv() + f"{TASK},nowhere,okapi_mae,mae,0.1,\n")
    assert f"line 8: {TASK} has no scene &#39;nowhere&#39;" in nowhere.text
    assert _values(database) == 0


def test_other_values_are_refused_until_a_tick_asks_for_them(desk: TestClient, study: int, database: Database) -> None:
    _send(desk, study, values_csv())
    other = _send(desk, study, values_csv(add=0.05, rows=1))
    assert other.status_code == 409
    assert "0.15 here and 0.1 in m.csv" in other.text
    replaced = _send(desk, study, values_csv(add=0.05, rows=1), "new.csv", replace="yes")
    assert "1 replaced another." in replaced.text
    assert "0.1 of m.csv is now 0.15" in replaced.text
    with database.read() as db:
        assert 0.15 in [round(value, 9) for value in db.scalars(select(MeasureValue.value))]


def test_names_of_measures_and_files_are_text_on_the_page(desk: TestClient, study: int) -> None:
    sent = _send(desk, study, values_csv("<b>x</b>"), "<i>m</i>.csv")
    assert sent.status_code == 200
    page = desk.get(f"/admin/studies/{study}/results/agreement").text
    for text in (sent.text, page):
        assert "<b>x</b>" not in text
        assert "<i>m</i>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.parametrize("text", ["", "PK\x03\x04", HEADER, "task;scene", "\ufeff" + HEADER, "a" * 2000])
def test_what_is_no_file_of_values_ends_in_a_sentence(desk: TestClient, study: int, text: str) -> None:
    sent = _send(desk, study, text)
    assert sent.status_code == 422
    assert "Nothing was imported." in sent.text
    assert "Traceback" not in sent.text


def test_a_form_without_a_file_and_a_file_that_is_too_large_are_refused(desk: TestClient, study: int) -> None:
    address = f"/admin/studies/{study}/results/agreement"
    empty = desk.post(address, files={"values": ("", b"", "text/csv")})
    assert "No file came with the form" in empty.text
    large = desk.post(address, content=b"x", headers={"Content-Length": str(MEASURES_LIMIT + 1)})
    assert large.status_code == 413
    assert "beholder measures" in large.text


def test_whoever_is_not_signed_in_brings_nothing_in(anonymous: TestClient, study: int, database: Database) -> None:
    address = f"/admin/studies/{study}/results/agreement"
    assert anonymous.get(address).status_code in (303, 401)
    assert _send(anonymous, study, values_csv()).status_code in (303, 401)
    assert anonymous.put(f"/api/v1/studies/{study}/measures", content=values_csv()).status_code == 401
    other = anonymous.post(address, files={"values": ("m.csv", b"")}, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    assert _values(database) == 0


def test_a_study_that_is_not_there_has_no_agreement(desk: TestClient, database: Database) -> None:
    assert desk.get("/admin/studies/99/results/agreement").status_code == 404
    assert _send(desk, 99, values_csv()).status_code == 404
    assert _values(database) == 0

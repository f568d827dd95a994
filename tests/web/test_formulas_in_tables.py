"""Names that a spreadsheet would run come out of every table of the desk as text, and are read back as they were."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.results.cells import as_read, as_written
from app.results.columns import TABLES
from app.results.measure_import import import_measures
from app.settings import Settings
from app.studies import moves, service, stimuli
from app.studies.protocol import Protocol
from tests.web import small_study
from tests.web.test_monitor import looked_at, sit

TASK = "=HYPERLINK(1)"
NAMES = {
    "okapi_mae": "-1+1",
    "zebra_ssim": "@SUM(1)",
    "tapir_gmsd": "'=quoted",
    "scene_lighthouse": "+49",
    "scene_parrots": "==x;=1+1",
}
MEASURE = "=cmd|x"
NUMBER = re.compile(r"-\d+(\.\d+)?(e[+-]\d+)?")


@pytest.fixture
def study(desk: TestClient, database: Database, media: Media, pictures: Path) -> int:
    for path in sorted(pictures.rglob("*"), reverse=True):
        if path.stem in NAMES:
            path.rename(path.with_name(NAMES[path.stem] + path.suffix))
    (pictures / small_study.TASK).rename(pictures / TASK)
    number = service.create(database, "A small study", Protocol(**small_study.PROTOCOL), seed=7)
    stimuli.ingest_folder(database, media, number, pictures)
    moves.open_study(database, media, number)
    lines = [["task", "scene", "condition", "measure", "value", "better"]] + [
        [TASK, NAMES[scene], NAMES[condition], MEASURE, f"{place}", "higher"]
        for scene in small_study.SCENES
        for place, condition in enumerate(small_study.CONDITIONS)
    ]
    with (pictures / "values.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[as_written(cell) for cell in line] for line in lines])
    import_measures(database, number, pictures / "values.csv", name="=values.csv")
    looked_at(desk, number)
    return number


def _runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula; numbers below 0 are none."""
    return cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(cell)


@pytest.mark.usefixtures("blank_figures")
def test_no_cell_of_anything_to_take_away_is_a_formula(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    reply = desk.get(f"/admin/studies/{study}/results.zip")
    assert reply.status_code == 200
    seen = set[str]()
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        tables = {name.partition("/")[2]: archive.read(name).decode() for name in archive.namelist() if ".csv" in name}
    assert {"R/bradley_terry.csv", "pwcmp/comparisons.csv", "sessions.csv", "rankings.csv"} <= tables.keys()
    for name, text in tables.items():
        for separator in ",;\t":
            cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
            assert [cell for cell in cells if _runs(cell)] == [], name
            seen |= {as_read(cell) for cell in cells}
    assert seen >= {TASK, MEASURE, *NAMES.values()}


@pytest.mark.parametrize("table", ["rankings", "scores_by_scene", "wins", "measures", "votes"])
def test_names_come_back_as_they_were(
    desk: TestClient, database: Database, settings: Settings, study: int, table: str
) -> None:
    sit(database, settings, study)
    reply = desk.get(f"/admin/studies/{study}/results/{table}.csv")
    assert reply.status_code == 200
    rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    cells = [row[column.name] for row in rows for column in TABLES[table] if column.type == "text"]
    assert {as_read(row["task"]) for row in rows} == {TASK}
    assert {as_read(cell) for cell in cells} & set(NAMES.values())

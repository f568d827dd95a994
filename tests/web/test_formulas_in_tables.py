"""Names that a spreadsheet would run come out of every table of the desk as text, and are read back as they were."""

import csv
import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.results.cells import as_read, as_written
from app.results.columns import TABLES
from app.results.measure_import import import_measures
from app.settings import Settings
from app.studies import service, stimuli
from app.studies.protocol import Protocol
from tests.web import small_study
from tests.web.test_monitor import sit

TASK = "=HYPERLINK(1)"
NAMES = {
    "okapi_mae": "-1+1",
    "zebra_ssim": "@SUM(1)",
    "tapir_gmsd": "'=quoted",
    "scene_lighthouse": "+49",
    "scene_parrots": "==x;=1+1",
}
MEASURE = "=cmd|x"


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    for path in sorted(pictures.rglob("*"), reverse=True):
        if path.stem in NAMES:
            path.rename(path.with_name(NAMES[path.stem] + path.suffix))
    (pictures / small_study.TASK).rename(pictures / TASK)
    number = service.create(database, "A small study", Protocol(**small_study.PROTOCOL), seed=7)
    stimuli.ingest_folder(database, media, number, pictures)
    service.open_study(database, media, number)
    lines = [["task", "scene", "condition", "measure", "value", "better"]] + [
        [TASK, NAMES[scene], NAMES[condition], MEASURE, f"{place}", "higher"]
        for scene in small_study.SCENES
        for place, condition in enumerate(small_study.CONDITIONS)
    ]
    with (pictures / "values.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[as_written(cell) for cell in line] for line in lines])
    import_measures(database, number, pictures / "values.csv", name="=values.csv")
    return number


# significance has no row without three scenes; what stands in sessions is asked in tests/results/test_methods.py
@pytest.mark.parametrize("table", sorted(set(TABLES) - {"significance", "sessions"}))
def test_no_cell_of_a_table_is_a_formula(
    desk: TestClient, database: Database, settings: Settings, study: int, table: str
) -> None:
    sit(database, settings, study)
    reply = desk.get(f"/admin/studies/{study}/results/{table}.csv")
    assert reply.status_code == 200
    rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    texts = [column.name for column in TABLES[table] if column.type == "text"]
    cells = [row[name] for row in rows for name in texts]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    for separator in ";\t":
        split = [cell for row in csv.reader(io.StringIO(reply.text, newline=""), delimiter=separator) for cell in row]
        assert [cell for cell in split if cell.startswith(("=", "+", "-", "@"))] == []
    assert {as_read(row["task"]) for row in rows} - {""} == {TASK}  # empty where a row is of all tasks
    assert {as_read(cell) for cell in cells} & {*NAMES.values(), MEASURE}

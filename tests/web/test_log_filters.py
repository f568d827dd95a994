"""What somebody asks the log of changes for, whatever they write into the address."""

import csv
import io

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.studies import copies, service
from app.studies.protocol import Protocol
from app.web import login


@pytest.mark.parametrize("path", ["/admin/log", "/admin/studies/1/log"])
def test_a_filter_of_any_bytes_finds_nothing_and_is_told_where_it_cannot_be(
    desk: TestClient, database: Database, path: str
) -> None:
    service.create(database, "Which loss?", Protocol())
    for name in ("deed", "account"):
        for form in (path, f"{path}.csv"):
            assert desk.get(f"{form}?{name}=a%00b").status_code == 422
        for asked in ("%F0%9F%A6%93", "'%20OR%201=1--", "%ED%A0%80"):
            assert "Nothing was changed that fits." in desk.get(f"{path}?{name}={asked}").text
            assert desk.get(f"{path}.csv?{name}={asked}").text.count("\n") == 1  # the heading
    assert desk.get(f"{path}.csv?deed=study+created").text.count("\n") == 2


@pytest.mark.one_database
def test_what_a_spreadsheet_would_run_is_text_in_the_log_as_csv(desk: TestClient, database: Database) -> None:
    login.create_account(database, "=HYPERLINK(1)", None)
    study = service.create(database, "@SUM(1+1)", Protocol())
    copies.duplicate(database, study)
    login.create_account(database, "+1", None)
    token = login.one_time_link(database, "+1")
    assert token
    rows = list(csv.reader(io.StringIO(desk.get("/admin/log.csv").text)))
    cells = [cell for row in rows[1:] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []

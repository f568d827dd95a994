"""Tables as Parquet: the cells of the CSV, with types, and what each column means."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from pyarrow import BufferReader, parquet

from app.results.cells import as_read, as_written
from app.results.columns import TABLES
from app.results.export import sessions_csv, table_csv, votes_csv
from app.results.parquet import ParquetNotInstalled, parquet_chunks
from app.results.report import report
from app.results.report_rows import REPORT_ROWS
from app.results.session_columns import question_columns
from app.results.session_rows import session_table
from app.results.vote_rows import vote_rows
from tests.results.conftest import BuiltStudy
from tests.results.test_export import _judged

Build = Callable[..., BuiltStudy]
TYPES = {"text": "string", "integer": "int64", "number": "double", "yes/no": "bool", "time": "timestamp[ms, tz=UTC]"}


def _read(chunks: Iterable[bytes]) -> Any:
    return parquet.ParquetFile(BufferReader(b"".join(chunks)))


def test_every_table_holds_the_cells_of_its_csv_with_types_and_meanings(build: Build) -> None:
    study = _judged(build)
    found, sessions = report(study.database, study.id), session_table(study.database, study.id)
    tables = {name: (rows(found), table_csv(name, found)) for name, rows in REPORT_ROWS.items()}
    tables["votes"] = (vote_rows(study.database, study.id), votes_csv(vote_rows(study.database, study.id)))
    tables["sessions"] = (sessions.cells(), sessions_csv(sessions))
    assert tables.keys() == TABLES.keys()
    for name, (rows, lines) in tables.items():
        columns = [*TABLES[name], *(question_columns(sessions.fields) if name == "sessions" else ())]
        file = _read(parquet_chunks(name, columns, rows))
        for field, column in zip(file.schema_arrow, columns, strict=True):
            assert (field.name, str(field.type)) == (column.name, TYPES[column.type])
            assert field.metadata == {b"meaning": column.meaning.encode(), b"unit": column.unit.encode()}
        assert file.schema_arrow.metadata[b"table"] == name.encode()
        expected = list(csv.DictReader(io.StringIO("".join(lines))))
        read = [{key: as_written(cell) for key, cell in row.items()} for row in file.read().to_pylist()]
        assert read == expected, name


def test_names_that_a_spreadsheet_would_run_stand_as_they_are(build: Build) -> None:
    study = _judged(build, ("=1+1", "@mae", "'=2"))
    rows = _read(parquet_chunks("votes", TABLES["votes"], vote_rows(study.database, study.id))).read().to_pylist()
    names = {row["condition_a"] for row in rows if row["kind"] == "test"}
    assert "=1+1" in names
    assert names == {as_read(as_written(name)) for name in names}


def test_rows_come_group_by_group_and_moments_are_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.results.parquet._AT_ONCE", 10)
    columns = [column for column in TABLES["votes"] if column.name in ("task", "received_at")]
    taken = 0

    def rows() -> Iterable[tuple[str, datetime]]:
        nonlocal taken
        for number in range(35):
            taken += 1
            yield f"t{number}", datetime(2026, 3, 2, 14, number, tzinfo=UTC)

    chunks = parquet_chunks("votes", columns, rows())
    first = next(chunks)
    assert taken == 10
    file = _read([first, *chunks])
    assert file.num_row_groups == 4
    assert file.read().to_pylist()[34] == {"task": "t34", "received_at": datetime(2026, 3, 2, 14, 34, tzinfo=UTC)}


def test_a_table_without_rows_has_its_columns() -> None:
    file = _read(parquet_chunks("wins", TABLES["wins"], []))
    assert (file.metadata.num_rows, file.schema_arrow.names) == (0, [column.name for column in TABLES["wins"]])


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.results.parquet.find_spec", lambda _: None)
    with pytest.raises(ParquetNotInstalled, match=r"pip install '.\[parquet\]'"):
        parquet_chunks("wins", TABLES["wins"], [])

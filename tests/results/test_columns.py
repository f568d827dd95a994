"""The data dictionary says what the code writes."""

import re
from pathlib import Path

from app.results.columns import TABLES, Column

DICTIONARY = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def _documented() -> dict[str, list[tuple[str, ...]]]:
    """The rows of each table in the dictionary, under the heading of its file."""
    tables: dict[str, list[tuple[str, ...]]] = {}
    rows: list[tuple[str, ...]] = []
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## `(\w+)\.csv`", line):
            rows = tables.setdefault(heading[1], [])
        elif line.startswith("| `"):
            rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return tables


def _expected(column: Column) -> tuple[str, ...]:
    return f"`{column.name}`", column.type, column.unit, column.meaning, f"`{column.example}`"


def test_the_dictionary_names_every_column_in_its_place() -> None:
    documented = _documented()
    assert list(documented) == list(TABLES)
    for table, columns in TABLES.items():
        assert documented[table] == [_expected(column) for column in columns]


def test_columns_of_one_table_have_different_names() -> None:
    for columns in TABLES.values():
        assert len({column.name for column in columns}) == len(columns)

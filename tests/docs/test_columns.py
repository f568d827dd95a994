"""docs/data-dictionary.md describes every column of every CSV as the code writes it, in its order."""

import re

import pytest

from app.results import layout_scripts
from app.results.column import Column
from app.results.columns import TABLES
from app.results.diagonal_columns import DIAGONAL
from app.results.layout_columns import LAYOUTS
from app.sessions.viewing_card import How
from tests.docs import pages


def documented() -> dict[str, list[pages.Row]]:
    """The rows of each table in the dictionary, under the heading of its file."""
    sections = pages.sections(pages.read("data-dictionary.md"))
    files = {heading: re.fullmatch(r"`(\w+)\.csv`", heading) for heading in sections}
    return {name[1]: pages.table(sections[heading], "column") for heading, name in files.items() if name}


def expected(column: Column) -> pages.Row:
    return f"`{column.name}`", column.type, column.unit, column.meaning, f"`{column.example}`"


def test_the_dictionary_names_every_column_in_its_place() -> None:
    found, tables = documented(), {**TABLES, "diagonal": DIAGONAL}
    assert list(found) == list(tables)
    for table, columns in tables.items():
        assert found[table] == [expected(column) for column in columns]


def test_the_dictionary_names_the_columns_of_what_other_programs_read() -> None:
    sections = pages.sections(pages.read("data-dictionary.md"))
    for path, columns in LAYOUTS.items():
        assert pages.table(sections[f"`{path}`"], "column") == [expected(column) for column in columns]


@pytest.mark.parametrize("script", [layout_scripts.R, layout_scripts.PWCMP])
def test_the_programs_that_begin_with_them_stand_there_as_they_travel(script: str) -> None:
    assert f"```text\n{script}```" in pages.read("data-dictionary.md")


def test_columns_of_one_table_have_different_names() -> None:
    for columns in TABLES.values():
        assert len({column.name for column in columns}) == len(columns)


def test_the_example_of_how_a_distance_was_found_is_a_way_to_find_it() -> None:
    (column,) = (column for column in TABLES["sessions"] if column.name == "distance_by")
    assert column.example in [how.value for how in How]
    assert all(f"`{how}`" in column.meaning for how in How)

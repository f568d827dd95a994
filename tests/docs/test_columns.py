"""docs/data-dictionary.md describes every column of every CSV as the code writes it, in its order."""

import re

from app.results.columns import TABLES, Column
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
    found = documented()
    assert list(found) == list(TABLES)
    for table, columns in TABLES.items():
        assert found[table] == [expected(column) for column in columns]


def test_columns_of_one_table_have_different_names() -> None:
    for columns in TABLES.values():
        assert len({column.name for column in columns}) == len(columns)


def test_the_example_of_how_a_distance_was_found_is_a_way_to_find_it() -> None:
    (column,) = (column for column in TABLES["sessions"] if column.name == "distance_by")
    assert column.example in [how.value for how in How]
    assert all(f"`{how}`" in column.meaning for how in How)

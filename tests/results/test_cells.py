"""Text in cells: no spreadsheet runs it, whatever separates its cells, and it is read back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.results.cells import as_read, as_written

ODD = st.text(alphabet=";\t'\"=+-@ ,a1\r\n", max_size=12)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("+s;=1+1;", "'+s;'=1+1;"),
        ("a;-1", "a;'-1"),
        ("a\t@SUM(1)", "a\t'@SUM(1)"),
        ('a;"=1', "a;\"'=1"),
        ("a; =1", "a; '=1"),
        ("a;'=1", "a;''=1"),
        ("a=1;b", "a=1;b"),
    ],
)
def test_a_sign_that_would_begin_a_cell_is_marked(text: str, cell: str) -> None:
    assert as_written(text) == cell
    assert as_read(cell) == text


@given(st.lists(ODD, min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_no_separator_makes_a_formula_of_any_text(texts: list[str], separator: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerow(["1", *map(as_written, texts)])
    rows = csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=separator)
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


@given(ODD)
def test_whatever_is_written_is_read_back(text: str) -> None:
    assert as_read(as_written(text)) == text

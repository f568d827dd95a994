"""The tables of a report as CSV, one stream of lines each."""

from collections.abc import Iterable, Iterator

from app.results.columns import TABLES
from app.results.csv_lines import Cells, csv_lines
from app.results.report import StudyReport
from app.results.report_rows import REPORT_ROWS
from app.results.session_columns import question_columns
from app.results.session_rows import SessionTable


def table_csv(table: str, report: StudyReport) -> Iterator[str]:
    """The lines of one of the tables in ``REPORT_ROWS``."""
    return _lines(table, REPORT_ROWS[table](report))


def votes_csv(rows: Cells) -> Iterator[str]:
    """The lines of ``votes.csv``, from ``vote_rows``."""
    return _lines("votes", rows)


def sessions_csv(table: SessionTable) -> Iterator[str]:
    """The lines of ``sessions.csv``, with a column for each question of the study's questionnaire."""
    return _lines("sessions", table.cells(), [column.name for column in question_columns(table.fields)])


def _lines(table: str, rows: Cells, more: Iterable[str] = ()) -> Iterator[str]:
    return csv_lines([*(column.name for column in TABLES[table]), *more], rows)

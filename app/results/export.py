"""The tables of a report as CSV, one stream of lines each."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from app.results.columns import TABLES
from app.results.csv_lines import Cells, csv_lines
from app.results.report import StudyReport
from app.results.report_rows import REPORT_ROWS
from app.results.session_columns import question_columns
from app.results.session_rows import SessionTable


def table_csv(table: str, report: StudyReport) -> Iterator[str]:
    """The lines of one of the tables in ``REPORT_ROWS``."""
    return _lines(table, REPORT_ROWS[table](report))


def rankings_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``rankings.csv``: one for each condition of each task, best first."""
    return table_csv("rankings", report)


def scores_by_scene_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``scores_by_scene.csv``: one for each condition and scene."""
    return table_csv("scores_by_scene", report)


def significance_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``significance.csv``: one for each pair of conditions of each task that was tested."""
    return table_csv("significance", report)


def intervals_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``intervals.csv``: one for each condition and kind of interval."""
    return table_csv("intervals", report)


def wins_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``wins.csv``: one for each ordered pair of conditions of each ranked task."""
    return table_csv("wins", report)


def agreement_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``agreement.csv``: one for each measure of each task that has values."""
    return table_csv("agreement", report)


def rank_matrix_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``rank_matrix.csv``: one for each condition and measure of each task."""
    return table_csv("rank_matrix", report)


def twoafc_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``twoafc.csv``: one for each measure and for people, over all tasks and in each."""
    return table_csv("twoafc", report)


def measures_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``measures.csv``: the values that these tables are made of."""
    return table_csv("measures", report)


def fit_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``fit.csv``: one for each scene, and one for each task as a whole."""
    return table_csv("fit", report)


def planning_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``planning.csv``: one for each task and number of subjects."""
    return table_csv("planning", report)


def subjects_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``subjects.csv``: one for each subject."""
    return table_csv("subjects", report)


def subject_agreement_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``subject_agreement.csv``: one for each task's split halves, one for each scene with Kendall's u."""
    return table_csv("subject_agreement", report)


def screening_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``screening.csv``: one for each condition of each task, with and without excluded and proposed."""
    return table_csv("screening", report)


def votes_csv(rows: Cells) -> Iterator[str]:
    """The lines of ``votes.csv``, from ``vote_rows``."""
    return _lines("votes", rows)


def sessions_csv(table: SessionTable) -> Iterator[str]:
    """The lines of ``sessions.csv``, with a column for each question of the study's questionnaire."""
    return _lines("sessions", table.cells(), [column.name for column in question_columns(table.fields)])


REPORT_TABLES: dict[str, Callable[[StudyReport], Iterator[str]]] = {
    name: partial(table_csv, name) for name in REPORT_ROWS
}


def _lines(table: str, rows: Cells, more: Iterable[str] = ()) -> Iterator[str]:
    return csv_lines([*(column.name for column in TABLES[table]), *more], rows)

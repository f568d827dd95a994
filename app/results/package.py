"""Everything there is to take away of a study's or a file's results, as a list of files for a folder or a zip."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.db import Database
from app.results import layout_scripts
from app.results.column import Column
from app.results.columns import ABOUT, TABLES
from app.results.csv_lines import Cells, csv_lines, in_chunks
from app.results.dictionary import dictionary
from app.results.export import sessions_csv, table_csv, votes_csv
from app.results.figure_files import figure_files, figure_names
from app.results.layout_columns import LAYOUTS
from app.results.methods import study_methods
from app.results.methods_forms import written
from app.results.methods_text import MethodsSheet
from app.results.options import ReportOptions
from app.results.parquet import parquet_chunks, require_parquet
from app.results.pwcmp_rows import comparison_rows, count_rows, has_comparisons
from app.results.r_rows import bradley_terry_rows, design, lme4_rows
from app.results.readme import readme
from app.results.report import StudyReport, report
from app.results.report_rows import REPORT_ROWS, tables_of
from app.results.session_columns import question_columns
from app.results.session_rows import SessionTable, session_table
from app.results.summary import summary
from app.results.vote_rows import vote_rows
from app.results.zip_stream import zip_chunks
from app.studies import service

SUMMARY, README, DICTIONARY = "summary.json", "README.md", "data-dictionary.md"
_SHEETS = {"md": "The methods sheet.", "html": "The methods sheet, to print.", "bib": "What the methods sheet cites."}


@dataclass(frozen=True, slots=True)
class Part:
    """One file: where it lies, what it holds, and its bytes when they are asked for."""

    path: str
    what: str
    content: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Source:
    """What a package is made of; a file of votes has neither the study's votes nor its sessions."""

    report: StudyReport
    title: str
    at: datetime
    votes: Callable[[], Cells] | None = None
    sessions: SessionTable | None = None
    sheet: MethodsSheet | None = None
    parquet: bool = False


def study_source(
    database: Database, study_id: int, options: ReportOptions | None, at: datetime, *, parquet: bool = False
) -> Source:  # fmt: skip
    """The results of a study as it stands; raises ``StudyNotFound``."""
    found = report(database, study_id, options)
    return Source(
        report=found, title=service.get(database, study_id).title, at=at,
        votes=lambda: vote_rows(database, study_id, found.options), sessions=session_table(database, study_id),
        sheet=study_methods(database, study_id, found), parquet=parquet,
    )  # fmt: skip


def parts(source: Source) -> Sequence[Part]:
    """All files, in the order in which a reader wants them; raises ``ParquetNotInstalled`` where it is wanted."""
    found = [*_tables(source), *_sheets(source), *_figures(source.report), *_layouts(source.report)]
    if source.parquet:
        require_parquet()
        found += _parquet(source)
    names = [README, DICTIONARY, SUMMARY, *(part.path for part in found)]
    told = json.dumps(summary(source.report, names), indent=2, ensure_ascii=False, allow_nan=False)
    first = [
        Part(DICTIONARY, "Every column of every table.", partial(_lines, dictionary(names))),
        Part(SUMMARY, "The results in short, for programs.", partial(_lines, [told])),
    ]
    listed = [(part.path, part.what) for part in (*first, *found)]
    text = readme(source.title, source.at, source.report, listed, source.sessions)
    return [Part(README, "This page.", partial(_lines, text)), *first, *found]


def zipped(found: Iterable[Part], name: str, at: datetime) -> Iterator[bytes]:
    """The pieces of a zip of these files, which lie in a folder of that name."""
    return zip_chunks(((f"{name}/{part.path}", part.content) for part in found), at)


def _tables(source: Source) -> Iterator[Part]:
    for name in tables_of(source.report):
        yield Part(f"{name}.csv", ABOUT[name], partial(_table, name, source.report))
    if source.votes:
        votes = source.votes
        yield Part("votes.csv", ABOUT["votes"], lambda: in_chunks(votes_csv(votes())))
    if source.sessions:
        sessions = source.sessions
        yield Part("sessions.csv", ABOUT["sessions"], lambda: in_chunks(sessions_csv(sessions)))


def _parquet(source: Source) -> Iterator[Part]:
    rows: dict[str, Callable[[], Cells]] = {
        name: partial(REPORT_ROWS[name], source.report) for name in tables_of(source.report)
    }
    if source.votes:
        rows["votes"] = source.votes
    for name, cells in rows.items():
        yield Part(f"parquet/{name}.parquet", ABOUT[name], partial(_typed, name, TABLES[name], cells))
    if source.sessions:
        columns = [*TABLES["sessions"], *question_columns(source.sessions.fields)]
        yield Part(
            "parquet/sessions.parquet", ABOUT["sessions"], partial(_typed, "sessions", columns, source.sessions.cells)
        )


def _sheets(source: Source) -> Iterator[Part]:
    for form, text in written(source.sheet).items() if source.sheet else ():
        yield Part(f"methods.{form}", _SHEETS[form], partial(_bytes, text))


def _figures(found: StudyReport) -> Iterator[Part]:
    for name, title, drawn in figure_files(found):
        yield Part(f"figures/{name}", f"{title}.", partial(_drawn, drawn))


def _layouts(found: StudyReport) -> Iterator[Part]:
    """What R and pwcmp read; nothing where no vote counts."""
    tallies = [one for one in found.tallies if len(one.columns)]
    if not tallies:
        return
    names = figure_names(found)
    yield _laid_out("R/bradley_terry.csv", "Wins of each pair, for BradleyTerry2.", lambda: bradley_terry_rows(tallies))
    for one in tallies:
        path, what = f"R/lme4-{names[one.task]}.csv", "Every counted vote, for lme4."
        yield _laid_out(path, what, partial(lme4_rows, one), design(one))
    yield Part("R/analysis.R", "Begins with both.", partial(_bytes, layout_scripts.R))
    if has_comparisons(tallies):
        what = "Every counted vote but ties, for pwcmp."
        yield _laid_out("pwcmp/comparisons.csv", what, lambda: comparison_rows(tallies))
    for one in tallies:
        path, what = f"pwcmp/counts-{names[one.task]}.csv", "A count matrix for each scene, for pwcmp."
        yield _laid_out(path, what, partial(count_rows, one), one.conditions)
    yield Part("pwcmp/analysis.m", "Begins with these.", partial(_bytes, layout_scripts.PWCMP))


def _laid_out(path: str, what: str, rows: Callable[[], Cells], more: Sequence[str] = ()) -> Part:
    folder, _, file = path.partition("/")
    columns = LAYOUTS.get(path) or LAYOUTS[f"{folder}/{file.partition('-')[0]}.csv"]
    names = [*(column.name for column in columns), *more]
    return Part(path, what, lambda: in_chunks(csv_lines(names, rows())))


def _table(name: str, found: StudyReport) -> Iterator[bytes]:
    return in_chunks(table_csv(name, found))


def _typed(name: str, columns: Sequence[Column], rows: Callable[[], Cells]) -> Iterator[bytes]:
    return parquet_chunks(name, columns, rows())


def _lines(lines: Iterable[str]) -> Iterator[bytes]:
    return in_chunks(f"{line}\n" for line in lines)


def _drawn(figure: Callable[[], bytes]) -> list[bytes]:
    return [figure()]


def _bytes(text: str) -> list[bytes]:
    return [text.encode()]

"""What is taken away in one piece: a table with its types, and everything as one zip; for the page and for scripts."""

from collections.abc import Iterator

from starlette.responses import Response, StreamingResponse

from app.clock import now
from app.results.columns import TABLES
from app.results.package import parts, study_source, zipped
from app.results.parquet import parquet_chunks, require_parquet
from app.results.report import report
from app.results.report_rows import REPORT_ROWS
from app.results.session_columns import question_columns
from app.results.session_rows import session_table
from app.results.vote_rows import vote_rows
from app.web.analysis_turns import begun
from app.web.downloads import Choice, NoSuchTable, attached
from app.web.pages import Context

PARQUET, ZIP = "application/vnd.apache.parquet", "application/zip"


def parquet_reply(use: Context, study_id: int, table: str, chosen: Choice) -> Response:
    """The table as Parquet, written while it is sent; raises ``NoSuchTable`` or ``ParquetNotInstalled``."""
    chunks = _parquet(use, study_id, table, chosen)
    headers = attached(chosen.file_name(study_id, f"{table}.parquet"))
    return StreamingResponse(chunks, media_type=PARQUET, headers=headers)


def package_reply(use: Context, study_id: int, chosen: Choice, *, parquet: bool) -> Response:
    """Everything as one zip, written while it is sent; what can be refused is refused before the first byte."""
    if parquet:
        require_parquet()
    source = study_source(use.database, study_id, chosen.options, now(), parquet=parquet)
    name = chosen.file_name(study_id, "results")
    chunks = zipped(parts(source), name, source.at)
    return StreamingResponse(chunks, media_type=ZIP, headers=attached(f"{name}.zip"))


def _parquet(use: Context, study_id: int, table: str, chosen: Choice) -> Iterator[bytes]:
    if table == "votes":
        return parquet_chunks(table, TABLES[table], vote_rows(use.database, study_id, chosen.options))
    if table == "sessions":
        found = session_table(use.database, study_id)
        return parquet_chunks(table, [*TABLES[table], *question_columns(found.fields)], found.cells())
    if table in REPORT_ROWS:
        rows = REPORT_ROWS[table](report(use.database, study_id, chosen.options))
        return begun(parquet_chunks(table, TABLES[table], rows))
    raise NoSuchTable(table)

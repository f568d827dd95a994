"""Everything to take away: the same in a folder and in a zip, in the same bytes, in small memory."""

import csv
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from app import __version__
from app.results.columns import ABOUT, TABLES
from app.results.export import votes_csv
from app.results.folder import write_folder, write_package
from app.results.layout_columns import LAYOUTS
from app.results.options import ReportOptions
from app.results.package import Source, parts, study_source
from app.results.report import report
from app.results.session_rows import session_table
from app.results.vote_rows import vote_rows
from app.results.zip_stream import zip_chunks
from tests.results.conftest import START, BuiltStudy
from tests.results.test_export import _judged

pytestmark = pytest.mark.usefixtures("blank_figures")

Build = Callable[..., BuiltStudy]


def _source(study: BuiltStudy, *, parquet: bool = False) -> Source:
    return study_source(study.database, study.id, None, START, parquet=parquet)


def _rows(content: Iterable[bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(content).decode())))


def test_a_folder_and_a_zip_hold_the_same_files(build: Build, tmp_path: Path) -> None:
    source = _source(_judged(build))
    written = write_folder(source, tmp_path / "folder")
    assert write_package(source, tmp_path / "results.zip") == len(written)
    with zipfile.ZipFile(tmp_path / "results.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"results/{path.relative_to(tmp_path / 'folder')}" for path in written]
        for path in written:
            assert archive.read(f"results/{path.relative_to(tmp_path / 'folder')}") == path.read_bytes(), path
    names = {path.relative_to(tmp_path / "folder").as_posix() for path in written}
    assert names >= {
        *(f"{table}.csv" for table in TABLES), "README.md", "data-dictionary.md", "summary.json", "methods.md",
        "methods.bib", "R/bradley_terry.csv", "R/lme4-denoise.csv", "R/lme4-superres.csv", "R/analysis.R",
        "pwcmp/comparisons.csv", "pwcmp/counts-denoise.csv", "pwcmp/analysis.m", "figures/rankings.pdf",
    }  # fmt: skip
    assert json.loads((tmp_path / "folder" / "summary.json").read_text(encoding="utf-8"))["files"] == [
        path.relative_to(tmp_path / "folder").as_posix() for path in written
    ]


def test_the_same_results_at_the_same_moment_are_the_same_bytes(build: Build, tmp_path: Path) -> None:
    study = _judged(build)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        source = _source(study)
        write_package(Source(source.report, "t", START, source.votes, source.sessions), tmp_path / name / "r.zip")
    assert (tmp_path / "one" / "r.zip").read_bytes() == (tmp_path / "two" / "r.zip").read_bytes()


def test_the_page_explains_every_file_every_choice_and_names_every_log(build: Build) -> None:
    study = _judged(build)
    source = study_source(study.database, study.id, ReportOptions(alpha=0.01, people=True), START)
    found = parts(source)
    text = b"".join(found[0].content()).decode()
    assert found[0].path == "README.md"
    assert f"Written by Beholder {__version__} on 2026-03-02 14:00 UTC." in text
    listed = re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, flags=re.MULTILINE)
    assert [one for one in listed if one[0] in ("alpha", "people")] == [("alpha", "0.01"), ("people", "yes")]
    assert [path for path, _ in listed][-len(found) + 1 :] == [part.path for part in found[1:]]
    for row in session_table(study.database, study.id).rows:
        assert f"\n{row.id},{row.events},{row.log_head}\n" in text


def test_the_dictionary_holds_the_columns_of_the_files_beside_it(build: Build) -> None:
    found = {part.path: part for part in parts(_source(_judged(build)))}
    text = b"".join(found["data-dictionary.md"].content()).decode()
    headings = re.findall(r"^## `([^`]+)`$", text, flags=re.MULTILINE)
    assert headings == [
        *(f"{name}.csv" for name in TABLES),
        "R/bradley_terry.csv", "R/lme4-*.csv", "pwcmp/comparisons.csv", "pwcmp/counts-*.csv",
    ]  # fmt: skip
    for name, columns in (("R/bradley_terry.csv", LAYOUTS["R/bradley_terry.csv"]), ("votes.csv", TABLES["votes"])):
        header = b"".join(found[name].content()).decode().partition("\n")[0]
        assert header.split(",") == [column.name for column in columns]
        assert all(f"| `{column.name}` |" in text for column in columns)


def test_every_table_says_what_it_holds() -> None:
    assert list(ABOUT) == list(TABLES)


def test_tables_are_those_that_are_downloaded_alone(build: Build) -> None:
    study = _judged(build)
    found = {part.path: part for part in parts(_source(study))}
    assert b"".join(found["votes.csv"].content()).decode() == "".join(votes_csv(vote_rows(study.database, study.id)))


def test_rows_that_fail_half_way_leave_the_earlier_files_alone(build: Build, tmp_path: Path) -> None:
    study = _judged(build)
    write_folder(Source(report(study.database, study.id), "t", START), tmp_path / "out")
    write_package(Source(report(study.database, study.id), "t", START), tmp_path / "out.zip")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def breaking() -> Iterator[tuple[str, ...]]:
        yield ("one",)
        raise RuntimeError

    source = Source(report(study.database, study.id, ReportOptions(alpha=0.5)), "t", START, votes=breaking)
    for out in (tmp_path / "out", tmp_path / "out.zip"):
        with pytest.raises(RuntimeError):
            write_package(source, out)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_study_without_votes_has_a_package_too(build: Build, tmp_path: Path) -> None:
    write_package(_source(build()), tmp_path / "empty.zip")
    with zipfile.ZipFile(tmp_path / "empty.zip") as archive:
        assert "empty/votes.csv" in archive.namelist()
        assert not [name for name in archive.namelist() if "/R/" in name or "/pwcmp/" in name]


def test_a_large_file_goes_through_a_zip_in_small_memory() -> None:
    def content() -> Iterator[bytes]:
        for number in range(300):
            yield bytes([number % 7]) * 200_000

    tracemalloc.start()
    size = sum(map(len, zip_chunks([("large", content)], START)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 10_000 < size < 60_000_000
    assert peak < 3_000_000

"""A folder of results: all of it, or nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.results.folder import figure_names, write_folder
from app.results.options import ReportOptions
from app.results.report import StudyReport
from app.results.staging import FolderNotWritable, NotAFolder, staged
from tests.results.test_figures import REPORTS


def _report(*tasks: str) -> StudyReport:
    return StudyReport(tuple(replace(REPORTS[0], task=task) for task in tasks), ReportOptions())


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_tables_figures_and_summary_are_written(tmp_path: Path) -> None:
    written = write_folder(_report("denoise"), tmp_path / "deep" / "out")
    assert {str(path.relative_to(tmp_path / "deep" / "out")) for path in written} == _files(tmp_path / "deep" / "out")
    assert _files(tmp_path / "deep") == {
        "out/rankings.csv", "out/scores_by_scene.csv", "out/significance.csv", "out/summary.json",
        "out/figures/ranking-denoise-light.svg", "out/figures/ranking-denoise-dark.svg",
        "out/figures/ranking-denoise-light.png", "out/figures/ranking-denoise-light.pdf",
    }  # fmt: skip
    summary = json.loads((tmp_path / "deep" / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["tasks"][0]["ranking"][0]["condition"] == REPORTS[0].rows[0].condition
    assert summary["tasks"][0]["sentence"] == REPORTS[0].sentence


def test_figures_of_tasks_that_are_gone_go_too_and_strangers_stay(tmp_path: Path) -> None:
    write_folder(_report("denoise", "superres"), tmp_path)
    (tmp_path / "figures" / "mine.svg").write_text("")
    write_folder(_report("superres"), tmp_path)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        "mine.svg", "ranking-superres-light.svg", "ranking-superres-dark.svg",
        "ranking-superres-light.png", "ranking-superres-light.pdf",
    }  # fmt: skip


def test_names_of_figures_are_fit_for_files_and_different() -> None:
    names = figure_names(_report("a/b", "a b", "A-B", "../..", "写真", "deblur"))
    assert list(names.values()) == ["a-b", "a-b-2", "A-B-3", "task", "task-2", "deblur"]


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "table.csv").write_text("earlier")
    with pytest.raises(RuntimeError), staged(tmp_path / "out") as aside:
        (aside / "table.csv").write_text("half")
        raise RuntimeError
    assert (tmp_path / "out" / "table.csv").read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_where_the_folder_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(NotAFolder, match="give another path"):
        write_folder(_report("denoise"), tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotWritable, match="could not be written"):
        write_folder(_report("denoise"), tmp_path / "file" / "out")


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable, match="No space left"), staged(tmp_path / "out"):
        Path("/dev/full").write_text("x" * 10_000)
    assert list(tmp_path.iterdir()) == []

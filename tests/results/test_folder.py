"""A folder of results: all of it, or nothing."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.results.figure_files import figure_names
from app.results.figures import FIGURES, TaskFigure, figure_sheet
from app.results.folder import write_folder
from app.results.judgements import Counted
from app.results.options import ReportOptions
from app.results.package import Source
from app.results.report import StudyReport
from app.results.report_rows import NEED_SUBJECTS, REPORT_ROWS
from app.results.staging import FileForFolder, FolderNotWritable, InTheWay, staged
from tests.results.conftest import START
from tests.results.test_forest import REPORTS, counts

pytestmark = pytest.mark.usefixtures("blank_figures")

# Three figures need votes that tell their subjects, and two need measures; these reports have neither.
LACKING = {
    "planning",
    "ranks",
    "beats",
    *(name for name, one in FIGURES.items() if one.table in ("agreement", "rank_matrix")),
}
TASK_FIGURES = [name for name, one in FIGURES.items() if isinstance(one, TaskFigure) and name not in LACKING]
ENDINGS = (".pdf", "-column.pdf", "-denoise.svg", "-denoise-dark.svg", "-denoise.png")


def _report(*tasks: str) -> StudyReport:
    told = tuple(replace(REPORTS[0], task=task) for task in tasks)
    return StudyReport(told, ReportOptions(), tuple(replace(counts(), task=task) for task in tasks))


def _write(report: StudyReport, folder: Path) -> list[Path]:
    return write_folder(Source(report, "A study", START), folder)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_tables_figures_and_summary_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.results.figure_files.figure_sheet", figure_sheet)
    written = _write(_report("denoise"), tmp_path / "deep" / "out")
    assert {str(path.relative_to(tmp_path / "deep" / "out")) for path in written} == _files(tmp_path / "deep" / "out")
    assert _files(tmp_path / "deep") == {
        *(f"out/{name}.csv" for name in REPORT_ROWS if name not in NEED_SUBJECTS),
        "out/summary.json", "out/README.md", "out/data-dictionary.md",
        "out/R/bradley_terry.csv", "out/R/lme4-denoise.csv", "out/R/analysis.R",
        "out/pwcmp/counts-denoise.csv", "out/pwcmp/analysis.m",
        *(f"out/figures/{name}{ending}" for name in TASK_FIGURES for ending in ENDINGS),
    }  # fmt: skip
    summary = json.loads((tmp_path / "deep" / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["tasks"][0]["ranking"][0]["condition"] == REPORTS[0].rows[0].condition
    assert summary["tasks"][0]["sentence"] == REPORTS[0].sentence


def test_figures_of_tasks_that_are_gone_go_too_and_strangers_stay(tmp_path: Path) -> None:
    _write(_report("denoise", "superres"), tmp_path)
    (tmp_path / "figures" / "mine.svg").write_text("")
    _write(_report("superres"), tmp_path)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        "mine.svg", *(f"{name}{ending.replace('denoise', 'superres')}" for name in TASK_FIGURES for ending in ENDINGS)
    }  # fmt: skip


def test_files_of_others_that_are_named_like_figures_stay(tmp_path: Path) -> None:
    _write(_report("denoise", "superres"), tmp_path)
    figures = tmp_path / "figures"
    (figures / "rankings-mine.svg").write_text("mine")  # a name that we give, but not to this one
    (figures / "rankings-denoise.png").unlink()
    (figures / "rankings-denoise.png").symlink_to(tmp_path / "rankings.csv")
    (figures / "rankings-denoise.svg").unlink()
    (figures / "rankings-denoise.svg").mkdir()
    _write(_report("superres"), tmp_path)
    assert {path.name for path in figures.glob("*.[sp][vn]g") if "superres" not in path.name} == {
        "rankings-mine.svg", "rankings-denoise.png", "rankings-denoise.svg",
    }  # fmt: skip


def test_figures_of_an_earlier_version_go_when_their_summary_lists_them(tmp_path: Path) -> None:
    old = ["figures/ranking-denoise-light.svg", "figures/ranking-denoise-light.pdf"]
    (tmp_path / "figures").mkdir()
    for name in old:
        (tmp_path / name).write_text("drawn before")
    (tmp_path / "summary.json").write_text(json.dumps({"files": old}))
    _write(_report("denoise"), tmp_path)
    assert not [name for name in old if (tmp_path / name).exists()]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", '{"files": 3}', '{"files": ["rankings.csv", "../me", "figures/../../me", "figures/me", 3, null]}'],
)
def test_a_summary_that_is_not_ours_leads_to_no_removal(tmp_path: Path, text: str) -> None:
    mine = [tmp_path / "me", tmp_path / "out" / "figures" / "me", tmp_path / "out" / "votes.csv"]
    mine[1].parent.mkdir(parents=True)
    for path in mine:
        path.write_text("mine")
    (tmp_path / "out" / "summary.json").write_text(text)
    _write(_report("denoise"), tmp_path / "out")
    assert all(path.read_text() == "mine" for path in mine)


def test_the_summary_lists_the_files_and_says_who_is_counted(tmp_path: Path) -> None:
    report = replace(REPORTS[0], counted=Counted.SIMULATED, excluded_counted=True, scenes_left_out=1)
    written = _write(StudyReport((report,), ReportOptions(), (counts(),)), tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["files"] == [path.relative_to(tmp_path).as_posix() for path in written]
    assert set(summary["files"]) == _files(tmp_path)
    task = summary["tasks"][0]
    assert (task["counted"], task["excluded_counted"], task["scenes_left_out"]) == ("simulated", True, 1)
    assert task["tests"] == "Paired t-tests over 9 scenes for these subjects at α = 0.05, uncorrected."


@pytest.mark.parametrize("name", ["rankings.csv", "summary.json", "figures/rankings-denoise.svg"])
def test_a_folder_in_the_way_is_named_and_nothing_is_replaced(tmp_path: Path, name: str) -> None:
    _write(_report("denoise"), tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InTheWay, match=f"{Path(name).name} is a folder.*nothing was replaced"):
        _write(_report("denoise", "superres"), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_file_in_place_of_the_figures_folder_is_named_and_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("mine")
    with pytest.raises(InTheWay, match="figures is not a folder"):
        _write(_report("denoise"), tmp_path)
    assert _files(tmp_path) == {"figures"}


def test_the_summary_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    replace_ = Path.replace

    def noting(path: Path, target: Path) -> Path:
        moved.append(target.name)
        return replace_(path, target)

    monkeypatch.setattr(Path, "replace", noting)
    _write(_report("denoise"), tmp_path)
    assert moved[-1] == "summary.json"
    assert moved.count("summary.json") == 1


def test_everything_is_written_within_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with staged(tmp_path / "out") as aside:
        assert aside.parent == tmp_path / "out"
        assert aside.name.startswith(".beholder-")
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_run_left_is_swept_and_what_another_writes_now_is_not(tmp_path: Path) -> None:
    old, young, strange = (tmp_path / name for name in (".beholder-0123abcd", ".beholder-4567abcd", ".beholder-mine"))
    for path in (old, young, strange):
        path.mkdir()
        (path / "rankings.csv").write_text("half")
    for path in (old, strange):
        os.utime(path, (1e9, 1e9))
    with staged(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {young.name, strange.name}


@pytest.mark.parametrize(
    ("number", "todo"),
    [
        (errno.EACCES, "choose a folder in which you may write"),
        (errno.EROFS, "choose a folder in which you may write"),
        (errno.ENOSPC, "make room there"),
        (errno.EDQUOT, "make room there"),
        (errno.ENAMETOOLONG, "see that the path is right"),
    ],
)
def test_no_permission_and_no_room_are_told_apart(tmp_path: Path, number: int, todo: str) -> None:
    with pytest.raises(FolderNotWritable, match=todo), staged(tmp_path / "out"):
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_closed_to_us_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "out" / "figures").mkdir(parents=True)
    (tmp_path / "out" / "figures").chmod(0o555)
    with pytest.raises(FolderNotWritable, match="in which you may write"):
        _write(_report("denoise"), tmp_path / "out")
    assert _files(tmp_path) == set()


def test_the_folders_above_need_not_be_open_to_us(tmp_path: Path) -> None:
    (tmp_path / "closed" / "out").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o555)
    try:
        assert _write(_report("denoise"), tmp_path / "closed" / "out")
    finally:
        (tmp_path / "closed").chmod(0o755)


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
    with pytest.raises(FileForFolder, match="give another path"):
        _write(_report("denoise"), tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotWritable, match="could not be written"):
        _write(_report("denoise"), tmp_path / "file" / "out")


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable, match="No space left"), staged(tmp_path / "out"):
        Path("/dev/full").write_text("x" * 10_000)
    assert list(tmp_path.iterdir()) == []

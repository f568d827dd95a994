"""What there is to take away of a matrix of trainings."""

import csv
import json
from pathlib import Path

import pytest

from app.db.models import MeasureForm
from app.results.diagonal_figure import caption
from app.results.matrix_files import MATRIX_TABLES, matrix_csv, write_matrix
from app.results.training_matrix import MatrixReport, Missing, report_of
from app.studies.measured import Held

_GOOD = {"gmsd": {"gmsd": 0.05, "mae": 0.08, "mae+gmsd": 0.06}, "mae": {"gmsd": 0.07, "mae": 0.03, "mae+gmsd": 0.04}}


def _held(task: str, condition: str, measure: str, value: float, form: MeasureForm = MeasureForm.RGB) -> list[Held]:
    return [
        Held(task, scene, condition, measure, form, value + shift, False, "job 9")
        for scene, shift in (("fell", 0.0), ("tarn", 0.01))
    ]


def _report() -> MatrixReport:
    """Denoising holds the criterion; in super-resolution the network trained under MAE loses to that under GMSD."""
    held = [
        one
        for measure, by in _GOOD.items()
        for condition, value in {**by, "degraded": 0.3}.items()
        for one in _held("denoise", condition, measure, value)
    ]
    held += [one for name, value in (("gmsd", 0.2), ("mae", 0.25)) for one in _held("superres", name, "mae", value)]
    held += _held("denoise", "gmsd", "gmsd", 0.9, MeasureForm.Y) + _held("denoise", "mae", "gmsd", 0.1, MeasureForm.Y)
    return report_of(held, {}, [Missing("superres", "gmsd", "job 7 is queued")])


def _rows(report: MatrixReport, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(matrix_csv(report, table)))


def test_the_diagonal_tells_each_network_its_rank_and_by_how_much_it_misses() -> None:
    report = _report()
    assert (report.met, report.asked) == (2, 3)
    rows = {(row["task"], row["condition"]): row for row in _rows(report, "diagonal")}
    assert set(rows) == {("denoise", "gmsd"), ("denoise", "mae"), ("superres", "mae")}
    missed = rows["superres", "mae"]
    assert (missed["holds"], missed["rank"], missed["best"], missed["better"]) == ("no", "2", "gmsd", "lower")
    assert (float(missed["value"]), float(missed["best_value"])) == (pytest.approx(0.255), pytest.approx(0.205))
    assert (float(missed["lead"]), missed["lead_share"], missed["scenes_first"]) == (pytest.approx(-0.05), "-1", "0")
    assert rows["denoise", "gmsd"]["rival"] == "mae+gmsd"


def test_networks_learn_from_all_channels_so_luminance_alone_is_ranked_and_no_networks_own() -> None:
    rows = [row for row in _rows(_report(), "rank_matrix") if row["measure"] == "gmsd"]
    assert {(row["form"], row["condition"]): row["rank"] for row in rows} == {
        ("rgb", "gmsd"): "1", ("rgb", "mae+gmsd"): "2", ("rgb", "mae"): "3", ("y", "mae"): "1", ("y", "gmsd"): "2",
    }  # fmt: skip
    assert {row["own"] for row in rows if row["form"] == "y"} == {""}


def test_the_caption_says_how_many_hold_who_misses_and_who_has_no_place() -> None:
    told = caption(_report())
    assert told.startswith("2 of 3 networks come first under the measure they were trained under (in the published")
    assert "Not the first: mae (superres)." in told
    assert "without a place here: mae+gmsd." in told


def test_the_folder_holds_tables_figures_and_a_summary_and_is_the_same_when_written_again(tmp_path: Path) -> None:
    report = _report()
    written = write_matrix(report, tmp_path)
    once = {path: path.read_bytes() for path in written}
    assert {path: path.read_bytes() for path in write_matrix(report, tmp_path)} == once
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert {f"{table}.csv" for table in MATRIX_TABLES} | {"summary.json"} <= names
    for figure in ("diagonal", "matrix-denoise", "matrix-superres"):
        assert {f"figures/{figure}{end}" for end in (".svg", "-dark.svg", ".png", ".pdf", "-column.pdf")} <= names
    told = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert (told["asked"], told["met"]) == (3, 2)
    assert told["missing"] == [{"task": "superres", "condition": "gmsd", "why": "job 7 is queued"}]
    assert [one["condition"] for task in told["tasks"] for one in task["missed"]] == ["mae"]


def test_figures_of_tasks_that_are_gone_are_gone_too(tmp_path: Path) -> None:
    report = _report()
    write_matrix(report, tmp_path)
    kept = [one for one in report.held if one.task == "denoise"]
    write_matrix(report_of(kept, {}), tmp_path)
    assert not list(tmp_path.glob("figures/matrix-superres*"))
    assert (tmp_path / "figures" / "matrix-denoise.svg").is_file()


def test_without_a_score_there_is_no_figure_and_the_tables_are_empty(tmp_path: Path) -> None:
    write_matrix(report_of([], {}), tmp_path)
    assert not list(tmp_path.glob("figures/*"))
    assert (tmp_path / "diagonal.csv").read_text(encoding="utf-8").count("\n") == 1

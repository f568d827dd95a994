"""The whole experiment from its one command: trained, rendered, scored, and held against the diagonal criterion."""

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.one_database, pytest.mark.timeout(900)]

EXPERIMENT = """
preset: tiny
tasks: [denoise, superres]
objectives:
  - mae
  - {objective: 1 - ms_ssim, patch: 176, batch: 2, learning_rate: 0.0005}
  - {objective: gmsd, learning_rate: 0.0004}
first_stage: {steps: 500}
second_stage: {steps: 150, patch: 96, batch: 4, halve_every: 60}
scenes: {side: 192, per_photograph: 1}
measures: [psnr]
"""


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_command_trains_renders_scores_and_tells_who_is_best_under_its_own_measure(
    environment: dict[str, str], beholder: Run, tmp_path: Path
) -> None:
    asked = tmp_path / "experiment.yaml"
    asked.write_text(EXPERIMENT, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "app.cli", "matrix", str(asked), "--work", "--out", str(tmp_path / "out")],
        env=environment | {"BEHOLDER_CPU_JOBS": "2"}, capture_output=True, text=True, timeout=800, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, ""), told.stdout + told.stderr
    diagonal = {(row["task"], row["condition"]): row for row in _table(tmp_path / "out" / "diagonal.csv")}
    assert set(diagonal) == {(task, name) for task in ("denoise", "superres") for name in ("mae", "ms_ssim", "gmsd")}
    assert {row["scenes"] for row in diagonal.values()} == {"4"}
    # MAE and GMSD pull apart whatever the seed; how MS-SSIM comes out of so few steps depends on it.
    for task in ("denoise", "superres"):
        assert diagonal[task, "mae"]["holds"] == "yes"
    ranks = _table(tmp_path / "out" / "rank_matrix.csv")
    assert {row["measure"] for row in ranks} == {"mae", "psnr", "ms_ssim", "gmsd"}
    assert len(ranks) == 2 * 3 * 4
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["asked"], summary["missing"]) == (6, [])
    assert summary["sentence"] in told.stdout
    for figure in ("diagonal", "matrix-denoise", "matrix-superres"):
        assert (tmp_path / "out" / "figures" / f"{figure}-dark.svg").stat().st_size > 1000

    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    again = beholder("matrix", str(asked), "--out", str(tmp_path / "out"))
    assert (again.returncode, again.stderr) == (0, "")
    assert "beholder worker" not in again.stdout  # nothing is left to do
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_a_matrix_that_is_stopped_says_how_far_it_is_and_leaves_other_jobs_alone(
    environment: dict[str, str], beholder: Run, tmp_path: Path
) -> None:
    other = beholder("matrix", "tiny", "--tasks", "superres", "--objectives", "mae", "--seed", "5")
    assert other.returncode == 0, other.stderr
    asked = tmp_path / "long.yaml"
    asked.write_text("tasks: [denoise]\nobjectives: [mae]\nfirst_stage: {steps: 100000}\n", encoding="utf-8")
    command = [sys.executable, "-m", "app.cli", "matrix", str(asked), "--work"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "first stage" not in (line := process.stdout.readline()) or "running" not in line:
            assert line, "it ended by itself"
        process.send_signal(signal.SIGTERM)
        said = process.stdout.read()
        assert process.wait(60) == 75
    for told in (
        "Stopping: ",
        "Stopped. Done: nothing yet.",
        "Still to do: 2 trainings, 2 renderings, 2 scores",
        "same command",
    ):
        assert told in said
    listed = beholder("jobs", "list").stdout
    assert "running" not in listed
    assert "superres · first stage · tiny" in listed
    assert [line.split()[1] for line in listed.splitlines() if "superres" in line] == ["queued"] * 6

"""``beholder analyse``, as somebody runs it who has nothing but a CSV."""

import csv
import json
import subprocess
import sys
import zipfile
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from app.results.report_rows import REPORT_ROWS

HEADER = "task,scene,condition_a,condition_b,winner,subject\n"


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    """Six people, five scenes, three conditions; gmsd is clearly worst."""
    rng = np.random.default_rng(1)
    liking = {"mae": 0.6, "ms_ssim": 0.5, "gmsd": -1.5}

    def winner(a: str, b: str) -> str:
        return "a" if rng.random() < 1 / (1 + np.exp(liking[b] - liking[a])) else "b"

    lines = [
        f"denoise,scene {scene},{a},{b},{winner(a, b)},{who}\n"
        for who in range(6)
        for scene in range(5)
        for a, b in combinations(liking, 2)
    ]
    path = tmp_path / "votes.csv"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["beholder", "analyse", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("blank_figures")
def test_scenes_that_lack_conditions_can_be_aligned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "votes.csv"
    answers = [("s", "x", "y"), ("t", "y", "z")]
    lines = [f"denoise,{scene},{a},{b},{win},w\n" for scene, a, b in answers for win in "aaab"]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    assert _run(monkeypatch, path, "--out", tmp_path / "plain") == 0
    assert "--incomplete align" in capsys.readouterr().out
    assert _run(monkeypatch, path, "--out", tmp_path / "out", "--incomplete", "align") == 0
    assert "x ranks first, before y and z; 2 aligned scenes" in capsys.readouterr().out
    with (tmp_path / "out" / "rankings.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["condition"], row["low"]) for row in csv.DictReader(file)] == [("x", ""), ("y", ""), ("z", "")]
    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (told["options"]["incomplete"], told["tasks"][0]["aligned"]) == ("align", True)


def test_a_file_of_votes_becomes_tables_figures_and_a_sentence(votes: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "analyse", votes, "--out", tmp_path / "out"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "both beat gmsd." in done.stdout
    with (tmp_path / "out" / "rankings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[-1]["condition"] == "gmsd"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *(f"{name}.csv" for name in REPORT_ROWS), "summary.json", "figures", "methods.md", "methods.html",
        "methods.bib", "README.md", "data-dictionary.md", "R", "pwcmp",
    }  # fmt: skip


@pytest.mark.usefixtures("blank_figures")
def test_the_same_goes_into_a_zip_whose_name_says_so(
    votes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _run(monkeypatch, votes, "--out", tmp_path / "results.zip") == 0
    with zipfile.ZipFile(tmp_path / "results.zip") as archive:
        assert {"results/rankings.csv", "results/R/lme4-denoise.csv", "results/figures/rankings.pdf"} <= set(
            archive.namelist()
        )


@pytest.mark.usefixtures("blank_figures")
def test_options_reach_the_tables(votes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        _run(monkeypatch, votes, "--out", tmp_path / "out", "--prior", "0.5", "--alpha", "0.01", "--correction", "holm")
        == 0
    )
    with (tmp_path / "out" / "rankings.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["prior"], row["alpha"], row["level"], row["correction"]) == ("0.5", "0.01", "0.99", "holm")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("task;scene;condition_a;condition_b;winner\n", "it has a first line and no votes below it"),
        (f"{HEADER}t,s,a,b,left,1\n", "line 2: winner is 'left'"),
        (f"{HEADER.strip()},weight\nt,s,a,b,a,1,0\n", "no row counts"),
    ],
)
def test_a_bad_file_gets_one_message_and_leaves_nothing(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(text, encoding="utf-8")
    assert _run(monkeypatch, path, "--out", tmp_path / "out") == 2
    output = capsys.readouterr()
    assert message in output.err
    assert output.out == ""
    assert [one.name for one in tmp_path.iterdir()] == ["votes.csv"]


@pytest.mark.usefixtures("blank_figures")
def test_what_was_passed_over_in_the_file_is_told_and_kept(
    votes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *rows = votes.read_text(encoding="utf-8").splitlines()
    text = "\r\n".join([f"{header},mood", *(f"{row},fine" for row in rows)]).replace(",", ";")
    votes.write_text(f"\ufeff{text}", encoding="utf-8")
    assert _run(monkeypatch, votes, "--out", tmp_path / "out") == 0
    notes = ["Read as columns separated by semicolons.", "Columns that were not read: mood."]
    assert capsys.readouterr().out.splitlines()[:2] == notes
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["notes"] == notes


@pytest.mark.parametrize(
    "option", [("--alpha", "2"), ("--alpha", "1e-18"), ("--prior", "-1"), ("--correction", "bonferroni")]
)
def test_a_bad_option_is_refused(
    votes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, str]
) -> None:
    assert _run(monkeypatch, votes, "--out", tmp_path / "out", *option) == 2
    assert not (tmp_path / "out").exists()

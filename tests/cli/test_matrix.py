"""Matrices launched at the command line."""

from pathlib import Path

import pytest
from PIL import Image

from app.db import Database
from app.jobs import store
from app.jobs.photograph_sets import sets
from tests.cli.conftest import Run


def photos(folder: Path) -> str:
    folder.mkdir()
    for number, name in enumerate(("fell", "moor", "tarn")):
        Image.new("RGB", (300, 300), (number, 0, 0)).save(folder / f"{name}.png")
    return str(folder)


def test_a_matrix_of_a_folder_is_launched_once(beholder: Run, database: Database, tmp_path: Path) -> None:
    command = (
        "matrix", "tiny", "--tasks", "denoise", "--objectives", "mae, gmsd", "--photos", photos(tmp_path / "moors"),
        "--test", "ta*", "--scene-side", "200",
    )  # fmt: skip
    first, second = beholder(*command), beholder(*command)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    assert first.stdout.splitlines() == [
        "job    1  denoise, first stage",
        "job    2  denoise under mae; its pictures: job 3, its scores: job 4",
        "job    5  denoise under gmsd; its pictures: job 6, its scores: job 7",
        "job    8  denoise, the baseline input; its scores: job 9",
        "`beholder worker` does them, and so does this command with --work.",
    ]
    assert sets(database) == [("moors", 2, 1)]


def test_files_beside_the_photographs_are_left_alone_and_counted(beholder: Run, tmp_path: Path) -> None:
    folder = photos(tmp_path / "moors")
    Path(folder, "manifest.json").write_text("{}", encoding="utf-8")
    said = beholder("matrix", "tiny", "--tasks", "denoise", "--objectives", "mae", "--photos", folder)
    assert (said.returncode, said.stderr) == (0, "")
    assert "no pictures by their names: 1 file of the folder." in said.stdout


def test_the_packaged_photographs_are_the_default(beholder: Run, database: Database) -> None:
    said = beholder("matrix", "tiny", "--tasks", "superres", "--objectives", "mae")
    assert said.returncode == 0, said.stderr
    assert sets(database) == [("packaged", 4, 4)]
    assert len(store.listing(database)) == 6


def test_a_matrix_that_makes_no_sense_leaves_nothing_behind(beholder: Run, database: Database) -> None:
    for wrong in (
        ("paperr",), ("nowhere.yaml",), ("tiny", "--objectives", "mae,gmsdd"), ("tiny", "--photos", "/nowhere"),
    ):  # fmt: skip
        said = beholder("matrix", *wrong)
        assert (said.returncode, len(said.stderr.splitlines())) == (2, 1)
    assert (sets(database), store.listing(database)) == ([], [])


@pytest.mark.one_database
def test_weights_that_nobody_has_are_told_before_anything_is_queued(
    beholder: Run, database: Database, tmp_path: Path
) -> None:
    command = (
        "matrix", "tiny", "--tasks", "denoise", "--objectives", "mae,lpips", "--photos", photos(tmp_path / "moors"),
        "--test", "ta*", "--scene-side", "200",
    )  # fmt: skip
    refused = beholder(*command)
    assert refused.returncode == 2
    for word in ("vgg16-397923af.pth", "fetch-weights --measures lpips", "weights", "--anyway"):
        assert word in refused.stderr
    assert store.listing(database) == []
    done = beholder(*command, "--anyway")
    assert (done.returncode, done.stderr) == (0, "")
    assert "denoise under lpips; its pictures: job 6, its scores: job 7" in done.stdout


@pytest.mark.one_database
def test_a_key_of_the_files_own_that_does_not_suit_is_named_and_not_the_preset(
    beholder: Run, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    for text, told in (
        ("objectives: [1 - ms_ssim]\nsecond_stage: {patch: 64}", "'patch: 64' of second_stage does not suit denoise"),
        ("objectives: [{objective: gmsd, patch: 4}]", "'patch: 4' of the objective 'gmsd' does not suit denoise"),
        ("objectives: [mae]\nfirst_stage: {steps: 0}", "'steps: 0' of first_stage does not suit denoise under 'mae'"),
        ("objectives: [mae]\nsecond_stage: {patch: 1500}", "correct 'patch: 1500' of second_stage"),
    ):
        file.write_text(f"tasks: [denoise]\n{text}\n", encoding="utf-8")
        said = beholder("matrix", str(file))
        assert said.returncode == 2
        assert told in said.stderr
        assert "preset 'tiny'" not in said.stderr
    assert store.listing(database) == []


def test_a_check_of_photographs_that_are_in_no_set_yet_says_how_they_come_into_one(
    beholder: Run, database: Database, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "moors")
    check = ("matrix", "tiny", "--tasks", "denoise", "--objectives", "mae", "--scene-side", "200", "--check")
    said = beholder(*check, "--photos", folder)
    assert (said.returncode, said.stdout) == (2, "")
    assert f"make it with `beholder photographs add moors {folder}`, or leave --check out" in said.stderr
    assert "called 'packaged' yet, and a check makes none: leave --check out" in beholder(*check).stderr
    assert sets(database) == []
    assert beholder("photographs", "add", "moors", folder).returncode == 0
    again = beholder(*check, "--photos", folder)
    assert (again.returncode, again.stderr) == (0, "")
    assert "To be done:" in again.stdout

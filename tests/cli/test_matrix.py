"""Matrices launched at the command line."""

from pathlib import Path

from PIL import Image

from app.db import Database
from app.jobs import store
from app.jobs.photographs import sets
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

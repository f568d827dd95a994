"""A second stage begins with the weights of a first, whatever it is asked to go on from."""

from pathlib import Path

import pytest

from trainer.__main__ import main
from trainer.checkpoint import checkpoints_in

RECIPE = """
preset: tiny
stage: 2
task: denoise
objective: mae
network: {channels: 4, blocks: 1}
patch: 32
batch: 2
steps: 3
"""
FIRST = RECIPE.replace("stage: 2", "stage: 1")


def train(text: str, photos: Path, out: Path, *more: str | Path) -> int:
    recipe = out.with_suffix(".yaml")
    recipe.write_text(text)
    arguments = ("train", recipe, "--photos", photos, "--out", out, "--threads", "1", "--device", "cpu", *more)
    return main([*map(str, arguments)])


def test_going_on_with_nothing_is_no_way_around_the_first_stage(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(RECIPE, photos, tmp_path / "two", "--resume") == 2
    assert "is a second stage, which begins with the weights of the first" in capsys.readouterr().err
    assert not (tmp_path / "two").exists()


def test_nor_is_a_folder_whose_checkpoints_are_all_damaged(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(FIRST, photos, tmp_path / "one") == 0
    first = checkpoints_in(tmp_path / "one")[0]
    assert train(RECIPE, photos, tmp_path / "two", "--start-from", first) == 0
    (begun,) = checkpoints_in(tmp_path / "two")
    assert train(RECIPE, photos, tmp_path / "two", "--resume") == 0
    with begun.open("r+b") as file:
        file.truncate(begun.stat().st_size // 2)  # a power cut
    capsys.readouterr()
    assert train(RECIPE, photos, tmp_path / "two", "--resume") == 2
    assert "name that checkpoint with --start-from" in capsys.readouterr().err
    assert train(RECIPE, photos, tmp_path / "two", "--resume", "--start-from", first) == 0
    assert "checkpoint passed over" in capsys.readouterr().err

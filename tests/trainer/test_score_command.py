"""``python -m trainer score``: numbers for people who only want the numbers, and plain words where there are none."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from app.catalog import MEASURES as CATALOGUE
from app.results.measures_csv import read_measures
from tests.trainer.conftest import scenery
from trainer.__main__ import main
from trainer.measures import MEASURES


def saved(path: Path, width: int, height: int, noise: int = 0) -> Path:
    clean = scenery(width, height, 0).astype(int)
    shown = clean + np.random.default_rng(noise).integers(-noise, noise + 1, clean.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return saved(tmp_path / "a.png", 90, 70), saved(tmp_path / "b.png", 90, 70, noise=20)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """What ``render`` leaves: two tasks, one of them under two conditions."""
    folder = tmp_path / "pictures"
    for number, (task, condition) in enumerate(
        (
            ("denoise", "reference"),
            ("denoise", "mae"),
            ("denoise", "degraded"),
            ("deblur", "reference"),
            ("deblur", "mae"),
        )
    ):
        for scene in ("boat", "cat"):
            saved(folder / task / condition / f"{scene}.png", 48, 40, 0 if condition == "reference" else 5 + number)
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["score", *map(str, arguments), "--threads", "1", "--device", "cpu"]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["score", *map(str, arguments), "--threads", "1", "--device", "cpu"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    return told.err.splitlines()[-1]


def test_two_files_become_one_object_of_measures(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    reference, result = files
    told = json.loads(said(capsys, "--reference", reference, "--result", result, "--measures", "gmsd, mae", "--json"))
    assert list(told["measures"]) == ["gmsd", "mae"]
    pixels = [np.asarray(Image.open(path)).astype(float) / 255 for path in files]
    assert told["measures"]["mae"] == pytest.approx(np.abs(pixels[0] - pixels[1]).mean(), rel=1e-13)
    assert (told["form"], told["reference"], told["result"]) == ("rgb", str(reference), str(result))
    assert told["left_out"] == {}
    assert told["versions"]["torch"] == torch.__version__


def test_the_luma_is_another_form_with_other_values(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--reference", files[0], "--result", files[1], "--measures", "mae", "--json")
    colour, luma = (json.loads(said(capsys, *arguments, "--form", form)) for form in ("rgb", "y"))
    assert luma["form"] == "y"
    assert luma["measures"]["mae"] < colour["measures"]["mae"]  # independent noise averages out
    assert "has no form 'y'" in refused(capsys, *arguments[:-3], "--measures", "vsi", "--form", "y")


def test_all_tells_what_it_leaves_out_and_why(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, "--reference", files[0], "--result", files[1], "--form", "y", "--json"))
    assert set(told["measures"]) | set(told["left_out"]) == set(CATALOGUE)
    assert set(told["measures"]) <= set(MEASURES)
    assert told["left_out"]["ms_ssim"] == "both sides must be at least 161 px"
    assert told["left_out"]["vsi"] == "it looks at colours and has no form 'y'"
    assert {"mae", "psnr", "gmsd"} <= set(told["measures"])


def test_what_render_wrote_becomes_a_csv_that_a_study_can_import(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "values.csv"
    file.write_text(said(capsys, "--result", pictures, "--measures", "mae,gmsd", "--csv"))
    values = read_measures(file).values
    assert {(task, scene, condition) for task, scene, condition, _, _ in values} == {
        (task, scene, condition)
        for task, condition in (("denoise", "mae"), ("denoise", "degraded"), ("deblur", "mae"))
        for scene in ("boat", "cat")
    }
    assert {(measure, form) for _, _, _, measure, form in values} == {("mae", "rgb"), ("gmsd", "rgb")}
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    told = json.loads(said(capsys, "--result", pictures / "denoise", "--measures", "mae", "--json"))
    by_place = {(row["scene"], row["condition"]): float(row["value"]) for row in rows if row["task"] == "denoise"}
    for one in told["pictures"]:
        mae = float(next(row["value"] for row in rows if (row["task"], row["scene"], row["condition"], row["measure"])
                         == (one["task"], one["scene"], one["condition"], "mae")))  # fmt: skip
        assert one["measures"]["mae"] == mae
    assert len(by_place) == 4


def test_two_folders_are_compared_by_name_and_told_as_a_table(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = saved(pictures / "denoise" / "mae" / "alone.png", 48, 40)
    table = said(
        capsys, "--result", extra.parent, "--reference", pictures / "denoise" / "reference", "--measures", "psnr,mae"
    )
    lines = table.splitlines()
    assert lines[0].split() == ["measure", "better", "denoise/mae", "(2)"]
    assert [line.split()[:2] for line in lines[1:3]] == [["psnr", "higher"], ["mae", "lower"]]
    assert "means over the scenes of each condition" in table


def test_pictures_without_a_counterpart_are_named_and_not_compared(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(pictures / "denoise" / "mae" / "alone.png", 48, 40)
    (pictures / "denoise" / "degraded" / "boat.png").unlink()
    assert main(["score", "--result", str(pictures / "denoise"), "--measures", "mae", "--device", "cpu"]) == 0
    told = capsys.readouterr()
    assert {"denoise/mae", "denoise/degraded"} <= set(told.out.split())
    warned = [line for line in told.err.splitlines() if "not compared" in line]
    assert len(warned) == 2
    assert f"folder={pictures / 'denoise' / 'reference'}" in warned[0]
    assert "pictures=boat" in warned[0]
    assert f"folder={pictures / 'denoise' / 'mae'}" in warned[1]
    assert "pictures=alone" in warned[1]


def test_what_cannot_be_compared_is_told_with_the_files_name(
    files: tuple[Path, Path], pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, result = files
    other = saved(tmp_path / "small.png", 88, 70)
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    (tmp_path / "empty").mkdir()
    both = ("--reference", reference, "--result")
    assert f"{other} has 88×70 px and its reference 90×70 px" in refused(capsys, *both, other)
    assert f"{result}: Multi-scale structural similarity is not defined on a picture of 90×70 px" in refused(
        capsys, *both, result, "--measures", "ms_ssim"
    )
    assert f"{text} cannot be used" in refused(capsys, *both, text)
    assert f"There is no file or folder {tmp_path / 'no.png'}" in refused(capsys, *both, tmp_path / "no.png")
    assert "are a file and a folder" in refused(capsys, *both, pictures)
    assert "does not hold pictures as `render` writes them" in refused(capsys, "--result", tmp_path / "empty")
    assert f"No picture in {tmp_path / 'empty'} has the name of one in {pictures / 'denoise'}" in refused(
        capsys, "--result", tmp_path / "empty", "--reference", pictures / "denoise"
    )
    assert "did you mean 'ms_ssim'?" in refused(capsys, *both, result, "--measures", "ms_sim")
    saved(pictures / "denoise" / "mae" / "boat.bmp", 48, 40)
    assert "boat.bmp and" in refused(capsys, "--result", pictures)


def test_weights_that_are_missing_are_told_before_the_first_picture(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: object) -> Tensor:
        raise AssertionError("something was scored")

    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setitem(MEASURES, "mae", never)
    reference, result = files
    asked = ["--reference", str(reference), "--result", str(result), "--measures", "mae,gti_cnn"]
    assert main(["score", *asked]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "gti_cnn" in said
    assert str(tmp_path / "weights") in said

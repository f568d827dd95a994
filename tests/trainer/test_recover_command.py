"""``python -m trainer recover``: the screening of measures on one photograph, from a terminal."""

import csv
import json
from pathlib import Path

import pytest

from app.jobs.contract import Assignment, PhotographRef, RecoverResult, RecoverSpec, SceneRef
from app.media import Media
from app.settings import Settings
from trainer.__main__ import main

FEW = ("--steps", "6", "--learning-rate", "0.05", "--threads", "1", "--device", "cpu")


def run(*arguments: str | Path) -> int:
    return main(["recover", *map(str, arguments), *FEW])


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


def test_measures_are_screened_from_noise_and_from_jpeg_into_a_table(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("--reference", photos / "lake.png", "--measures", "gmsd,psnr", "--side", "48", "--out", out) == 0
    rows = {
        (row["objective"], row["start"]): row
        for row in csv.DictReader((out / "screening.csv").read_text().splitlines())
    }
    assert set(rows) == {(text, start) for text in ("gmsd", "- psnr") for start in ("noise", "jpeg")}
    for name in ("noise-gmsd", "jpeg-psnr"):
        assert {path.name for path in (out / name).iterdir()} == {
            "best.png", "contact-sheet.png", "curve.csv", "result.json", "spec.json",
        }  # fmt: skip
    spec = RecoverSpec.model_validate_json((out / "jpeg-psnr" / "spec.json").read_bytes())
    assert (spec.scene.left, spec.scene.top, spec.scene.width) == (21, 11, 48)
    assert float(rows["- psnr", "jpeg"]["psnr_best"]) > float(rows["- psnr", "jpeg"]["psnr_start"])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "noise-gmsd", "jpeg-gmsd", "noise-psnr", "jpeg-psnr",
    ]  # fmt: skip


def test_a_screening_goes_on_only_when_asked_and_only_with_the_same_settings(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ("--reference", photos / "lake.png", "--start", "noise", "--out", out)
    assert run(*arguments, "--objective", "mae + 0.1*gmsd") == 0
    before = (out / "noise-0.1*gmsd+mae" / "result.json").stat().st_mtime_ns
    assert run(*arguments, "--objective", "mae + 0.1*gmsd") == 2
    assert "already holds a recovery: go on with it with --resume" in last_line(capsys)
    assert run(*arguments, "--objective", "0.1*gmsd + mae", "--resume") == 0
    assert (out / "noise-0.1*gmsd+mae" / "result.json").stat().st_mtime_ns == before
    assert run(*arguments, "--objective", "0.1*gmsd + mae", "--resume", "--seed", "4") == 2
    assert "belongs to a recovery of another picture or with other settings" in last_line(capsys)


def test_a_result_that_is_damaged_is_found_anew(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--reference", photos / "lake.png", "--start", "noise", "--out", tmp_path, "--measures", "mae")
    assert run(*arguments) == 0
    result = tmp_path / "noise-mae" / "result.json"
    before = result.read_bytes()
    result.write_bytes(before[:100])
    assert run(*arguments, "--resume") == 0
    assert "found anew: its result is damaged" in capsys.readouterr().err
    assert result.read_bytes() == before


def test_the_table_keeps_what_was_finished_before_in_whatever_order(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("--reference", photos / "lake.png", "--start", "noise", "--out", out)
    assert run(*arguments, "--measures", "gmsd") == 0
    assert run(*arguments, "--measures", "psnr,gmsd", "--resume") == 0
    rows = list(csv.DictReader((out / "screening.csv").read_text().splitlines()))
    assert [row["objective"] for row in rows] == ["- psnr", "gmsd"]


def test_weights_that_are_not_here_are_told_before_days_are_spent_on_other_measures(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "none"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "none"))
    out = tmp_path / "out"
    assert run("--reference", photos / "lake.png", "--measures", "mae,gti_cnn", "--out", out) == 2
    assert "gti_cnn cannot be computed without gti_cnn.pth" in last_line(capsys)
    assert not out.exists()


def test_what_cannot_be_recovered_is_told_before_anything_is_written(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--reference", photos / "lake.png", "--out", tmp_path / "out")
    assert run(*arguments, "--measures", "ms_ssim") == 2
    assert "90×70 px are too small for '1 - ms_ssim', which needs at least 161 px" in last_line(capsys)
    assert run(*arguments, "--objective", "ms_ssim") == 2
    assert "probably what you meant" in last_line(capsys)
    assert run(*arguments, "--side", "300") == 2
    assert "smaller than 300 px: choose a smaller --side" in last_line(capsys)
    assert run(*arguments, "--measures", "mae", "--quality", "200") == 2
    assert "quality: Input should be less than or equal to 95" in last_line(capsys)
    names = ("mae", "mse", "charbonnier", "pamse", "nlpd", "mad", "gmsd", "mcsd")
    assert run(*arguments, "--objective", "+".join(f"0.12345678912345678*{name}" for name in names)) == 2
    assert "too long for the name of a folder" in last_line(capsys)
    assert not (tmp_path / "out").exists()


def test_a_job_recovers_its_part_of_a_photograph_and_goes_on_from_an_earlier_attempt(
    photos: Path, media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    ref = PhotographRef(name="lake.png", digest=media.put_file(photos / "lake.png"))
    scene = SceneRef(name="lake", photograph=ref, left=5, top=3, width=40, height=32)
    spec = RecoverSpec(objective="mae", scene=scene, steps=9, start="jpeg", quality=5)
    told = Assignment(job=4, attempt=1, spec=spec, media=media.url, checkpoint_seconds=0, threads=1)
    folder = settings.runs / "4" / "1"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(told.model_dump_json())
    assert main(["run", "4", "--attempt", "1"]) == 0
    result = RecoverResult.model_validate_json((folder / "result.json").read_bytes())
    checkpoint = folder / "checkpoint-8.pt"
    assert json.loads(checkpoint.with_suffix(".json").read_text())["step"] == 8
    again = settings.runs / "4" / "2"
    again.mkdir()
    later = told.model_copy(update={"attempt": 2, "resume_from": str(checkpoint)})
    (again / "spec.json").write_text(later.model_dump_json())
    assert main(["run", "4", "--attempt", "2"]) == 0
    assert RecoverResult.model_validate_json((again / "result.json").read_bytes()) == result


def test_a_picture_of_the_wrong_size_is_told_with_the_option_that_cuts_one(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--reference", photos / "lake.png", "--out", tmp_path / "out")
    assert run(*arguments, "--measures", "ms_ssim", "--side", "48") == 2
    assert "48×48 px are too small for '1 - ms_ssim'" in (said := last_line(capsys))
    assert "a --side of at least 161" in said
    assert run(*arguments, "--measures", "ms_ssim") == 2
    assert "--side only cuts a smaller part" in last_line(capsys)
    assert run(*arguments, "--side", "9000") == 2
    assert "choose a smaller --side" in last_line(capsys)

"""Matrices as people write them: read whole, refused with the word that was probably meant."""

from pathlib import Path
from typing import Any

import pytest

from app.catalog import MEASURES, UnknownMeasure, UnknownTask
from app.jobs.matrix_file import BadMatrixFile, MatrixFile, matrix_of, read
from app.jobs.matrix_plan import check_matrix
from app.jobs.objective import BadObjective

WHOLE = """
preset: lab
tasks: [superres]
objectives:
  - mae
  - objective: 1-ms_ssim
    learning_rate: 5e-5
    clip_norm: 1
second_stage: {steps: 900}
photographs: moors
set: uplands
test: [tarn, fell]
scenes: {side: 256, altogether: 6}
seed: 7
measures: [gmsd]
forms: [rgb, y]
"""


def _read(folder: Path, text: str, overrides: dict[str, Any] | None = None) -> MatrixFile:
    path = folder / "matrix.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, overrides or {})


def test_a_file_says_the_whole_experiment(tmp_path: Path) -> None:
    found = _read(tmp_path, WHOLE)
    assert (found.preset, found.tasks, found.seed) == ("lab", ("superres",), 7)
    assert [one.objective for one in found.objectives] == ["mae", "1 - ms_ssim"]
    assert found.changes.own == {"ms_ssim": {"learning_rate": 5e-5, "clip_norm": 1}}
    assert found.second_stage == {"steps": 900}
    assert (found.photographs, found.set, found.test) == (str(tmp_path / "moors"), "uplands", ("tarn", "fell"))
    assert (found.scenes.wish.side, found.scenes.wish.altogether, found.scenes.wish.per_photograph) == (256, 6, None)
    assert set(found.scores.measures) == {"mae", "gmsd", "ms_ssim"}
    assert found.forms == ("rgb", "y")


def test_what_a_file_leaves_open_is_decided() -> None:
    found = matrix_of({}, "matrix")
    assert (found.preset, found.tasks, found.photographs) == ("tiny", ("denoise", "superres"), None)
    free = {one.id for one in MEASURES.values() if not one.needs_weights}
    here = found.scores.among(free | {"lpips"})  # what can be computed where the matrix is launched
    assert here is not None
    assert set(here.measures) == free | {"lpips"}


def test_the_measures_of_the_objectives_always_score() -> None:
    found = matrix_of({"objectives": ["mae + 0.1*lpips", "gmsd"], "measures": ["psnr"]}, "matrix")
    assert set(found.scores.measures) == {"mae", "psnr", "gmsd", "lpips"}


def test_flags_win_over_the_file_and_of_the_scenes_key_by_key(tmp_path: Path) -> None:
    found = _read(tmp_path, WHOLE, {"tasks": ["denoise"], "scenes": {"side": 128}, "photographs": "packaged"})
    assert (found.tasks, found.photographs) == (("denoise",), "packaged")
    assert (found.scenes.side, found.scenes.altogether) == (128, 6)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"taks": ["denoise"]}, "there is no key 'taks' (did you mean 'tasks'?)"),
        ({"scenes": {"sides": 3}}, "scenes: there is no key 'sides' (did you mean 'side'?)"),
        ({"second_stage": {"step": 3}}, "second_stage: there is no key 'step' (did you mean 'steps'?)"),
        ({"first_stage": {"network": {"chanels": 3}}}, "first_stage: network: there is no key 'chanels'"),
        (
            {"objectives": [{"objective": "mae", "clipnorm": 1}]},
            "there is no key 'clipnorm' (did you mean 'clip_norm'?",
        ),
        ({"objectives": [{"steps": 3}]}, "does not say which objective it is about"),
        ({"objectives": []}, "objectives: tuple should have at least 1 item"),
        ({"second_stage": {"seed": 3}}, "second_stage: there is no key 'seed'"),
        ({"seed": -1}, "seed: input should be greater than or equal to 0"),
        ({"forms": ["luma"]}, "forms.0: input should be 'rgb' or 'y'"),
        ({"forms": ["y"]}, "forms: 'rgb' must be among them"),
        ({"tasks": "denoise"}, "tasks: input should be a valid tuple"),
        ({"scenes": {"altogether": 3, "per_photograph": 1}}, "say the same thing twice"),
    ],
)
def test_a_slip_of_the_pen_is_named(content: dict[str, Any], said: str) -> None:
    with pytest.raises(BadMatrixFile) as caught:
        matrix_of(content, "m.yaml")
    assert said in caught.value.message
    assert caught.value.message.startswith("m.yaml: ")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"tasks": ["denoize"]}, UnknownTask),
        ({"objectives": ["ms_sim"]}, UnknownMeasure),
        ({"objectives": ["ms_ssim"]}, BadObjective),
        ({"measures": ["psrn"]}, UnknownMeasure),
    ],
)
def test_what_does_not_exist_is_refused_by_its_own_rule(content: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        matrix_of(content, "m.yaml")


@pytest.mark.parametrize(("text", "said"), [("- a", "holds no matrix"), ("a: [", "is not YAML")])
def test_a_file_that_is_no_matrix_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadMatrixFile, match=said):
        _read(tmp_path, text)
    with pytest.raises(BadMatrixFile, match="cannot be read"):
        read(tmp_path / "nowhere.yaml")


def test_the_experiment_that_travels_with_the_program_is_a_matrix_of_thirty_six_networks() -> None:
    path = Path(__file__).parents[2] / "benchmarks" / "tiny_matrix.yaml"
    found = read(path)
    texts = [one.objective for one in found.objectives]
    recipes = check_matrix(found.tasks, texts, preset=found.preset, changes=found.changes)
    assert sum(len(one.second) for one in recipes) == 36
    assert recipes[0].second["ms_ssim"].patch >= MEASURES["ms_ssim"].smallest_side
    assert recipes[0].second["vif"].clip_norm == 1

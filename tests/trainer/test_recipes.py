"""A recipe file means what it says, to the last key, or is refused with what to mend."""

from pathlib import Path

import pytest

from app.catalog import UnknownMeasure, UnknownTask
from app.errors import AppError
from app.jobs.contract import Network, Recipe
from app.jobs.objective import BadObjective
from app.jobs.presets import UnknownPreset, preset
from trainer.recipes import BadRecipe, read


def written(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_is_its_keys_and_the_defaults_of_the_rest(tmp_path: Path) -> None:
    text = "task: denoise\nobjective: 1 - ms_ssim\nlearning_rate: 1e-3\nnetwork: {channels: 8}\n"
    assert read(written(tmp_path, text)) == Recipe(
        task="denoise", objective="1 - ms_ssim", learning_rate=1e-3, network=Network(channels=8, blocks=16)
    )


def test_a_preset_gives_the_size_and_written_keys_win(tmp_path: Path) -> None:
    text = "preset: tiny\nstage: 2\ntask: superres\nobjective: gmsd\nsteps: 9\nnetwork: {blocks: 1}\n"
    base = preset("tiny", "superres", "gmsd", stage=2)
    network = Network(channels=base.network.channels, blocks=1)
    assert read(written(tmp_path, text)) == base.model_copy(update={"steps": 9, "network": network})


@pytest.mark.parametrize(
    ("text", "refusal", "says"),
    [
        (
            "task: denoise\nobjective: mae\nlearning_rat: 1\n",
            BadRecipe,
            "no key 'learning_rat' (did you mean 'learning_rate'?)",
        ),
        (
            "task: denoise\nobjective: mae\nnetwork: {chanels: 8}\n",
            BadRecipe,
            "network: there is no key 'chanels' (did you mean 'channels'?)",
        ),
        ("task: denoise\nobjective: mae\nfoo: x\n", BadRecipe, "line 3: there is no key 'foo' (the keys are task"),
        ("task: denoise\nobjective: mae\n3: x\n", BadRecipe, "line 3: '3' cannot be a key"),
        ("task: denoize\nobjective: mae\n", UnknownTask, "did you mean 'denoise'?"),
        ("task: denoise\nobjective: 1 - msssim\n", UnknownMeasure, "did you mean 'ms_ssim'?"),
        ("task: denoise\nobjective: ms_ssim\n", BadObjective, "write '1 - ms_ssim', which is probably what you meant"),
        ("task: denoise\n", BadRecipe, "objective: field required"),
        ("task: denoise\nobjective: mae\nbatch: many\n", BadRecipe, "line 3: batch: input should be a valid integer"),
        (
            "task: denoise\nobjective: 1 - ms_ssim\npatch: 96\n",
            BadRecipe,
            "96 px is too small for '1 - ms_ssim', which needs at least 161 px",
        ),
        ("task: superres\nobjective: mae\npatch: 98\n", BadRecipe, "98 px is not a multiple of 4"),
        ("preset: huge\ntask: denoise\nobjective: mae\n", UnknownPreset, "no preset 'huge'"),
        ("preset: tiny\ntask: denoise\n", BadRecipe, "objective must be given"),
        ("preset: tiny\nstage: 3\ntask: denoise\nobjective: mae\n", BadRecipe, "there is no stage 3: write 1"),
        ("stage: 2\ntask: denoise\nobjective: mae\n", BadRecipe, "name a 'preset'"),
        ("preset: tiny\ntask: denoise\nobjective: 1 - ms_ssim\n", BadRecipe, "write 'stage: 2'"),
        ("", BadRecipe, "holds no recipe"),
        ("- denoise\n", BadRecipe, "holds no recipe"),
        ("task: [denoise\n", BadRecipe, "is not YAML"),
        ("task: !!python/object/apply:os.getcwd []\n", BadRecipe, "is a tag"),
    ],
)
def test_a_recipe_with_a_mistake_is_refused_with_what_to_mend(
    tmp_path: Path, text: str, refusal: type[AppError], says: str
) -> None:
    with pytest.raises(refusal) as refused:
        read(written(tmp_path, text))
    assert says in refused.value.message
    if refusal is BadRecipe:
        assert str(tmp_path / "recipe.yaml") in refused.value.message


def test_a_recipe_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecipe, match="cannot be read: No such file"):
        read(tmp_path / "nowhere.yaml")


def test_a_patch_that_is_written_out_wins_before_anything_is_checked(tmp_path: Path) -> None:
    text = "preset: tiny\ntask: denoise\nobjective: 1 - ms_ssim\npatch: 176\n"
    assert read(written(tmp_path, text)).patch == 176


def test_a_second_stage_is_not_trained_from_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "preset: tiny\nstage: 2\ntask: denoise\nobjective: gmsd\n")
    with pytest.raises(BadRecipe, match="--start-from"):
        read(path, from_nothing=True)
    assert read(path).objective == "gmsd"

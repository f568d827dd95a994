"""The named sizes of a training."""

import pytest

from app.catalog import MEASURES, TASKS, UnknownTask
from app.jobs.care import Care, care_for
from app.jobs.contract import Network
from app.jobs.presets import PRESETS, Stage, UnknownPreset, preset


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_preset_can_train_every_task_for_every_objective(name: str, task: str, measure: str) -> None:
    objective = MEASURES[measure].objective
    first, second = preset(name, task, "mae", stage=1), preset(name, task, objective, stage=2, seed=7)
    assert second.objective == objective
    assert (first.seed, second.seed) == (0, 7)
    assert first.network == second.network  # or stage 2 could not begin with the weights of stage 1


def test_the_paper_s_preset_has_the_published_sizes() -> None:
    stages: tuple[Stage, ...] = (1, 2)
    for stage in stages:
        recipe = preset("paper", "denoise", "mae", stage=stage)
        assert recipe.network == Network(channels=64, blocks=16)
        assert (recipe.patch, recipe.batch, recipe.steps) == (192, 16, 500_000)
        assert (recipe.learning_rate, recipe.halve_every, recipe.precision) == (1e-4, 100_000, "fp32")


def test_recipes_from_before_a_key_keep_their_identity() -> None:
    known = {  # as the queues of running installations hold them
        ("tiny", "denoise", "mae", 1): "6f1363cbb2d9a60f2ffd8b28e350b2d7cc47841c192357398b7c3f0e5ab52d6a",
        ("tiny", "superres", "gmsd", 2): "c3acb772faa826d2926c2479ee969795aa89a882331e08df39946d2070fe4a5d",
        ("paper", "denoise", "1 - ms_ssim", 2): "13929317a57d42f2e53432bb8b7d27be3b17cd567ddecb5678425a1ee74ad257",
    }
    for (name, task, objective, stage), digest in known.items():
        assert preset(name, task, objective, stage=stage).hash == digest
    recipe = preset("paper", "denoise", "mae", stage=1)
    for key, default, other in (
        ("ema", None, 0.999),
        ("beyond", None, 0.1),
        ("candidates", 1, 4),
        ("recolour", False, True),
    ):
        assert getattr(recipe, key) == default
        assert key not in recipe.model_dump()
        assert recipe.model_copy(update={key: other}).hash != recipe.hash


def test_the_laboratory_s_preset_averages_weights_and_the_paper_s_does_not() -> None:
    averaged, plain = (preset(name, "superres", "gmsd", stage=2) for name in ("lab", "paper"))
    assert (averaged.precision, averaged.ema) == ("bf16", 0.999)
    assert (plain.precision, plain.ema) == ("fp32", None)


@pytest.mark.parametrize("objective", ["1 - fsim", "1 - vsi", "mad", "mae + 0.1*mad"])
def test_objectives_that_need_care_get_smaller_steps_and_a_limit(objective: str) -> None:
    careful, plain = (preset("paper", "denoise", text, stage=2) for text in (objective, "gmsd"))
    assert (careful.learning_rate, careful.clip_norm) == (pytest.approx(1e-5), 1.0)
    assert (plain.learning_rate, plain.clip_norm) == (1e-4, None)


def test_a_gradient_without_a_limit_is_cut_at_the_preset_s_own_rate() -> None:
    recipe = preset("paper", "denoise", "1 - sff", stage=2)
    assert (recipe.learning_rate, recipe.clip_norm) == (1e-4, 1.0)


@pytest.mark.parametrize("objective", ["1 - vif", "- ifc", "1 - cw_ssim"])
def test_measures_that_see_no_brightness_judge_what_is_displayed(objective: str) -> None:
    recipe = preset("paper", "denoise", objective, stage=2)
    assert (recipe.beyond, recipe.learning_rate, recipe.clip_norm) == (0.1, 1e-4, None)
    assert preset("paper", "denoise", "gmsd", stage=2).beyond is None


def test_of_several_cares_the_greatest_holds() -> None:
    table = {"mae": Care(0.5, beyond=0.2), "gmsd": Care(0.2, 3.0), "mse": Care(clip_norm=2.0, beyond=0.1)}
    assert care_for("mae + gmsd + mse", table) == Care(0.2, 2.0, 0.1)
    assert care_for("1 - ms_ssim", table) == Care()


def test_unknown_presets_and_tasks_are_refused() -> None:
    with pytest.raises(UnknownPreset, match="did you mean 'tiny'"):
        preset("tinny", "denoise", "mae", stage=1)
    with pytest.raises(UnknownTask):
        preset("tiny", "deblurr", "mae", stage=1)


def test_changes_replace_keys_of_the_preset_and_parts_of_its_network() -> None:
    plain, changed = (
        preset("tiny", "denoise", "mae", stage=2, changes=changes)
        for changes in ({}, {"steps": 7, "network": {"channels": 8}})
    )
    assert (changed.steps, changed.network) == (7, Network(channels=8, blocks=plain.network.blocks))
    assert changed.model_copy(update={"steps": plain.steps, "network": plain.network}) == plain

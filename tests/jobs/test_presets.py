"""The named sizes of a training."""

import pytest

from app.catalog import MEASURES, TASKS, UnknownTask
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


def test_unknown_presets_and_tasks_are_refused() -> None:
    with pytest.raises(UnknownPreset, match="did you mean 'tiny'"):
        preset("tinny", "denoise", "mae", stage=1)
    with pytest.raises(UnknownTask):
        preset("tiny", "deblurr", "mae", stage=1)

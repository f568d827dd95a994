"""What an estimate reckons with is what the trainer builds."""

import pytest

from app.catalog import TASKS
from app.jobs.cost import weights_of
from app.jobs.presets import PRESETS, preset
from trainer.networks import build


@pytest.mark.parametrize("size", PRESETS)
@pytest.mark.parametrize("task", TASKS)
def test_an_estimate_knows_how_many_weights_a_network_has(task: str, size: str) -> None:
    counted = sum(weights.numel() for weights in build(task, preset=size).parameters())
    assert weights_of(preset(size, task, "mae", stage=1)) == counted

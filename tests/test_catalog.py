"""The catalogue is true: the trainer has exactly what it lists, and each measure behaves as it says."""

import pytest
import torch

from app.catalog import MEASURES, TASKS, UnknownTask, measure, task
from app.jobs.objective import parse
from trainer import measures, networks, tasks

# Of learned measures, which need weights, tests/trainer/measures/test_learned.py asks the same.
WEIGHT_FREE = [name for name in measures.MEASURES if not MEASURES[name].needs_weights]


def test_the_trainer_has_exactly_the_tasks_of_the_catalogue() -> None:
    assert list(tasks.TASKS) == list(networks.NETWORKS) == list(TASKS)


def test_the_trainer_has_exactly_the_measures_of_the_catalogue() -> None:
    assert set(measures.MEASURES) == set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_is_listed_under_its_own_id_with_an_objective_of_itself(name: str) -> None:
    assert measure(name).id == name
    assert parse(measure(name).objective).measures == (name,)


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_each_measure_has_the_direction_and_the_range_that_the_catalogue_gives(name: str) -> None:
    known, score = MEASURES[name], measures.MEASURES[name]
    generator = torch.Generator().manual_seed(1)
    reference = torch.nn.functional.interpolate(torch.rand(1, 3, 24, 24, generator=generator), 192, mode="bicubic")
    noise = torch.randn(reference.shape, generator=generator)
    scores = [score((reference + sigma * noise).clamp(0, 1), reference).item() for sigma in (0.0, 0.02, 0.1, 0.4)]
    assert scores == sorted(scores, reverse=known.higher_is_better)
    assert known.lowest is None or min(scores) >= known.lowest
    assert known.highest is None or max(scores) <= known.highest + 1e-6


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_each_measure_works_on_the_smallest_side_that_the_catalogue_gives(name: str) -> None:
    side = MEASURES[name].smallest_side
    picture = torch.rand(1, 3, side, side)
    assert measures.MEASURES[name](picture, picture).isfinite().all()


@pytest.mark.parametrize("name", TASKS)
def test_each_task_degrades_and_restores_pictures_whose_sides_are_its_multiple(name: str) -> None:
    side = max(24, 4 * TASKS[name].multiple)
    clean = torch.rand(1, 3, side, 2 * side)
    task, network = tasks.TASKS[name], networks.NETWORKS[name](4, 1)
    degraded, staged = (way(clean, torch.Generator().manual_seed(1)) for way in (task.degrade, task.stage))
    torch.testing.assert_close(degraded, staged.given, rtol=0, atol=2e-5)  # scenes are rounded to a grid
    assert network(degraded).shape == task.restore(network, staged.given).picture.shape == clean.shape  # type: ignore[union-attr]
    assert staged.shown.picture.shape == clean.shape  # type: ignore[union-attr]


def test_a_mistyped_task_is_refused_with_the_close_one() -> None:
    with pytest.raises(UnknownTask, match="did you mean 'denoise'"):
        task("denoize")

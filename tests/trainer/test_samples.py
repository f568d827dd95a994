"""Samples show a training's course, and change nothing of it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from app.jobs.contract import Recipe
from tests.trainer.conftest import Listener
from trainer import samples
from trainer.checkpoint import checkpoints_in
from trainer.data import from_folder
from trainer.report import Stopped
from trainer.samples import shown_steps
from trainer.train import Training, train
from trainer.usage import Measured

CPU = torch.device("cpu")


@pytest.fixture
def training(recipe: Recipe, photos: Path, tmp_path: Path) -> Training:
    return Training(recipe=recipe, photographs=from_folder(photos), folder=tmp_path / "run", device=CPU)


def written(training: Training) -> set[str]:
    return {path.name for path in (training.folder / "samples").iterdir()}


def test_a_long_training_is_shown_early_often_and_at_its_end() -> None:
    assert sorted(shown_steps(64_000)) == [
        1000, 2000, 4000, 8000, 16_000, 24_000, 32_000, 40_000, 48_000, 56_000, 64_000
    ]  # fmt: skip
    assert shown_steps(1) == {1}
    assert max(shown_steps(13)) == 13


@pytest.mark.parametrize("task", ["denoise", "deblur", "superres", "compress"])
def test_every_task_leaves_restored_crops_beside_their_inputs_and_references(training: Training, task: str) -> None:
    recipe = training.recipe.model_copy(update={"task": task, "patch": 32, "kernels": 8, "steps": 3})
    train(replace(training, recipe=recipe), Listener())
    crops = {f"{kind}-{number}.png" for kind in ("degraded", "reference", 1, 2, 3) for number in range(3)}
    assert written(training) == crops
    sizes = set()
    for name in crops:
        with Image.open(training.folder / "samples" / name) as picture:
            sizes.add(picture.size)
    assert len(sizes) == 1, "whatever a task does to sizes, the three can be laid over each other"


@pytest.mark.parametrize("keys", [{}, {"ema": 0.9}])
def test_a_training_that_nobody_looks_at_is_equal_to_the_last_byte(
    training: Training, monkeypatch: pytest.MonkeyPatch, keys: dict[str, object]
) -> None:
    training = replace(training, recipe=training.recipe.model_copy(update=keys))
    unseen = replace(training, folder=training.folder / "unseen")
    train(training, Listener())
    monkeypatch.setattr(samples, "shown_steps", lambda _: frozenset())
    train(unseen, Listener())
    assert not (unseen.folder / "samples").exists()
    assert checkpoints_in(unseen.folder)[0].read_bytes() == checkpoints_in(training.folder)[0].read_bytes()


def test_a_training_that_goes_on_shows_what_it_would_have_shown(training: Training) -> None:
    train(training, Listener())
    stopped, continued = (replace(training, folder=training.folder / name) for name in ("stopped", "next"))
    with pytest.raises(Stopped):
        train(stopped, Listener(7))
    train(replace(continued, resume_from=checkpoints_in(stopped.folder)[0]), Listener())
    assert written(stopped) | written(continued) == written(training)
    for part in (stopped, continued):
        for name in written(part):
            assert (part.folder / "samples" / name).read_bytes() == (training.folder / "samples" / name).read_bytes()


def test_what_is_reported_says_what_the_job_uses(training: Training) -> None:
    listener = Listener(stop_after=5)
    with pytest.raises(Stopped):
        train(training, Measured(listener, CPU))
    usage = [progress.usage for progress in listener.heard]
    assert len(usage) == 5
    for one in usage:
        assert one is not None
        assert (one.device, one.threads) == ("the CPU", 1)
        assert 0 < one.memory < (one.memory_total or 0)
        assert 0 <= (one.utilisation or 0) <= 1

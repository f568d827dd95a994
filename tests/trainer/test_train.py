"""The loop learns, repeats itself exactly, continues exactly, and survives steps that are not finite."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from app import log
from app.jobs.contract import Network, Recipe, TrainResult
from tests.trainer.conftest import Listener
from trainer.checkpoint import Keeper, checkpoints_in, load
from trainer.data import from_folder
from trainer.report import Stopped
from trainer.state import OtherNetwork, OtherPhotographs, digest_of_all, fresh, network_of
from trainer.tasks import TASKS
from trainer.train import Diverged, Training, learning_rate, train
from trainer.validate import psnr
from trainer.versions import versions

CPU = torch.device("cpu")


@pytest.fixture
def training(recipe: Recipe, photos: Path, tmp_path: Path) -> Training:
    return Training(recipe=recipe, photographs=from_folder(photos), folder=tmp_path / "run", device=CPU)


def final(training: Training) -> bytes:
    """The bytes of the last checkpoint: weights, optimizer, generator and counters."""
    return checkpoints_in(training.folder)[0].read_bytes()


@pytest.mark.parametrize("task", ["denoise", "superres"])
def test_a_training_restores_better_than_it_began(training: Training, task: str) -> None:
    recipe = training.recipe.model_copy(update={"task": task, "steps": 120, "learning_rate": 5e-3})
    before = psnr(network_of(recipe), task, training.photographs, CPU)
    result = train(replace(training, recipe=recipe), Listener())
    assert result.psnr > before + 2
    assert result.skipped_steps == 0


def test_the_result_names_the_checkpoint_and_all_that_determined_it(training: Training) -> None:
    listener = Listener()
    result = train(training, listener)
    assert TrainResult.model_validate_json((training.folder / "result.json").read_bytes()) == result
    checkpoint = load(training.folder / result.checkpoint)
    assert (result.sha256, result.recipe_hash) == (checkpoint.sidecar.sha256, training.recipe.hash)
    assert (result.steps, result.versions) == (12, versions())
    assert (checkpoint.sidecar.photographs_hash, checkpoint.sidecar.versions) == (
        digest_of_all(training.photographs),
        versions(),
    )
    assert result.photographs_hash == checkpoint.sidecar.photographs_hash
    assert [progress.step for progress in listener.heard] == list(range(1, 13))
    assert {progress.total for progress in listener.heard} == {12}
    assert all(progress.loss and progress.steps_per_second for progress in listener.heard)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_two_trainings_by_one_recipe_are_equal_to_the_last_byte(training: Training, precision: str) -> None:
    recipe = training.recipe.model_copy(update={"precision": precision})
    one, two = (replace(training, recipe=recipe, folder=training.folder / name) for name in ("one", "two"))
    assert train(one, Listener()).loss == train(two, Listener()).loss
    assert final(one) == final(two)


def test_another_seed_gives_another_network(training: Training) -> None:
    other = replace(training, recipe=training.recipe.model_copy(update={"seed": 6}), folder=training.folder / "other")
    train(training, Listener())
    train(other, Listener())
    assert final(training) != final(other)


def nan_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on some batches to learn from hold numbers that are not finite; which, the generator decides."""
    real = TASKS["denoise"]

    def degrade(clean: Tensor, generator: torch.Generator) -> Tensor:
        noisy = real.degrade(clean, generator)
        return noisy / 0 if len(clean) > 1 and noisy[0, 0, 0, 0] > clean[0, 0, 0, 0] + 0.1 else noisy

    monkeypatch.setitem(TASKS, "denoise", replace(real, degrade=degrade))


@pytest.mark.parametrize("stop_after", [1, 7])
@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"ema": 0.9},
        {"precision": "bf16", "ema": 0.9, "clip_norm": 0.01, "beyond": 0.1, "candidates": 3, "recolour": True},
    ],
)
def test_a_training_stopped_and_continued_equals_one_that_ran_through(
    training: Training, monkeypatch: pytest.MonkeyPatch, stop_after: int, keys: dict[str, object]
) -> None:
    nan_by_chance(monkeypatch)
    training = replace(training, recipe=training.recipe.model_copy(update=keys))
    assert 0 < train(training, Listener()).skipped_steps < 12
    stopped = replace(training, folder=training.folder / "stopped")
    with pytest.raises(Stopped):
        train(stopped, Listener(stop_after))
    assert load(checkpoints_in(stopped.folder)[0]).sidecar.step == stop_after
    continued = replace(training, folder=training.folder / "next", resume_from=checkpoints_in(stopped.folder)[0])
    train(continued, Listener())
    assert final(continued) == final(training)


def test_a_training_whose_photographs_do_not_fit_continues_exactly_too(training: Training) -> None:
    training = replace(training, room=0)
    train(training, Listener())
    stopped = replace(training, folder=training.folder / "stopped")
    with pytest.raises(Stopped):
        train(stopped, Listener(5))
    continued = replace(training, folder=training.folder / "next", resume_from=checkpoints_in(stopped.folder)[0])
    train(continued, Listener())
    assert final(continued) == final(training)


def test_averaged_weights_are_what_is_validated_and_lent(training: Training) -> None:
    recipe = training.recipe.model_copy(update={"ema": 0.9})
    result = train(replace(training, recipe=recipe), Listener())
    checkpoint = load(training.folder / result.checkpoint)
    raw, averaged = checkpoint.state["network"], checkpoint.weights
    assert not torch.equal(raw["noise.weight"], averaged["noise.weight"])
    # In the trainer's order of memory: another rounds the last bit otherwise.
    network = network_of(recipe).to(memory_format=torch.channels_last)
    network.load_state_dict(averaged)
    assert psnr(network, "denoise", training.photographs, CPU) == result.psnr
    second = fresh(training.recipe, training.photographs, CPU, checkpoint.path)
    assert torch.equal(second.network.state_dict()["noise.weight"], averaged["noise.weight"])


@pytest.mark.parametrize("task", ["deblur", "superres", "compress"])
def test_every_task_goes_on_as_if_it_had_never_been_stopped(training: Training, task: str) -> None:
    recipe = training.recipe.model_copy(update={"task": task, "patch": 32, "kernels": 8, "steps": 6})
    whole = replace(training, recipe=recipe)
    train(whole, Listener())
    stopped = replace(whole, folder=training.folder / "stopped")
    with pytest.raises(Stopped):
        train(stopped, Listener(4))
    continued = replace(whole, folder=training.folder / "next", resume_from=checkpoints_in(stopped.folder)[0])
    train(continued, Listener())
    assert final(continued) == final(whole)


@pytest.mark.parametrize(("threads", "told"), [(2, True), (1, False)])
def test_a_training_that_goes_on_with_another_number_of_threads_says_so(
    training: Training, capsys: pytest.CaptureFixture[str], threads: int, told: bool
) -> None:
    """Then it is the same no longer to the last bit: sums are cut into other parts."""
    with pytest.raises(Stopped):
        train(training, Listener(4))
    last = checkpoints_in(training.folder)[0]
    assert load(last).sidecar.threads == 1
    torch.set_num_threads(threads)
    log.configure()
    train(replace(training, resume_from=last), Listener())
    assert ("goes on with another number of threads" in capsys.readouterr().err) is told


def test_a_training_that_was_already_finished_only_writes_its_result_again(training: Training) -> None:
    first = train(training, Listener())
    again = replace(training, folder=training.folder / "next", resume_from=training.folder / first.checkpoint)
    assert train(again, Listener()) == first
    assert final(again) == final(training)


def test_stage_two_begins_with_the_weights_of_stage_one_and_nothing_else(training: Training) -> None:
    train(training, Listener())
    lent = checkpoints_in(training.folder)[0]
    recipe = training.recipe.model_copy(update={"objective": "gmsd"})
    state = fresh(recipe, training.photographs, CPU, lent)
    weights = load(lent).state["network"]
    assert all(torch.equal(value, weights[name]) for name, value in state.network.state_dict().items())
    assert not state.optimizer.state_dict()["state"]
    assert state.step == 0
    assert torch.equal(state.generator.get_state(), torch.Generator().manual_seed(recipe.seed).get_state())


def test_weights_of_another_shape_or_task_are_refused(training: Training) -> None:
    train(training, Listener())
    lent = checkpoints_in(training.folder)[0]
    for update in ({"network": Network(channels=8, blocks=1)}, {"task": "superres"}):
        other = replace(training, recipe=training.recipe.model_copy(update=update), start_from=lent)
        with pytest.raises(OtherNetwork, match="denoise network of 4 channels and 1 blocks"):
            train(other, Listener())


def test_a_training_is_not_continued_on_other_photographs(training: Training) -> None:
    train(training, Listener())
    other = replace(training, photographs=training.photographs[:1], resume_from=checkpoints_in(training.folder)[0])
    with pytest.raises(OtherPhotographs, match="with other photographs"):
        train(other, Listener())


def test_a_training_begun_on_another_kind_of_device_goes_on_from_its_weights_with_other_random_numbers(
    training: Training,
) -> None:
    stopped = replace(training, folder=training.folder / "stopped")
    with pytest.raises(Stopped):
        train(stopped, Listener(5))
    state = load(checkpoints_in(stopped.folder)[0]).state
    moved = Keeper(training.folder / "moved", training.recipe, 300)
    path, _ = moved.save(5, state | {"device": "cuda", "generator": torch.zeros(16, dtype=torch.uint8)})
    listener = Listener()
    here = replace(training, folder=training.folder / "here", resume_from=path)
    result = train(here, listener)
    assert (result.steps, listener.heard[0].step) == (12, 6)
    adam = load(training.folder / "here" / result.checkpoint).state["optimizer"]["state"][0]
    assert adam["step"].item() == 12, "the optimizer went on too"

    again = replace(here, folder=training.folder / "again")
    train(again, Listener())
    assert final(again) == final(here), "in the same way every time"
    train(training, Listener())
    assert final(here) != final(training)


def sometimes_nan(monkeypatch: pytest.MonkeyPatch, every: int) -> None:
    """From now on every so many-th batch to learn from holds a number that is not finite; validation is spared."""
    real, calls = TASKS["denoise"], iter(range(1, 10_000))

    def degrade(clean: Tensor, generator: torch.Generator) -> Tensor:
        noisy = real.degrade(clean, generator)
        return noisy / 0 if len(clean) > 1 and next(calls) % every == 0 else noisy

    monkeypatch.setitem(TASKS, "denoise", replace(real, degrade=degrade))


def test_steps_that_are_not_finite_change_nothing_and_are_counted(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    sometimes_nan(monkeypatch, every=5)
    result = train(training, Listener())
    assert (result.steps, result.skipped_steps) == (12, 2)
    state = load(training.folder / result.checkpoint).state
    assert all(weights.isfinite().all() for weights in state["network"].values())
    assert state["optimizer"]["state"][0]["step"].item() == 10  # Adam never saw the other two


def test_too_many_steps_that_are_not_finite_end_the_training_with_advice(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    sometimes_nan(monkeypatch, every=1)
    recipe = training.recipe.model_copy(update={"steps": 40})
    with pytest.raises(Diverged, match=r"21 of the first 21 steps.*lower 'learning_rate'"):
        train(replace(training, recipe=recipe), Listener())
    assert not (training.folder / "result.json").exists()


def test_a_training_without_a_single_finite_step_has_no_result(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    sometimes_nan(monkeypatch, every=1)
    with pytest.raises(Diverged, match="12 of the first 12 steps had a loss or gradient that is not finite"):
        train(training, Listener())
    assert not (training.folder / "result.json").exists()


def test_a_network_whose_weights_left_all_bounds_has_no_result(training: Training) -> None:
    endless = training.recipe.model_copy(update={"steps": 1, "learning_rate": 3e38})
    with pytest.raises(Diverged, match="What the trained network restores is not finite"):
        train(replace(training, recipe=endless), Listener())
    assert not (training.folder / "result.json").exists()


def test_validation_depends_on_the_network_and_not_on_the_recipe(training: Training) -> None:
    still = training.recipe.model_copy(update={"steps": 1, "learning_rate": 1e-30})  # weights stay as they were drawn
    other = still.model_copy(update={"patch": 40, "batch": 5})
    first, second = (
        train(replace(training, recipe=recipe, folder=training.folder / str(recipe.patch)), Listener())
        for recipe in (still, other)
    )
    assert first.loss != second.loss
    assert first.psnr == second.psnr


def test_validation_is_the_ratio_of_the_mean_error_over_all_crops(training: Training) -> None:
    def nothing(degraded: Tensor) -> Tensor:
        return torch.zeros_like(degraded)

    flat = [
        replace(photograph, pixels=torch.full((8, 10, 3), 51 * k, dtype=torch.uint8))
        for k, photograph in ((1, training.photographs[0]), (3, training.photographs[1]))
    ]
    mean = 10 ** (-psnr(nothing, "denoise", flat, CPU) / 10)  # n crops of error 0.2², the others of error 0.6²
    share = (mean - 0.04) / (0.36 - 0.04) * 16
    assert share == pytest.approx(round(share), abs=1e-3)
    assert 0 < round(share) < 16


def test_gradients_above_the_limit_are_shortened(training: Training) -> None:
    limited = training.recipe.model_copy(update={"clip_norm": 1e-6, "steps": 1})
    train(replace(training, recipe=limited), Listener())
    averages = load(checkpoints_in(training.folder)[0]).state["optimizer"]["state"]
    norm = torch.cat([entry["exp_avg"].flatten() for entry in averages.values()]).norm().item() / (1 - 0.9)
    assert norm == pytest.approx(1e-6, rel=0.01)


def test_checkpoints_are_made_as_often_as_asked_and_two_are_kept(training: Training) -> None:
    train(replace(training, checkpoint_seconds=0), Listener())
    assert [path.name for path in checkpoints_in(training.folder)] == ["checkpoint-12.pt", "checkpoint-11.pt"]
    assert json.loads((training.folder / "checkpoint-11.json").read_text())["step"] == 11
    assert not Keeper(training.folder, training.recipe, 300).due()


def test_the_learning_rate_falls_along_lines_and_halves() -> None:
    recipe = Recipe(task="denoise", objective="mae", learning_rate=8e-4, halve_every=100)
    at = {step: learning_rate(recipe, step) for step in (0, 50, 100, 150, 200, 300)}
    assert at == pytest.approx({0: 8e-4, 50: 6e-4, 100: 4e-4, 150: 3e-4, 200: 2e-4, 300: 1e-4})

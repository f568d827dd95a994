"""A step that is not finite changes nothing; averaged weights follow the others."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.jobs.contract import Recipe
from trainer.captured import CapturedStep
from trainer.data import from_folder
from trainer.objectives import loss_of
from trainer.state import TrainingState, fresh
from trainer.step import Step

CPU = torch.device("cpu")


@pytest.fixture
def averaging(recipe: Recipe) -> Recipe:
    return recipe.model_copy(update={"ema": 0.75})


def begun(recipe: Recipe, photos: Path, device: torch.device = CPU) -> tuple[TrainingState, Step]:
    state = fresh(recipe, from_folder(photos), device, None)
    return state, Step(state, recipe, loss_of(recipe.objective))


def batch(seed: int, device: torch.device = CPU) -> tuple[Tensor, Tensor]:
    degraded, clean = torch.rand(2, 2, 3, 24, 24, generator=torch.Generator().manual_seed(seed))
    return degraded.to(device), clean.to(device)


def weights(module: torch.nn.Module | None) -> list[Tensor]:
    assert module is not None
    return [tensor.detach().clone() for tensor in module.parameters()]


def test_averaged_weights_are_the_mean_so_far_and_then_follow_by_a_share_of_the_way(
    averaging: Recipe, photos: Path
) -> None:
    state, step = begun(averaging, photos)
    expected = weights(state.network)
    for seed, share in enumerate([1, 1 / 2, 1 / 3, 1 / 4, 1 / 4, 1 / 4]):
        step(*batch(seed))
        expected = [old + share * (new - old) for old, new in zip(expected, weights(state.network), strict=True)]
        for found, wanted in zip(weights(state.averaged), expected, strict=True):
            torch.testing.assert_close(found, wanted)
    assert state.shown is state.averaged


def test_a_first_step_that_is_not_finite_leaves_the_averaged_weights_as_they_were(
    averaging: Recipe, photos: Path
) -> None:
    state, step = begun(averaging, photos)
    before = weights(state.averaged)
    degraded, clean = batch(0)
    step(degraded / 0, clean)
    for found, wanted in zip(weights(state.averaged), before, strict=True):
        torch.testing.assert_close(found, wanted, rtol=0, atol=0)


@pytest.mark.parametrize("hazard", ["a batch", "the loss alone", "the gradient alone"])
def test_a_step_that_is_not_finite_changes_nothing_but_its_count(averaging: Recipe, photos: Path, hazard: str) -> None:
    state, step = begun(averaging, photos)
    step(*batch(0))
    kept = weights(state.network), weights(state.averaged), state.loss.clone()
    degraded, clean = batch(1)
    if hazard == "a batch":
        step(degraded / 0, clean)
    elif hazard == "the loss alone":
        Step(state, averaging, lambda restored, clean: restored.mean() + torch.inf)(degraded, clean)
    else:
        Step(state, averaging, lambda restored, clean: (restored - restored).square().sum().sqrt())(degraded, clean)
    assert int(state.skipped) == 1
    for before, now in zip(kept, (weights(state.network), weights(state.averaged), state.loss), strict=True):
        torch.testing.assert_close(now, before, rtol=0, atol=0)
    step(degraded, clean)
    assert int(state.skipped) == 1
    assert {entry["step"].item() for entry in state.optimizer.state.values()} == {2.0}, "Adam counts what it did"


def test_the_step_waits_for_the_device_nowhere(
    averaging: Recipe, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, step = begun(averaging, photos)

    def refuse(*_: object) -> None:
        raise AssertionError("a number was asked for in the middle of a step")

    for name in ("item", "__bool__", "__int__", "__float__", "tolist"):
        monkeypatch.setattr(Tensor, name, refuse)
    step(*batch(0))


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="a CUDA graph needs a GPU")


@needs_gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_captured_step_does_what_the_eager_one_does(averaging: Recipe, photos: Path, precision: str) -> None:
    gpu, recipe = torch.device("cuda"), averaging.model_copy(update={"precision": precision, "objective": "gmsd"})
    (ours, step), (theirs, eager) = (begun(recipe, photos, gpu) for _ in range(2))
    captured = CapturedStep(step, gpu)
    for seed in range(12):
        degraded, clean = batch(seed, gpu)
        if seed in (2, 7):  # before it is captured and after
            degraded = degraded / 0
        captured(degraded, clean)
        eager(degraded, clean)
    assert captured.is_captured
    assert int(ours.skipped) == int(theirs.skipped) == 2
    for found, wanted in zip(weights(ours.averaged), weights(theirs.averaged), strict=True):
        torch.testing.assert_close(found, wanted, rtol=0, atol=2e-3 if precision == "bf16" else 1e-4)


@needs_gpu
def test_an_objective_that_waits_for_the_device_is_trained_uncaptured(averaging: Recipe, photos: Path) -> None:
    gpu = torch.device("cuda")
    state, _ = begun(averaging, photos, gpu)
    waiting = Step(state, averaging, lambda restored, clean: (restored - clean).abs().mean() * (clean.max().item() + 1))
    captured = CapturedStep(waiting, gpu)
    for seed in range(6):
        captured(*batch(seed, gpu))
    assert not captured.is_captured
    assert {entry["step"].item() for entry in state.optimizer.state.values()} == {6.0}, "no step was lost or doubled"

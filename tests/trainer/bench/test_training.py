"""Our training step is timed beside a loop that really trains."""

import json

import pytest
import torch

from app.jobs.contract import Recipe
from trainer.__main__ import main
from trainer.bench import training
from trainer.bench.clock import Taken
from trainer.bench.reference import ReferenceLoop
from trainer.bench.training import AIMS, StepTiming, _photographs, aim, bench_recipe
from trainer.data import Photograph
from trainer.train import learning_rate

CPU, GPU = torch.device("cpu"), torch.device("cuda")


def smooth(side: int) -> Photograph:
    line = torch.arange(side)
    return Photograph("slope.png", ((line[:, None] + line)[:, :, None].expand(-1, -1, 3) % 256).byte().contiguous())


@pytest.mark.parametrize("task", AIMS)
def test_the_plain_loop_learns_the_task(recipe: Recipe, task: str) -> None:
    recipe = recipe.model_copy(update={"task": task, "learning_rate": 5e-3})
    loop, losses = ReferenceLoop(recipe, [smooth(64), smooth(80)], CPU), []
    for _ in range(60):
        loop.step()
        losses.append(loop.loss)
    assert sum(losses[-10:]) < 0.7 * sum(losses[:10])


def test_pictures_and_small_pictures_of_the_plain_loop_show_the_same_place(recipe: Recipe) -> None:
    loop = ReferenceLoop(recipe.model_copy(update={"task": "superres"}), [smooth(64)], CPU)
    degraded, clean = next(loop._batches)
    assert (degraded.shape, clean.shape) == ((2, 3, 6, 6), (2, 3, 24, 24))
    means = torch.nn.functional.avg_pool2d(clean, 4)
    assert ((means - degraded).abs() < 0.02).float().mean() > 0.8  # but for borders, which bicubic weights see beyond


def test_the_figures_are_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bench", "train", "--device", "cpu", "--threads", "1", "--task", "superres", "--seconds", "0.1", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    (step,) = told["steps"]
    assert step["ratio"] == pytest.approx(step["plain_ms"] / step["ours_ms"])
    assert step["timings"] >= 2
    assert step["quartiles_ms"]["ours"][0] <= step["ours_ms"] <= step["quartiles_ms"]["ours"][1]
    assert step["crops_per_second"] == pytest.approx(4000 / step["ours_ms"])
    assert (step["recipe"]["task"], step["recipe"]["ema"], told["device"]) == ("superres", 0.999, "the CPU")
    assert told["aims"] == []


def test_aims_are_set_for_the_published_size_on_a_gpu_alone() -> None:
    published = bench_recipe("superres", None, None, GPU)
    assert (published.network.channels, published.batch, published.patch) == (64, 16, 192)
    assert published.precision == "bf16"
    missed = aim(timing(published, ours=2.0, plain=5.0), GPU)
    assert missed is not None
    assert (missed.reached, missed.timings, missed.text) == (False, 50, "superres at least 3 times as fast: 2.50")
    met = aim(timing(published, ours=2.0, plain=6.0), GPU)
    assert met is not None
    assert met.reached
    assert aim(timing(published, ours=2.0, plain=6.0), CPU) is None
    assert aim(timing(bench_recipe("denoise", "tiny", None, GPU), ours=2.0, plain=9.0), GPU) is None


def timing(recipe: Recipe, ours: float, plain: float) -> StepTiming:
    """One of these medians, in milliseconds."""
    return StepTiming(recipe, *(Taken(median, median, median, 50) for median in (ours, plain)))


def test_the_timed_step_follows_the_recipe_s_learning_rate(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the real loop does at every step: what that costs belongs to the step."""
    asked: list[float] = []
    monkeypatch.setattr(training, "set_learning_rate", lambda optimizer, rate: asked.append(rate))
    ours = training._ours(recipe, [smooth(64)], CPU)
    for _ in range(3):
        next(ours)
    assert asked == [learning_rate(recipe, step) for step in range(3)]


def test_photographs_to_time_with_hold_the_largest_patch() -> None:
    assert {photograph.pixels.shape for photograph in _photographs(300)} == {(300, 300, 3)}

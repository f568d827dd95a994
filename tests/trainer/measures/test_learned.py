"""Learned measures under random weights, in files like the real ones: agreement with pyiqa, safety, refusals."""

import sys
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from app.catalog import MEASURES as CATALOGUE
from app.catalog.weights import WEIGHTS
from app.jobs.contract import Recipe
from tests.trainer.conftest import Listener
from tests.trainer.measures.pictures import HAZARDS, batch, distorted, hazard, photograph
from tests.trainer.weights import forget_networks
from trainer.data import from_folder
from trainer.measures import MEASURES
from trainer.measures.channels import NotAPair, PictureTooSmall
from trainer.measures.pyiqa_networks import PyiqaMissing, network
from trainer.measures.readiness import why_not
from trainer.train import Training, train
from trainer.weights import WeightsMissing, WeightsUnfit

pytestmark = [
    pytest.mark.usefixtures("learned"),
    pytest.mark.skipif(find_spec("pyiqa") is None, reason="pyiqa is not installed"),
]
LEARNED = [name for name in MEASURES if CATALOGUE[name].needs_weights]
OF_PYIQA = [name for name in LEARNED if name != "gti_cnn"]
DISTANCES = ["lpips", "dists", "gti_cnn"]
CPU = torch.device("cpu")
# In double precision PieAPP alone takes half a gigabyte and as long as the others together.
QUICK = [pytest.param(name, marks=pytest.mark.slow) if name == "pieapp" else name for name in LEARNED]


def pair(height: int, width: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    clean = photograph(height, width)
    bad = batch(distorted(clean, "noise"), distorted(clean, "contrast"), dtype=dtype)
    return bad, batch(clean, clean, dtype=dtype)


@pytest.mark.parametrize("name", OF_PYIQA)
def test_learned_measures_agree_with_pyiqa_under_the_same_weights(name: str) -> None:
    restored, reference = pair(91, 118)
    theirs = network(name, CPU, torch.float32)(restored, reference).flatten()
    assert MEASURES[name](restored, reference).tolist() == pytest.approx(theirs.tolist(), rel=2e-5, abs=2e-6)


@pytest.mark.parametrize("kind", HAZARDS)
@pytest.mark.parametrize("name", LEARNED)
def test_value_and_gradient_are_finite_on_everything_a_network_may_produce(name: str, kind: str) -> None:
    restored, reference = hazard(kind, 65, 70)
    restored = restored.clone().requires_grad_()
    score = MEASURES[name](restored, reference)
    (gradient,) = torch.autograd.grad(score.sum(), restored)
    assert score.isfinite().all()
    assert gradient.isfinite().all()


@pytest.mark.parametrize("name", QUICK)
def test_the_gradient_is_that_of_the_value_and_none_flows_to_the_reference(name: str) -> None:
    side = CATALOGUE[name].smallest_side
    restored, reference = (pictures.requires_grad_() for pictures in pair(side, side + 3, torch.float64))
    assert torch.autograd.gradcheck(lambda x: MEASURES[name](x, reference), restored, fast_mode=True)
    torch.autograd.backward(MEASURES[name](restored, reference).sum())
    assert restored.grad is not None
    assert restored.grad.any()
    assert reference.grad is None


@pytest.mark.parametrize("name", QUICK)
def test_batches_and_precisions_agree_with_and_without_a_gradient(name: str) -> None:
    restored, reference = pair(64, 96)
    together = MEASURES[name](restored, reference).tolist()
    alone = [MEASURES[name](x[None], y[None]).item() for x, y in zip(restored, reference, strict=True)]
    assert together == pytest.approx(alone, rel=2e-4)
    assert together == pytest.approx(MEASURES[name](restored.double(), reference.double()).tolist(), rel=2e-4)
    assert together == pytest.approx(MEASURES[name](restored.requires_grad_(), reference).tolist(), rel=2e-4)
    assert MEASURES[name](restored.bfloat16(), reference.bfloat16()).dtype == torch.float32


@pytest.mark.parametrize("name", DISTANCES)
def test_distances_are_nought_at_equality_and_grow_with_noise(name: str) -> None:
    _, reference = pair(64, 80)
    noise = torch.randn(reference.shape, generator=torch.Generator().manual_seed(1))
    ladder = [MEASURES[name](reference + sigma * noise, reference)[0].item() for sigma in (0.0, 0.02, 0.1, 0.4)]
    assert ladder[0] == pytest.approx(0, abs=1e-9)
    assert ladder == sorted(set(ladder))


@pytest.mark.parametrize("name", LEARNED)
def test_pictures_that_are_too_small_or_no_pair_are_refused(name: str) -> None:
    side = CATALOGUE[name].smallest_side
    smallest = torch.rand(1, 3, side, side + 1)
    assert MEASURES[name](smallest, smallest).isfinite().all()
    with pytest.raises(PictureTooSmall, match=f"at least {side} px"):
        MEASURES[name](smallest[:, :, 1:], smallest[:, :, 1:])
    with pytest.raises(NotAPair):
        MEASURES[name](smallest, smallest[:, :1])


def test_deepiqa_looks_at_every_whole_patch_and_pieapp_at_those_of_its_grid() -> None:
    restored, reference = pair(96, 96)
    for name, seen in (("deepiqa", 96), ("pieapp", 64 + 27)):
        (gradient,) = torch.autograd.grad(MEASURES[name](restored.requires_grad_(), reference).sum(), restored)
        looked_at = gradient.abs().sum((0, 1))
        assert looked_at[: seen - 1, seen - 1].any(), name
        assert not looked_at[seen:].any(), name


def test_a_large_picture_is_judged_in_pieces_to_the_same_value(monkeypatch: pytest.MonkeyPatch) -> None:
    restored, reference = pair(64, 128)
    at_once = MEASURES["deepiqa"](restored, reference)
    monkeypatch.setattr("trainer.measures.learned._PIECE", 3)
    assert MEASURES["deepiqa"](restored, reference).tolist() == pytest.approx(at_once.tolist(), rel=1e-5)


def test_weights_of_pieapp_that_cancel_give_a_large_number_and_no_nan() -> None:
    of = network("pieapp", CPU, torch.float32)
    restored, reference = pair(64, 64)
    weight, bias = of.fc2_weight.weight.clone(), of.fc2_weight.bias.clone()
    try:
        of.fc2_weight.weight.zero_()
        of.fc2_weight.bias.fill_(-1e-6)  # what is added to each weight takes it away again
        restored.requires_grad_()
        (gradient,) = torch.autograd.grad(MEASURES["pieapp"](restored, reference).sum(), restored)
    finally:
        of.fc2_weight.weight.copy_(weight)
        of.fc2_weight.bias.copy_(bias)
    assert gradient.isfinite().all()


def test_networks_are_built_once_for_each_device_and_precision_and_never_learn() -> None:
    with torch.inference_mode():
        MEASURES["lpips"](*pair(16, 16))
    known: Any = network("lpips", CPU, torch.float32)
    assert known is network("lpips", CPU, torch.float32)
    assert network("lpips", CPU, torch.float64) is not known
    assert not known.training
    assert not any(parameter.requires_grad for parameter in known.parameters())


def test_without_pyiqa_a_learned_measure_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_networks()
    monkeypatch.setitem(sys.modules, "pyiqa.archs.lpips_arch", None)  # what cannot be imported looks like that
    with pytest.raises(PyiqaMissing, match=r"pip install --no-deps pyiqa==0\.1\.16.*no commercial use"):
        MEASURES["lpips"](*pair(16, 16))


@pytest.mark.parametrize("name", LEARNED)
def test_a_file_with_other_weights_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_networks()
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path))
    file = WEIGHTS[name][-1]
    torch.save({"other.weight": torch.zeros(3)}, tmp_path / file.name)
    for sibling in WEIGHTS[name]:
        monkeypatch.setattr("trainer.weights.check", lambda file, path: None)
        if sibling is not file:
            torch.save({"features.0.weight": torch.zeros(3)}, tmp_path / sibling.name)
    with pytest.raises(WeightsUnfit, match=f"{file.name} does not hold what its measure needs"):
        MEASURES[name](*pair(64, 64))
    forget_networks()


def test_without_weights_of_ones_own_gti_cnn_says_that_nobody_published_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_networks()
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path))
    with pytest.raises(WeightsMissing, match=f"nobody published it.*put yours into {tmp_path}"):
        MEASURES["gti_cnn"](*pair(64, 64))
    forget_networks()


def test_a_gti_cnn_of_one_channel_sees_luma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learned: Path) -> None:
    forget_networks()
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path))
    stages = torch.load(learned / "gti_cnn.pth", weights_only=True)
    stages["stage1.weight"] = stages["stage1.weight"][:, :1].clone()
    torch.save(stages, tmp_path / "gti_cnn.pth")
    monkeypatch.setattr("trainer.weights.check", lambda file, path: None)
    restored, reference = pair(64, 64)
    assert MEASURES["gti_cnn"](restored, reference).tolist() != pytest.approx([0, 0])
    grey = restored.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    turned = grey + torch.tensor([0.587, -0.299, 0.0]).view(1, 3, 1, 1) * 0.1  # another colour of equal luma
    assert MEASURES["gti_cnn"](turned, grey).tolist() == pytest.approx([0, 0], abs=2e-3)
    forget_networks()


def test_a_network_learns_under_a_learned_measure(recipe: Recipe, photos: Path, tmp_path: Path) -> None:
    under = recipe.model_copy(update={"objective": "mae + 0.1*lpips", "steps": 3})
    training = Training(recipe=under, photographs=from_folder(photos), folder=tmp_path / "run", device=CPU)
    result = train(training, Listener())
    assert (result.steps, result.skipped_steps) == (3, 0)
    assert result.versions["pyiqa"] == version("pyiqa")  # it built the network of the measure


def test_a_training_whose_measure_has_no_weights_is_refused_before_it_begins(
    recipe: Recipe, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_networks()
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "weights"))
    unreachable = replace(WEIGHTS["lpips"][0], sources=("http://no-such-host.invalid/vgg16.pth",))
    monkeypatch.setitem(WEIGHTS, "lpips", (unreachable,))
    under = recipe.model_copy(update={"objective": "mae + 0.1*lpips"})
    training = Training(recipe=under, photographs=from_folder(photos), folder=tmp_path / "run", device=CPU)
    listener = Listener()
    with pytest.raises(WeightsMissing, match=r"no-such-host\.invalid: .*put it into"):
        train(training, listener)
    assert listener.heard == []
    assert not (tmp_path / "run").exists()
    forget_networks()


def test_why_a_measure_cannot_be_computed_is_known_without_fetching_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [why_not(name) for name in ("mae", "lpips", "gti_cnn")] == ["", "", ""]
    monkeypatch.setattr("trainer.measures.readiness.find_spec", lambda name: None)
    assert [why_not(name) for name in ("mae", "lpips", "gti_cnn")] == ["", "pyiqa is not installed", ""]
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path))
    assert [why_not(name) for name in ("mae", "lpips", "gti_cnn")] == ["", *2 * ["its weights are not here"]]

"""What holds for every measure: precision, batches, a gradient that is its own, and numbers that are always finite.

Of learned measures, which need weights and smaller pictures to be quick, ``test_learned.py`` asks the same.
"""

import itertools
from math import inf
from typing import Any

import pytest
import torch
from torch import Tensor

from app.catalog import MEASURES as CATALOGUE
from app.jobs.care import CARE, Care
from tests.trainer.measures.pictures import HAZARDS, batch, distorted, hazard, photograph
from trainer.measures import MEASURES, phase_congruency, saliency
from trainer.measures.channels import Form, NotAPair, PictureTooSmall

FORMS: tuple[Form, ...] = ("rgb", "y")
HAZARDS_OF_LUMA = ("equal", "one level off", "flat on flat", "pure noise", "far outside [0, 1]")
EXTREMES = ("equal", "both black", "black on flat", "flat on flat", "picture on flat", "noise on noise")
STEEP = ("noisy", "nearly equal", "flat", "black", "flat on flat", "half flat", "far outside [0, 1]")
WEIGHT_FREE = [name for name in MEASURES if not CATALOGUE[name].needs_weights]
# Statistics whose gradient would fall on single pixels, and so is left out.
CONSTANTS = {"fsim": (phase_congruency, "noise_threshold"), "vsi": (saliency, "extent")}


def side_for(name: str, wanted: int) -> int:
    """So many pixels, or as many as the measure needs."""
    return max(wanted, CATALOGUE[name].smallest_side)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_single_precision_is_close_to_double(name: str) -> None:
    clean = photograph(side_for(name, 96), side_for(name, 96))
    bad = distorted(clean, "noise")
    single = MEASURES[name](batch(bad, dtype=torch.float32), batch(clean, dtype=torch.float32)).item()
    assert single == pytest.approx(MEASURES[name](batch(bad), batch(clean)).item(), rel=2e-5)


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_each_picture_of_a_batch_has_its_own_score(name: str) -> None:
    clean = photograph(side_for(name, 96), side_for(name, 96))
    bad = [distorted(clean, kind) for kind in ("noise", "contrast", "shift")]
    together = MEASURES[name](batch(*bad), batch(clean, clean, clean))
    alone = [MEASURES[name](batch(picture), batch(clean)).item() for picture in bad]
    assert together.tolist() == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_a_picture_of_a_batch_has_no_part_in_the_gradient_of_another(name: str) -> None:
    side = side_for(name, 48)
    reference = batch(photograph(side, side), photograph(side, side)[::-1], dtype=torch.float32)
    restored = (reference + 0.1 * torch.rand(reference.shape, generator=seeded(5))).requires_grad_()
    (gradient,) = torch.autograd.grad(MEASURES[name](restored, reference)[0], restored)
    assert gradient[0].abs().max() > 0
    assert not gradient[1].any()


@pytest.mark.parametrize("kind", HAZARDS)
@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_value_and_gradient_are_finite_on_everything_a_network_may_produce(name: str, kind: str) -> None:
    side = side_for(name, 48)
    restored, reference = hazard(kind, side, side + 9)
    for form in FORMS if kind in HAZARDS_OF_LUMA else FORMS[:1]:
        asked = restored.clone().requires_grad_()
        score = MEASURES[name](asked, reference, form)
        (gradient,) = torch.autograd.grad(score.sum(), asked)
        assert score.isfinite().all(), form
        assert gradient.isfinite().all(), form


@pytest.mark.parametrize("name", [name for name in WEIGHT_FREE if CARE.get(name, Care()).clip_norm is None])
def test_a_gradient_that_is_not_cut_to_a_length_never_takes_a_training_over(name: str) -> None:
    """IFC is the steepest, near equality: ten thousand times as steep as at a picture with plain noise."""
    side = side_for(name, 48)
    lengths = {}
    for kind in STEEP:
        restored, reference = hazard(kind, side, side + 9)
        asked = restored.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(MEASURES[name](asked, reference).sum(), asked)
        lengths[kind] = gradient.norm().item()
    assert max(lengths.values()) < 20_000 * lengths["noisy"], lengths


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_every_score_lies_within_the_range_that_the_catalogue_tells(name: str) -> None:
    known, side = CATALOGUE[name], side_for(name, 48)
    lowest, highest = -inf if known.lowest is None else known.lowest, inf if known.highest is None else known.highest
    for kind in EXTREMES:
        restored, reference = (pictures.double().clamp(0, 1) for pictures in hazard(kind, side, side + 9))
        for score in MEASURES[name](restored, reference).tolist():
            assert lowest - 1e-12 <= score <= highest + 1e-12, kind


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_a_value_that_is_no_number_is_never_lost_in_a_score(name: str) -> None:
    side = side_for(name, 48)
    reference = batch(photograph(side, side + 9), photograph(side, side + 9), dtype=torch.float32)
    restored = reference.clone()
    restored[0, 1, side // 2, side // 2] = torch.nan
    assert MEASURES[name](restored, reference).isnan().tolist() == [True, False]


@pytest.mark.parametrize("kind", ["noise", "blur"])
@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_the_more_there_is_of_a_distortion_the_worse_the_score(name: str, kind: str) -> None:
    clean = photograph(side_for(name, 96), side_for(name, 100))
    bad = distorted(clean, kind)
    for form in FORMS:
        scores = [
            MEASURES[name](batch(clean + amount * (bad - clean)), batch(clean), form).item()
            for amount in (0, 0.1, 0.5, 1)
        ]
        best_first = sorted(scores, reverse=CATALOGUE[name].higher_is_better)
        assert scores == best_first, form
        assert len(set(scores)) == len(scores), form


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_a_row_and_a_column_more_change_little(name: str) -> None:
    """Odd sides and sides that are no multiple of anything, oblong either way."""
    side = side_for(name, 96)
    clean = photograph(side + 29, side + 29)
    bad = distorted(clean, "noise")
    even = (side + 28) // 4 * 4
    for height, width in ((even, side), (side, even)):
        scores = [
            MEASURES[name](batch(bad[:h, :w]), batch(clean[:h, :w])).item()
            for h, w in ((height, width), (height + 1, width + 1))
        ]
        assert scores[1] == pytest.approx(scores[0], rel=0.15)


def hold_constant(monkeypatch: pytest.MonkeyPatch, name: str, restored: Tensor, reference: Tensor) -> None:
    """From now on a measure finds the statistics that are constants for its gradient as they are for this pair."""
    module, function = CONSTANTS[name]
    found: list[Any] = []
    original = getattr(module, function)

    def remembered(*arguments: Any) -> Any:
        found.append(original(*arguments))
        return found[-1]

    monkeypatch.setattr(module, function, remembered)
    MEASURES[name](restored, reference)
    again = itertools.cycle(found)
    monkeypatch.setattr(module, function, lambda *arguments: next(again))


@pytest.mark.parametrize("name", WEIGHT_FREE)
def test_the_gradient_is_that_of_the_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    side = CATALOGUE[name].smallest_side
    reference = 0.2 + 0.6 * batch(photograph(side, side + 3))
    noise = torch.randn(reference.shape, dtype=torch.float64, generator=seeded(6))
    # Inside the displayable range: measures that clamp let the gradient pass where the value stands still.
    restored = (reference + 0.1 * noise).clamp(0.01, 0.99).requires_grad_()
    if name in CONSTANTS:
        hold_constant(monkeypatch, name, restored.detach(), reference)
    # fast mode: one random direction each way, which is what makes 80,000 pixels affordable
    assert torch.autograd.gradcheck(lambda x: MEASURES[name](x, reference), restored, fast_mode=True)


@pytest.mark.parametrize("name", [name for name in WEIGHT_FREE if CATALOGUE[name].smallest_side > 1])
def test_a_picture_below_the_smallest_side_is_refused_with_the_side_needed(name: str) -> None:
    side = CATALOGUE[name].smallest_side
    picture = torch.rand(1, 3, side - 1, side + 40)
    with pytest.raises(PictureTooSmall, match=rf"{side + 40}×{side - 1} px: both sides must be at least {side} px"):
        MEASURES[name](picture, picture)


@pytest.mark.parametrize("shape", [(1, 3, 16, 18), (2, 3, 16, 16), (1, 1, 16, 16)])
def test_pictures_that_are_no_pair_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(NotAPair, match="cannot be compared"):
        MEASURES["mae"](torch.rand(shape), torch.rand(1, 3, 16, 16))
    one = torch.rand(1, 1, 16, 16)
    with pytest.raises(NotAPair):
        MEASURES["gmsd"](one, one)


def test_a_window_first_made_for_inference_serves_training_too() -> None:
    picture = torch.rand(1, 3, 171, 171)
    with torch.inference_mode():
        MEASURES["ms_ssim"](picture, picture)
    restored = torch.rand(1, 3, 171, 171, requires_grad=True)
    torch.autograd.backward(MEASURES["ms_ssim"](restored, picture).sum())
    assert restored.grad is not None

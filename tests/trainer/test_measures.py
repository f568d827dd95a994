"""The measures agree with an independent implementation, and never hand the network a number that is not finite."""

import numpy as np
import pytest
import torch
from skimage import data
from torch import Tensor

from tests.trainer import oracles
from trainer.measures import MEASURES
from trainer.measures.channels import NotAPair, PictureTooSmall

# GMSD guards its roots with 1e-12, which the definition does not; the others agree to the last digits.
CLOSENESS = {"mae": 1e-12, "ms_ssim": 1e-10, "gmsd": 1e-6}
SIZES = [(192, 192), (161, 230), (201, 177)]  # odd sides too: each scale of MS-SSIM continues its borders


def photograph(height: int, width: int) -> np.ndarray:
    """A part of a real photograph, H × W × 3 in [0, 1]."""
    return data.astronaut()[20 : 20 + height, 100 : 100 + width] / 255.0


def distorted(clean: np.ndarray, kind: str) -> np.ndarray:
    rng = np.random.default_rng(3)
    match kind:
        case "noise":
            return clean + rng.normal(0, 0.1, clean.shape)
        case "contrast":
            return np.clip((clean - 0.5) * 1.4 + 0.45, 0, 1)
        case "shift":
            return np.roll(clean, 1, axis=1)
        case "half inverted":  # there the two contradict each other: the covariance is negative
            return np.concatenate((clean[:, :90], 1 - clean[:, 90:]), axis=1)
    raise AssertionError(kind)


def batch(*pictures: np.ndarray, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.stack([torch.from_numpy(np.ascontiguousarray(p)).permute(2, 0, 1).to(dtype) for p in pictures])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["noise", "contrast", "shift", "half inverted"])
@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_agrees_with_the_independent_implementation(name: str, kind: str, size: tuple[int, int]) -> None:
    clean = photograph(*size)
    bad = distorted(clean, kind)
    theirs = getattr(oracles, name)
    assert MEASURES[name](batch(bad), batch(clean)).item() == pytest.approx(theirs(bad, clean), rel=CLOSENESS[name])
    luma = theirs(oracles.luma(bad), oracles.luma(clean))
    assert MEASURES[name](batch(bad), batch(clean), form="y").item() == pytest.approx(luma, rel=CLOSENESS[name])


@pytest.mark.parametrize("name", MEASURES)
def test_single_precision_is_close_to_double(name: str) -> None:
    clean = photograph(192, 192)
    bad = distorted(clean, "noise")
    single = MEASURES[name](batch(bad, dtype=torch.float32), batch(clean, dtype=torch.float32)).item()
    assert single == pytest.approx(MEASURES[name](batch(bad), batch(clean)).item(), rel=2e-5)


@pytest.mark.parametrize("name", MEASURES)
def test_each_picture_of_a_batch_has_its_own_score(name: str) -> None:
    clean = photograph(192, 192)
    bad = [distorted(clean, kind) for kind in ("noise", "contrast", "shift")]
    together = MEASURES[name](batch(*bad), batch(clean, clean, clean))
    alone = [MEASURES[name](batch(picture), batch(clean)).item() for picture in bad]
    assert together.tolist() == pytest.approx(alone, rel=1e-12)


def test_equal_pictures_have_the_best_score() -> None:
    clean = batch(photograph(192, 192), dtype=torch.float32)
    assert MEASURES["mae"](clean, clean).item() == 0
    assert MEASURES["ms_ssim"](clean, clean).item() == pytest.approx(1, abs=1e-6)
    assert MEASURES["gmsd"](clean, clean).item() == pytest.approx(1e-6, rel=0.1)  # the guard inside the root


HAZARDS = ["equal", "nearly equal", "noisy", "pure noise", "flat", "black on flat", "half flat", "outside [0, 1]"]


def hazard(kind: str) -> tuple[Tensor, Tensor]:
    """A restored and a reference picture, 2 × 3 × 161 × 176, that some implementation of some measure cannot take."""
    generator = torch.Generator().manual_seed(4)
    reference = batch(photograph(161, 176), photograph(161, 176)[::-1], dtype=torch.float32)
    noise = torch.randn(reference.shape, generator=generator)
    flat = torch.full_like(reference, 0.5)
    half = torch.where(torch.arange(176) < 88, reference, flat)
    return {
        "equal": (reference, reference),
        "nearly equal": (reference + 1e-4 * noise, reference),
        "noisy": (reference + 0.2 * noise, reference),
        "pure noise": (torch.rand(reference.shape, generator=generator), reference),
        "flat": (flat, reference),
        "black on flat": (torch.zeros_like(flat), flat),
        "half flat": (half + 0.05 * noise, half),
        "outside [0, 1]": (reference * 3 - 1, reference),
    }[kind]


@pytest.mark.parametrize("kind", HAZARDS)
@pytest.mark.parametrize("name", MEASURES)
def test_value_and_gradient_are_finite_on_everything_a_network_may_produce(name: str, kind: str) -> None:
    restored, reference = hazard(kind)
    restored = restored.clone().requires_grad_()
    score = MEASURES[name](restored, reference)
    (gradient,) = torch.autograd.grad(score.sum(), restored)
    assert score.isfinite().all()
    assert gradient.isfinite().all()


@pytest.mark.parametrize(("name", "size"), [("mae", (9, 7)), ("gmsd", (9, 12)), ("ms_ssim", (161, 163))])
def test_the_gradient_is_that_of_the_value(name: str, size: tuple[int, int]) -> None:
    reference = batch(photograph(*size))
    restored = reference + 0.1 * torch.randn(
        reference.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(6)
    )
    restored.requires_grad_()
    # fast mode: one random direction each way, which is what makes 80,000 pixels affordable
    assert torch.autograd.gradcheck(lambda x: MEASURES[name](x, reference), restored, fast_mode=True)


def test_a_picture_too_small_for_five_scales_is_refused_with_the_side_needed() -> None:
    picture = torch.rand(1, 3, 160, 300)
    with pytest.raises(PictureTooSmall, match=r"300×160 px: both sides must be at least 161 px"):
        MEASURES["ms_ssim"](picture, picture)


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
